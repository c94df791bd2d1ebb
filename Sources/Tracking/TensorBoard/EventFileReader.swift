import Foundation

/// What an event file holds, as far as a run can take it.
public struct EventFileContents: Sendable {
    /// The points of each scalar by its tag, in the order of steps; of one step the last value counts.
    public internal(set) var scalars: [String: [Int: Point]] = [:]
    /// How many values of other kinds (images, histograms, texts) were passed over.
    public internal(set) var skipped = 0
    /// Records read.
    public internal(set) var records = 0
    /// The time of the first event.
    public internal(set) var started: Date?
    /// The time of the latest event.
    public internal(set) var ended: Date?
    /// Why reading ended before the end of the file.
    public internal(set) var damage: EventFileError?

    init() {}
}

/// Reads event files as TensorBoard, TensorFlow and PyTorch write them.
public enum EventFileReader {
    /// Reads a file up to its end or up to the first damage, which is told in `damage`.
    ///
    /// - Throws: `EventFileError` of kind `.unreadable`.
    public static func read(_ url: URL) throws -> EventFileContents {
        do {
            let data = try Data(contentsOf: url, options: .mappedIfSafe)
            return data.withUnsafeBytes { read($0, path: url.path) }
        } catch {
            throw EventFileError(
                kind: .unreadable, path: url.path, offset: 0, records: 0, reason: plainReason(of: error))
        }
    }

    static func read(_ bytes: UnsafeRawBufferPointer, path: String) -> EventFileContents {
        var contents = EventFileContents()
        var position = 0
        while position < bytes.count {
            func damage(_ kind: EventFileError.Kind, _ reason: String) -> EventFileError {
                EventFileError(
                    kind: kind, path: path, offset: position, records: contents.records, reason: reason)
            }
            switch record(bytes, at: position) {
            case .failure(let failure):
                contents.damage = damage(failure.kind, failure.reason)
                return contents
            case .success(let record):
                do {
                    try contents.add(event: record.content)
                } catch {
                    contents.damage = damage(.malformed, error.reason)
                    return contents
                }
                contents.records += 1
                position = record.end
            }
        }
        return contents
    }

    private struct Record {
        let content: UnsafeRawBufferPointer
        let end: Int
    }

    private struct Failure: Error {
        let kind: EventFileError.Kind
        let reason: String
    }

    private static func record(_ bytes: UnsafeRawBufferPointer, at start: Int) -> Result<Record, Failure> {
        func number<Number: FixedWidthInteger>(_ type: Number.Type, at offset: Int) -> Number {
            Number(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Number.self))
        }
        let rest = bytes.count - start
        guard rest >= 12 else {
            return .failure(.init(kind: .truncated, reason: "it ends within the head of a record"))
        }
        let head = UnsafeRawBufferPointer(rebasing: bytes[start..<start + 8])
        guard CRC32C.masked(head) == number(UInt32.self, at: start + 8) else {
            let reason =
                start == 0
                ? "it does not begin as an event file" : "the length of a record is not what was written"
            return .failure(.init(kind: .checksum, reason: reason))
        }
        guard let length = Int(exactly: number(UInt64.self, at: start)), length <= rest - 16 else {
            return .failure(.init(kind: .truncated, reason: "it ends within a record"))
        }
        let content = UnsafeRawBufferPointer(rebasing: bytes[start + 12..<start + 12 + length])
        guard CRC32C.masked(content) == number(UInt32.self, at: start + 12 + length) else {
            return .failure(.init(kind: .checksum, reason: "the content of a record is not what was written"))
        }
        return .success(Record(content: content, end: start + 16 + length))
    }
}
