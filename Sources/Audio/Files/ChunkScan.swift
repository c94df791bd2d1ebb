import Foundation

/// Compares the length of the sample data that a WAV, RF64, W64, AIFF or AU header promises with what the file holds.
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
        case ("RIFF", "WAVE"), ("RF64", "WAVE"): try scan.checkWAV()
        case ("riff", _): try scan.checkW64()
        case ("FORM", "AIFF"), ("FORM", "AIFC"): try scan.checkAIFF()
        case (".snd", _):
            try scan.check(
                promised: UInt64(Self.big(head, 8, bytes: 4)), start: UInt64(Self.big(head, 4, bytes: 4)),
                bytesPerFrame: scan.bytesPerFrameOfAU(head))
        default: break
        }
    }

    /// A header has a dozen chunks; a file that is nothing but empty ones would take for ever.
    private static let mostChunks = 10_000

    private func checkWAV() throws {
        var bytesPerFrame = 1
        var offset: UInt64 = 12
        /// Of RF64, whose chunks have 32 bits for their length: the data's stands in a chunk of its own.
        var longLength: UInt64?
        for _ in 0..<Self.mostChunks {
            guard let chunk = bytes(at: offset, count: 8) else { return }
            let length = UInt64(Self.little(chunk, 4, bytes: 4))
            switch Self.text(chunk, 0) {
            case "ds64":
                longLength = bytes(at: offset + 8, count: 16).map { UInt64(littleEndian: Self.long($0, 8)) }
            case "fmt ":
                if let body = bytes(at: offset + 8, count: 16) {
                    bytesPerFrame = Self.little(body, 12, bytes: 2)
                }
            case "data":
                if let longLength, length == 0xffff_ffff {
                    return try check(
                        promised: longLength, start: offset + 8, bytesPerFrame: bytesPerFrame, isOpen: false)
                }
                return try check(promised: length, start: offset + 8, bytesPerFrame: bytesPerFrame)
            default: break
            }
            offset += 8 + length + length % 2
        }
    }

    /// Chunks of Sony's 64-bit WAV: a name of 16 bytes, a length of 8 that counts both, padding to 8 bytes.
    private func checkW64() throws {
        var bytesPerFrame = 1
        var offset: UInt64 = 40
        for _ in 0..<Self.mostChunks {
            guard let chunk = bytes(at: offset, count: 24) else { return }
            let length = UInt64(littleEndian: Self.long(chunk, 16))
            guard length >= 24 else { return }
            if Self.text(chunk, 0) == "fmt ", let body = bytes(at: offset + 24, count: 16) {
                bytesPerFrame = Self.little(body, 12, bytes: 2)
            }
            if Self.text(chunk, 0) == "data" {
                return try check(
                    promised: length - 24, start: offset + 24, bytesPerFrame: bytesPerFrame, isOpen: false)
            }
            guard length < size else { return }
            offset += (length + 7) / 8 * 8
        }
    }

    private func checkAIFF() throws {
        var bytesPerFrame = 1
        var offset: UInt64 = 12
        for _ in 0..<Self.mostChunks {
            guard let chunk = bytes(at: offset, count: 8) else { return }
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

    /// - Parameter isOpen: whether the longest lengths mean "until the end".
    private func check(
        promised: UInt64, start: UInt64, bytesPerFrame: Int, isOpen: Bool = true
    ) throws {
        let available = size > start ? size - start : 0
        if !isOpen || promised < Self.openLength, available < promised {
            let bytes = UInt64(max(1, bytesPerFrame))
            throw AudioFileError.truncated(
                path: path, expected: Int(clamping: promised / bytes), found: Int(available / bytes))
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

    /// Eight bytes as they stand.
    private static func long(_ bytes: [UInt8], _ start: Int) -> UInt64 {
        bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: start, as: UInt64.self) }
    }

    private static func little(_ bytes: [UInt8], _ start: Int, bytes count: Int) -> Int {
        (0..<count).reduce(0) { $0 | Int(bytes[start + $1]) << (8 * $1) }
    }

    private static func big(_ bytes: [UInt8], _ start: Int, bytes count: Int) -> Int {
        (0..<count).reduce(0) { $0 << 8 | Int(bytes[start + $1]) }
    }
}
