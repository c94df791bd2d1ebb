import StrictJSON

/// A file of named arrays in the safetensors format, opened for reading.
///
/// Layout: 8 bytes, the header's size as a little-endian number; the header, a JSON object that names each
/// array's element type, shape and place; then the arrays without gaps. Whatever the bytes are, reading them
/// gives arrays or a `SafetensorsError`.
///
/// Source: Hugging Face, safetensors format description, version 0.4.
public struct SafetensorsFile: Sendable {
    /// The element types that can be read.
    public enum ElementType: String, CaseIterable, Sendable {
        case float64 = "F64"
        case float32 = "F32"
        case float16 = "F16"
        case bfloat16 = "BF16"
        case int64 = "I64"
        case int32 = "I32"
        case int16 = "I16"
        case int8 = "I8"
        case uint64 = "U64"
        case uint32 = "U32"
        case uint16 = "U16"
        case uint8 = "U8"
        case bool = "BOOL"

        /// Bytes per element.
        public var size: Int {
            switch self {
            case .float64, .int64, .uint64: 8
            case .float32, .int32, .uint32: 4
            case .float16, .bfloat16, .int16, .uint16: 2
            case .int8, .uint8, .bool: 1
            }
        }
    }

    /// One array of the file, as its header describes it.
    public struct Entry: Sendable, Hashable {
        public let name: String
        public let elementType: ElementType
        /// The lengths of the axes; empty for a single number. The last axis is contiguous.
        public let shape: [Int]
        /// Where the array lies, in bytes from the end of the header.
        let byteRange: Range<Int>

        /// The number of elements.
        public var count: Int { byteRange.count / elementType.size }
    }

    /// The texts stored beside the arrays.
    public let metadata: [String: String]
    /// The arrays, sorted by the bytes of their names.
    public let entries: [Entry]
    private let places: [String: Int]
    private let source: ReadableBytes
    private let dataStart: Int

    /// Opens a file and checks its header; arrays are read when asked for.
    ///
    /// - Throws: `SafetensorsError`.
    public init(contentsOf path: String) throws(SafetensorsError) {
        try self.init(ReadableBytes(contentsOf: path))
    }

    /// Reads the content of a file; `name` is the name that errors use.
    ///
    /// - Throws: `SafetensorsError`.
    public init(bytes: [UInt8], name: String) throws(SafetensorsError) {
        try self.init(ReadableBytes(bytes, name: name))
    }

    private init(_ source: ReadableBytes) throws(SafetensorsError) {
        let header = try SafetensorsHeader(source)
        metadata = header.metadata
        let entries = header.entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        self.entries = entries
        places = Dictionary(uniqueKeysWithValues: entries.indices.map { (entries[$0].name, $0) })
        dataStart = header.dataStart
        self.source = source
    }

    /// The file, as the caller named it.
    public var name: String { source.name }

    /// The description of an array, or `nil` if there is none of that name.
    public subscript(name: String) -> Entry? { places[name].map { entries[$0] } }

    /// An array as 32-bit floating point numbers, whatever its element type is; 64-bit numbers are rounded.
    ///
    /// - Parameters:
    ///   - name: the name of the array.
    ///   - shape: the shape that it has to have, if that matters.
    /// - Throws: `SafetensorsError` if there is no such array, its shape differs, or the file cannot be read.
    public func floats(_ name: String, shape: [Int]? = nil) throws(SafetensorsError) -> [Float] {
        let (entry, bytes) = try read(name, shape: shape)
        return bytes.withUnsafeBytes { bytes in
            switch entry.elementType {
            case .float64: elements(bytes) { (bits: UInt64) in Float(Double(bitPattern: bits)) }
            case .float32: elements(bytes) { (bits: UInt32) in Float(bitPattern: bits) }
            case .float16: elements(bytes, float(float16Bits:))
            case .bfloat16: elements(bytes) { (bits: UInt16) in Float(bitPattern: UInt32(bits) << 16) }
            case .int64: elements(bytes) { (value: Int64) in Float(value) }
            case .int32: elements(bytes) { (value: Int32) in Float(value) }
            case .int16: elements(bytes) { (value: Int16) in Float(value) }
            case .int8: elements(bytes) { (value: Int8) in Float(value) }
            case .uint64: elements(bytes) { (value: UInt64) in Float(value) }
            case .uint32: elements(bytes) { (value: UInt32) in Float(value) }
            case .uint16: elements(bytes) { (value: UInt16) in Float(value) }
            case .uint8: elements(bytes) { (value: UInt8) in Float(value) }
            case .bool: elements(bytes) { (value: UInt8) in value == 0 ? 0 : 1 }
            }
        }
    }

