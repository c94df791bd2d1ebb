import Audio
import Foundation
import StrictJSON

/// A zip file, stored or deflated, without encryption and without the 64-bit extension.
///
/// Source: PKWARE, .ZIP File Format Specification 6.3.10, sections 4.3 to 4.5.
struct ZipArchive: Archive {
    private struct Entry {
        let method: Int
        let checkSum: Int
        let packedSize: Int
        let size: Int
        let header: Int
    }

    let names: [String]
    private let entries: [String: Entry]
    private let reader: ByteReader
    private let path: String

    /// A larger file is no sound effect, and its size most likely a lie of a damaged header.
    private static let largest = 1 << 30

    init(_ data: Data, path: String) throws {
        let reader = ByteReader(data)
        self.reader = reader
        self.path = path
        func damaged(_ reason: String) -> DatasetError {
            .corrupt("\(path): \(reason); expected a complete zip file")
        }
        guard let end = Self.endOfDirectory(reader) else { throw damaged("it has no directory") }
        guard let count = reader.number(at: end + 10, width: 2),
            var offset = reader.number(at: end + 16, width: 4)
        else { throw damaged("its directory is cut off") }
        var names: [String] = []
        var entries: [String: Entry] = [:]
        for index in 0..<count {
            guard reader.number(at: offset, width: 4) == 0x0201_4b50,
                let flags = reader.number(at: offset + 8, width: 2),
                let method = reader.number(at: offset + 10, width: 2),
                let checkSum = reader.number(at: offset + 16, width: 4),
                let packedSize = reader.number(at: offset + 20, width: 4),
                let size = reader.number(at: offset + 24, width: 4),
                let nameLength = reader.number(at: offset + 28, width: 2),
                let extraLength = reader.number(at: offset + 30, width: 2),
                let commentLength = reader.number(at: offset + 32, width: 2),
                let header = reader.number(at: offset + 42, width: 4),
                let nameBytes = reader.bytes(at: offset + 46, count: nameLength)
            else { throw damaged("entry \(index) of its directory is damaged") }
            offset += 46 + nameLength + extraLength + commentLength
            let name = String(decoding: nameBytes, as: UTF8.self)
            if name.hasSuffix("/") { continue }
            guard flags & 1 == 0 else { throw damaged("\(quoted(name)) is encrypted") }
            guard size <= Self.largest else { throw damaged("\(quoted(name)) claims to hold \(size) bytes") }
            names.append(name)
            entries[name] = Entry(
                method: method, checkSum: checkSum, packedSize: packedSize, size: size, header: header)
        }
        self.names = names
        self.entries = entries
    }

    /// The record at the end of the file, which a comment of up to 65535 bytes may follow.
    private static func endOfDirectory(_ reader: ByteReader) -> Int? {
        let last = reader.count - 22
        guard last >= 0 else { return nil }
        return (max(0, last - 65535)...last).reversed().first {
            reader.number(at: $0, width: 4) == 0x0605_4b50
        }
    }

    func content(of name: String) throws -> [UInt8] {
        guard let entry = entries[name] else {
            throw DatasetError.notFound("\(path): holds no file \(quoted(name))")
        }
        func damaged(_ reason: String) -> DatasetError {
            .corrupt("\(path): \(quoted(name)): \(reason); expected a complete zip file")
        }
        guard reader.number(at: entry.header, width: 4) == 0x0403_4b50,
            let nameLength = reader.number(at: entry.header + 26, width: 2),
            let extraLength = reader.number(at: entry.header + 28, width: 2),
            let packed = reader.bytes(
                at: entry.header + 30 + nameLength + extraLength, count: entry.packedSize)
        else { throw damaged("its data are cut off") }
        let content: [UInt8]
        switch entry.method {
        case 0: content = packed
        case 8:
            do {
                content = try Deflate.inflate(packed, length: entry.size)
            } catch {
                throw damaged("\(error)")
            }
        default: throw damaged("it is packed by method \(entry.method); accepted: 0 and 8")
        }
        guard content.count == entry.size, Int(Deflate.checkSum(content)) == entry.checkSum else {
            throw damaged("its check sum is wrong")
        }
        return content
    }
}
