import StrictJSON

extension SafetensorsFile {
    /// An array to be written.
    public struct NamedArray: Sendable {
        public let name: String
        public let shape: [Int]
        /// The elements, the last axis contiguous.
        public let values: [Float]

        /// - Parameters:
        ///   - name: the name in the file; by convention the path of a parameter.
        ///   - shape: the lengths of the axes; their product is the number of values.
        ///   - values: the elements, the last axis contiguous.
        public init(name: String, shape: [Int], values: [Float]) {
            require(
                shape.allSatisfy { $0 >= 0 } && shape.reduce(1, *) == values.count,
                "[safetensors] \(name): shape \(shape) does not fit \(values.count) values")
            self.name = name
            self.shape = shape
            self.values = values
        }
    }

    /// Writes arrays as F32, so that the file appears whole or not at all.
    ///
    /// The same arrays and texts give the same bytes: names are sorted by their UTF-8 bytes, and the header is
    /// padded with spaces so that the data start at a multiple of 8 bytes.
    ///
    /// - Parameters:
    ///   - arrays: the arrays, each name once, none called `__metadata__`.
    ///   - metadata: texts stored beside them.
    ///   - path: the file; an existing one is replaced.
    /// - Throws: `FileWriteError`.
    public static func write(
        _ arrays: [NamedArray], metadata: [String: String] = [:], to path: String
    ) throws {
        try AtomicFile.write(to: path) { append in
            try stream(arrays, metadata: metadata, to: append)
        }
    }

    /// Gives the bytes that `write` writes piece by piece, for example to hash them before they have a name.
    public static func stream(
        _ arrays: [NamedArray], metadata: [String: String] = [:],
        to append: (UnsafeRawBufferPointer) throws -> Void
    ) rethrows {
        let sorted = arrays.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        try header(sorted, metadata).withUnsafeBytes(append)
        for array in sorted { try array.values.withUnsafeBytes(append) }
    }

    /// The bytes that `write` writes.
    public static func serialised(_ arrays: [NamedArray], metadata: [String: String] = [:]) -> [UInt8] {
        let sorted = arrays.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        var bytes = header(sorted, metadata)
        for array in sorted { array.values.withUnsafeBytes { bytes.append(contentsOf: $0) } }
        return bytes
    }

    /// The header's size and the padded header of arrays in their final order.
    private static func header(_ arrays: [NamedArray], _ metadata: [String: String]) -> [UInt8] {
        var object = JSONObject()
        if !metadata.isEmpty {
            let sorted = metadata.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            object["__metadata__"] = .object(JSONObject(sorted.lazy.map { ($0.key, .string($0.value)) }))
        }
        var offset = 0
        for array in arrays {
            require(
                array.name != "__metadata__" && object[array.name] == nil,
                "[safetensors] the name \(array.name) cannot be used, or is used twice")
            let end = offset + 4 * array.values.count
            object[array.name] = [
                "dtype": "F32", "shape": .array(array.shape.map { .integer($0) }),
                "data_offsets": [.integer(offset), .integer(end)],
            ]
            offset = end
        }
        var text = Array(JSONValue.object(object).compactText.utf8)
        text += [UInt8](repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
        return (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) } + text
    }
}