    /// An array of whole numbers or truth values (0 or 1).
    ///
    /// - Throws: `SafetensorsError` as `floats` does, for floating point arrays, and for numbers from 2^63 on.
    public func integers(_ name: String, shape: [Int]? = nil) throws(SafetensorsError) -> [Int] {
        let (entry, bytes) = try read(name, shape: shape)
        let numbers: [Int]? = bytes.withUnsafeBytes { bytes in
            switch entry.elementType {
            case .int64: elements(bytes) { (value: Int64) in Int(value) }
            case .int32: elements(bytes) { (value: Int32) in Int(value) }
            case .int16: elements(bytes) { (value: Int16) in Int(value) }
            case .int8: elements(bytes) { (value: Int8) in Int(value) }
            case .uint64: wholeNumbers(bytes)
            case .uint32: elements(bytes) { (value: UInt32) in Int(value) }
            case .uint16: elements(bytes) { (value: UInt16) in Int(value) }
            case .uint8: elements(bytes) { (value: UInt8) in Int(value) }
            case .bool: elements(bytes) { (value: UInt8) in value == 0 ? 0 : 1 }
            case .float64, .float32, .float16, .bfloat16: nil
            }
        }
        guard let numbers else {
            throw SafetensorsError(
                .mismatch, source.name,
                "tensor \(quoted(name)): holds \(entry.elementType.rawValue); accepted: BOOL and whole numbers "
                    + "below 2^63")
        }
        return numbers
    }

    /// The bytes of an array as they stand in the file (little-endian).
    ///
    /// - Throws: `SafetensorsError` if there is no such array or the file cannot be read.
    public func bytes(_ name: String) throws(SafetensorsError) -> [UInt8] {
        try read(name, shape: nil).bytes
    }

    private func read(
        _ name: String, shape: [Int]?
    ) throws(SafetensorsError) -> (entry: Entry, bytes: [UInt8]) {
        guard let entry = self[name] else {
            let hint = nearestName(to: name, among: entries.map(\.name))
            throw SafetensorsError(
                .unknownTensor, source.name,
                "there is no tensor \(quoted(name))"
                    + (hint.map { "; did you mean \(quoted($0))?" } ?? " among its \(entries.count)"))
        }
        if let shape, shape != entry.shape {
            throw SafetensorsError(
                .mismatch, source.name,
                "tensor \(quoted(name)): its shape is \(entry.shape), \(shape) is needed")
        }
        let start = dataStart + entry.byteRange.lowerBound
        return (entry, try source.bytes(from: start, count: entry.byteRange.count))
    }
}

/// The elements of a buffer, each converted. Both processor families that the workbench runs on are
/// little-endian, as the format is.
private func elements<Stored: BitwiseCopyable, Element>(
    _ bytes: UnsafeRawBufferPointer, _ convert: (Stored) -> Element
) -> [Element] {
    let size = MemoryLayout<Stored>.size
    return (0..<bytes.count / size).map {
        convert(bytes.loadUnaligned(fromByteOffset: $0 * size, as: Stored.self))
    }
}

/// 64-bit numbers without a sign; nil if one does not fit into an `Int`.
private func wholeNumbers(_ bytes: UnsafeRawBufferPointer) -> [Int]? {
    let numbers = elements(bytes) { (value: UInt64) in Int(exactly: value) }
    return numbers.contains(nil) ? nil : numbers.compactMap(\.self)
}

/// The value of a half-precision number (IEEE 754 binary16). Swift's own type is missing on Intel Macs.
func float(float16Bits bits: UInt16) -> Float {
    let sign: Float = bits >> 15 == 0 ? 1 : -1
    let exponent = Int(bits >> 10 & 0x1f)
    let fraction = bits & 0x3ff
    switch exponent {
    case 0: return sign * Float(fraction) * 0x1p-24
    case 0x1f: return Float(bitPattern: UInt32(bits >> 15) << 31 | 0x7f80_0000 | UInt32(fraction) << 13)
    default:
        return sign * (1 + Float(fraction) * 0x1p-10)
            * Float(sign: .plus, exponent: exponent - 15, significand: 1)
    }
}
