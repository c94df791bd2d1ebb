/// An array as NumPy stores it in a `.npy` file.
///
/// Layout: `0x93 NUMPY`, the version as two bytes, the header's size as a little-endian number of two bytes (of
/// four from version 2 on), the header, which is a Python dictionary of element type, order and shape padded with
/// spaces so that the data begin at a multiple of 64, then the elements without gaps.
///
/// Source: NumPy enhancement proposal 1, A simple file format for NumPy arrays, and `numpy.lib.format`.
public struct NumpyArray: Sendable, Equatable {
    /// The element types that can be read.
    public enum ElementType: String, CaseIterable, Sendable {
        case float64 = "<f8"
        case float32 = "<f4"
        case float16 = "<f2"
        case int64 = "<i8"
        case int32 = "<i4"
        case int16 = "<i2"
        case int8 = "|i1"
        case uint8 = "|u1"
        case bool = "|b1"

        /// Bytes per element.
        public var size: Int {
            switch self {
            case .float64, .int64: 8
            case .float32, .int32: 4
            case .float16, .int16: 2
            case .int8, .uint8, .bool: 1
            }
        }
    }

    /// The lengths of the axes; empty for a single number. The last axis is contiguous.
    public let shape: [Int]
    /// The elements, row-major, as 32-bit floating point numbers; 64-bit numbers are rounded.
    public let values: [Float]
    /// How the elements were stored; `.float32` for arrays made here.
    public let elementType: ElementType

    /// An array to be written.
    public init(shape: [Int], values: [Float]) {
        require(
            shape.allSatisfy { $0 >= 0 } && shape.reduce(1, *) == values.count,
            "[npy] \(values.count) values do not have the shape \(shape)")
        (self.shape, self.values, elementType) = (shape, values, .float32)
    }

    init(shape: [Int], values: [Float], elementType: ElementType) {
        (self.shape, self.values, self.elementType) = (shape, values, elementType)
    }

    /// The content of a `.npy` file, version 1.0, 32-bit floating point.
    public var serialised: [UInt8] {
        let lengths = shape.map(String.init).joined(separator: ", ")
        let tuple = shape.count == 1 ? "(\(lengths),)" : "(\(lengths))"
        var header = "{'descr': '<f4', 'fortran_order': False, 'shape': \(tuple), }"
        let fixed = NumpyHeader.magic.count + 4
        header += String(repeating: " ", count: 63 - (fixed + header.utf8.count) % 64) + "\n"
        let size = header.utf8.count
        require(size <= 0xffff, "[npy] a shape of \(shape.count) axes does not fit the header")
        var bytes = NumpyHeader.magic + [1, 0, UInt8(size & 0xff), UInt8(size >> 8)] + Array(header.utf8)
        bytes.reserveCapacity(bytes.count + 4 * values.count)
        // Both processor families that the workbench runs on are little-endian, as the format is here.
        values.withUnsafeBytes { bytes.append(contentsOf: $0) }
        return bytes
    }

    /// Writes the array, all or nothing.
    ///
    /// - Throws: `FileWriteError`.
    public func write(to path: String) throws { try AtomicFile.write(serialised, to: path) }
}
