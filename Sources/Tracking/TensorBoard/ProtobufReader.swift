/// Reads the wire format of Protocol Buffers field by field. Never reads beyond its bytes, whatever they hold.
struct ProtobufReader {
    /// The content of a field by its wire type.
    enum Content {
        case varint(UInt64)
        case fixed64(UInt64)
        case fixed32(UInt32)
        /// A text, bytes, a message or packed numbers.
        case bytes(UnsafeRawBufferPointer)
    }

    /// What the bytes do wrong.
    struct Malformed: Error {
        let reason: String
    }

    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    /// - Parameter bytes: must outlive the reader and what it returns.
    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    /// The next field, or nil at the end.
    mutating func next() throws(Malformed) -> (field: Int, content: Content)? {
        if isAtEnd { return nil }
        let tag = try varint()
        guard let field = Int(exactly: tag >> 3), field > 0, field < 1 << 29 else {
            throw Malformed(reason: "a field has the number \(tag >> 3)")
        }
        switch tag & 7 {
        case 0: return (field, .varint(try varint()))
        case 1: return (field, .fixed64(try fixed(UInt64.self)))
        case 5: return (field, .fixed32(try fixed(UInt32.self)))
        case 2:
            guard let count = Int(exactly: try varint()), count <= bytes.count - position else {
                throw Malformed(reason: "field \(field) is longer than what holds it")
            }
            defer { position += count }
            return (field, .bytes(UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])))
        default: throw Malformed(reason: "field \(field) has the unknown type \(tag & 7)")
        }
    }

    mutating func varint() throws(Malformed) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), through: 63, by: 7) {
            guard position < bytes.count else { throw Malformed(reason: "it ends within a number") }
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
        }
        throw Malformed(reason: "a number has more than ten bytes")
    }

    mutating func fixed<Number: FixedWidthInteger>(_ type: Number.Type) throws(Malformed) -> Number {
        let size = MemoryLayout<Number>.size
        guard size <= bytes.count - position else { throw Malformed(reason: "it ends within a number") }
        defer { position += size }
        return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: Number.self))
    }
}

extension String {
    /// The text of bytes; nil where they are no UTF-8.
    init?(protobuf bytes: UnsafeRawBufferPointer) {
        self.init(validating: bytes, as: UTF8.self)
    }
}
