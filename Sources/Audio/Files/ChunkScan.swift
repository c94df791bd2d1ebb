import Foundation

/// Compares the length of the sample data that a WAV, AIFF or AU header promises with what the file holds.
///
/// The library reads such a file, when cut off, as if it were a complete shorter one; whoever trains on it or
/// enhances it should be told instead. Compressed formats show the same fault while decoding.
struct ChunkScan {
    private let file: FileHandle
    private let size: UInt64
    private let path: String

    /// - Throws: `AudioFileError.truncated`; contents of other formats pass.
    static func checkDataLength(path: String) throws {
        guard let file = FileHandle(forReadingAtPath: path) else { return }
        defer { try? file.close() }
        guard let size = try? file.seekToEnd() else { return }
        let scan = ChunkScan(file: file, size: size, path: path)
        guard let head = scan.bytes(at: 0, count: 24) else { return }
        switch (text(head, 0), text(head, 8)) {
        case ("RIFF", "WAVE"): try scan.checkWAV()
        case ("FORM", "AIFF"), ("FORM", "AIFC"): try scan.checkAIFF()
        case (".snd", _):
            try scan.check(
                promised: UInt64(Self.big(head, 8, bytes: 4)), start: UInt64(Self.big(head, 4, bytes: 4)),
                bytesPerFrame: scan.bytesPerFrameOfAU(head))
        default: break
        }
    }

    private func checkWAV() throws {
        var bytesPerFrame = 1
        var offset: UInt64 = 12
        while let chunk = bytes(at: offset, count: 8) {
            let length = UInt64(Self.little(chunk, 4, bytes: 4))
            if Self.text(chunk, 0) == "fmt ", let body = bytes(at: offset + 8, count: 16) {
                bytesPerFrame = Self.little(body, 12, bytes: 2)
            }
            if Self.text(chunk, 0) == "data" {
                return try check(promised: length, start: offset + 8, bytesPerFrame: bytesPerFrame)
            }
            offset += 8 + length + length % 2
        }
    }

    private func checkAIFF() throws {
        var bytesPerFrame = 1
        var offset: UInt64 = 12
        while let chunk = bytes(at: offset, count: 8) {
            let length = UInt64(Self.big(chunk, 4, bytes: 4))
            if Self.text(chunk, 0) == "COMM", let body = bytes(at: offset + 8, count: 8) {
                bytesPerFrame = Self.big(body, 0, bytes: 2) * ((Self.big(body, 6, bytes: 2) + 7) / 8)
            }
            if Self.text(chunk, 0) == "SSND", length >= 8 {
                // The chunk begins with eight bytes of alignment.
                return try check(promised: length - 8, start: offset + 16, bytesPerFrame: bytesPerFrame)
            }
            offset += 8 + length + length % 2
        }
    }

    private func bytesPerFrameOfAU(_ head: [UInt8]) -> Int {
        let width: Int =
            switch Self.big(head, 12, bytes: 4) {
            case 3: 2
            case 4: 3
            case 5, 6: 4
            case 7: 8
            default: 1
            }
        return width * Self.big(head, 20, bytes: 4)
    }

    private func check(promised: UInt64, start: UInt64, bytesPerFrame: Int) throws {
        let available = size > start ? size - start : 0
        if promised < Self.openLength, available < promised {
            let bytes = max(1, bytesPerFrame)
            throw AudioFileError.truncated(
                path: path, expected: Int(promised) / bytes, found: Int(available) / bytes)
        }
    }

    /// Programs that write to a pipe put a length near 2^31 or 2^32 in the header, meaning "until the end".
    private static let openLength: UInt64 = 0x7fff_0000

    private func bytes(at offset: UInt64, count: Int) -> [UInt8]? {
        guard offset < size, (try? file.seek(toOffset: offset)) != nil,
            let data = try? file.read(upToCount: count), data.count == count
        else { return nil }
        return [UInt8](data)
    }

    private static func text(_ bytes: [UInt8], _ start: Int) -> String {
        String(decoding: bytes[start..<start + 4], as: UTF8.self)
    }

    private static func little(_ bytes: [UInt8], _ start: Int, bytes count: Int) -> Int {
        (0..<count).reduce(0) { $0 | Int(bytes[start + $1]) << (8 * $1) }
    }

    private static func big(_ bytes: [UInt8], _ start: Int, bytes count: Int) -> Int {
        (0..<count).reduce(0) { $0 << 8 | Int(bytes[start + $1]) }
    }
}
