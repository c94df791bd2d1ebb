/// The cyclic redundancy check with Castagnoli's polynomial, as records of TensorBoard carry it.
///
/// Source: RFC 3720, appendix B.4 (reflected polynomial 0x82f63b78); the masking that keeps a checksum of data that
/// holds checksums meaningful is that of the TFRecord format.
enum CRC32C {
    /// Entry `256 k + b` is the check of byte `b` followed by `k` zeros, so that eight bytes are one step.
    private static let table: [UInt32] = {
        var table = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var value = UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0x82f6_3b78 : value >> 1 }
            table[byte] = value
        }
        for index in 256..<table.count {
            let value = table[index - 256]
            table[index] = value >> 8 ^ table[Int(value & 0xff)]
        }
        return table
    }()

    static func checksum(of bytes: UnsafeRawBufferPointer) -> UInt32 {
        table.withUnsafeBufferPointer { table in
            var value: UInt32 = ~0
            var position = 0
            while position + 8 <= bytes.count {
                let word =
                    bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self).littleEndian
                    ^ UInt64(value)
                value = 0
                for byte in 0..<8 {
                    value ^= table[(7 - byte) * 256 + Int(word >> (8 * UInt64(byte)) & 0xff)]
                }
                position += 8
            }
            while position < bytes.count {
                value = value >> 8 ^ table[Int((value ^ UInt32(bytes[position])) & 0xff)]
                position += 1
            }
            return ~value
        }
    }

    static func masked(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        let value = checksum(of: bytes)
        return (value >> 15 | value << 17) &+ 0xa282_ead8
    }
}
