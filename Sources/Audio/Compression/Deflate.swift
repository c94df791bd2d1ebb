import CZlib
import Tensor

/// Lossless compression as in PNG and zip files.
///
/// Source: RFC 1950 (zlib streams), RFC 1951 (raw deflate).
public enum Deflate {
    /// Why compressed data cannot be unpacked.
    public enum Failure: Error, Sendable, Equatable, CustomStringConvertible {
        case damaged
        case wrongLength(expected: Int, found: Int)

        public var description: String {
            switch self {
            case .damaged: "the compressed data are damaged"
            case .wrongLength(let expected, let found): "\(found) bytes came out, \(expected) were promised"
            }
        }
    }

    /// The bytes as a zlib stream, level 6.
    static func compress(_ bytes: [UInt8]) -> [UInt8] {
        var count = compressBound(UInt(bytes.count))
        var result = [UInt8](repeating: 0, count: Int(count))
        let status = compress2(&result, &count, bytes, UInt(bytes.count), 6)
        require(status == Z_OK, "[deflate] zlib reports error \(status)")
        return Array(result[0..<Int(count)])
    }

    /// Bytes that one byte can become: 258 are copied by a length and a distance of one bit each.
    private static let largestRatio = 1032

    /// Unpacks a raw deflate stream, the form that zip files hold.
    ///
    /// - Parameters:
    ///   - bytes: the whole stream.
    ///   - length: bytes that have to come out.
    /// - Throws: `Failure` when the stream is damaged, cut off, or of another length.
    public static func inflate(_ bytes: [UInt8], length: Int) throws(Failure) -> [UInt8] {
        // Whatever a header promises, memory is taken only for what the stream can hold.
        guard length <= largestRatio * bytes.count else { throw .damaged }
        // One byte more than promised, so that a stream that is too long shows itself.
        var result = [UInt8](repeating: 0, count: length + 1)
        var input = bytes
        var stream = z_stream()
        // Negative window bits: no zlib header.
        let started = inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        require(started == Z_OK, "[inflate] zlib reports error \(started)")
        defer { inflateEnd(&stream) }
        let status = input.withUnsafeMutableBufferPointer { source in
            result.withUnsafeMutableBufferPointer { target in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(target.count)
                return CZlib.inflate(&stream, Z_FINISH)
            }
        }
        let found = Int(stream.total_out)
        guard status == Z_STREAM_END || found > length else { throw .damaged }
        guard found == length else { throw .wrongLength(expected: length, found: found) }
        result.removeLast()
        return result
    }

    /// The check sum of zip and PNG files (ISO 3309).
    public static func checkSum(_ bytes: [UInt8]) -> UInt32 {
        UInt32(truncatingIfNeeded: crc32(0, bytes, UInt32(bytes.count)))
    }
}
