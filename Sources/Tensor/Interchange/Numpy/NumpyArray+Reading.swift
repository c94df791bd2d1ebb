import Foundation

extension NumpyArray {
    /// Reads a file.
    ///
    /// - Throws: `NumpyError`.
    public init(contentsOf path: String) throws(NumpyError) {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw NumpyError(path, "there is no such file", isNotFound: true)
        }
        // Anything but a regular file might never end.
        let type =
            try? FileManager.default.attributesOfItem(
                atPath: URL(fileURLWithPath: path).resolvingSymlinksInPath().path)[.type]
            as? FileAttributeType
        guard type == .typeRegular, let data = try? Data(contentsOf: URL(fileURLWithPath: path)) else {
            throw NumpyError(path, "cannot be read; a regular file is needed")
        }
        try self.init(bytes: [UInt8](data), name: path)
    }

    /// Reads the content of a file; `name` is the name that errors use.
    ///
    /// - Throws: `NumpyError`, whatever the bytes are.
    public init(bytes: [UInt8], name: String) throws(NumpyError) {
        let header = try NumpyHeader(bytes, name: name)
        let start = header.dataStart
        let values: [Float] = bytes.withUnsafeBytes { bytes in
            let data = UnsafeRawBufferPointer(rebasing: bytes[start...])
            func elements<Stored: BitwiseCopyable>(_ convert: (Stored) -> Float) -> [Float] {
                let size = MemoryLayout<Stored>.size
                return (0..<data.count / size).map {
                    convert(data.loadUnaligned(fromByteOffset: $0 * size, as: Stored.self))
                }
            }
            return switch header.elementType {
            case .float64: elements { (value: UInt64) in Float(Double(bitPattern: value)) }
            case .float32: elements { (value: UInt32) in Float(bitPattern: value) }
            case .float16: elements(float(float16Bits:))
            case .int64: elements { (value: Int64) in Float(value) }
            case .int32: elements { (value: Int32) in Float(value) }
            case .int16: elements { (value: Int16) in Float(value) }
            case .int8: elements { (value: Int8) in Float(value) }
            case .uint8: elements { (value: UInt8) in Float(value) }
            case .bool: elements { (value: UInt8) in value == 0 ? 0 : 1 }
            }
        }
        self.init(shape: header.shape, values: values, elementType: header.elementType)
    }
}
