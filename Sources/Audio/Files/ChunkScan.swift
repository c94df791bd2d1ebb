import Foundation

/// Compares the length of the sample data a WAV header promises with what the file holds.
///
/// The library reads a cut-off WAV file as if it were a complete shorter one; whoever trains on it or
/// enhances it should be told instead. Compressed formats show the same fault while decoding.
enum ChunkScan {
    /// - Throws: `AudioFileError.truncated`, for RIFF/WAVE files only; other contents pass.
    static func checkDataLength(path: String) throws {
        guard let file = FileHandle(forReadingAtPath: path) else { return }
        defer { try? file.close() }
        guard let fileSize = try? file.seekToEnd(), let head = bytes(of: file, at: 0, count: 12),
            text(head, 0) == "RIFF", text(head, 8) == "WAVE"
        else { return }

        var offset: UInt64 = 12
        var bytesPerFrame = 1
        while let chunk = bytes(of: file, at: offset, count: 8) {
            let size = number(chunk, 4, bytes: 4)
            if text(chunk, 0) == "fmt ", let body = bytes(of: file, at: offset + 8, count: 16) {
                bytesPerFrame = max(1, Int(number(body, 12, bytes: 2)))
            }
            if text(chunk, 0) == "data" {
                let available = fileSize - offset - 8
                if size < openLength, available < size {
                    throw AudioFileError.truncated(
                        path: path, expected: Int(size) / bytesPerFrame, found: Int(available) / bytesPerFrame
                    )
                }
                return
            }
            offset += 8 + size + size % 2
        }
    }

    /// Programs that write to a pipe put a length near 2^31 or 2^32 in the header, meaning "until the end".
    private static let openLength: UInt64 = 0x7fff_0000

    private static func bytes(of file: FileHandle, at offset: UInt64, count: Int) -> [UInt8]? {
        guard (try? file.seek(toOffset: offset)) != nil,
            let data = try? file.read(upToCount: count), data.count == count
        else { return nil }
        return [UInt8](data)
    }

    private static func text(_ bytes: [UInt8], _ start: Int) -> String {
        String(decoding: bytes[start..<start + 4], as: UTF8.self)
    }

    private static func number(_ bytes: [UInt8], _ start: Int, bytes count: Int) -> UInt64 {
        (0..<count).reduce(0) { $0 | UInt64(bytes[start + $1]) << UInt64(8 * $1) }
    }
}
