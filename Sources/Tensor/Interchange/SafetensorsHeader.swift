import StrictJSON

/// The checked header of a safetensors file.
struct SafetensorsHeader {
    /// The format's own limit.
    static let maximumSize = 100_000_000
    /// Far more axes than any network has; keeps error texts short.
    static let maximumRank = 16

    private(set) var metadata: [String: String] = [:]
    private(set) var entries: [SafetensorsFile.Entry] = []
    /// Where the arrays start, in bytes from the start of the file.
    let dataStart: Int

    init(_ source: ReadableBytes) throws(SafetensorsError) {
        func malformed(_ message: String) -> SafetensorsError {
            SafetensorsError(.malformed, source.name, "not a safetensors file: \(message)")
        }
        guard source.count >= 8 else { throw malformed("\(source.count) bytes; even an empty one has 10") }
        let size = try source.bytes(from: 0, count: 8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard size <= UInt64(source.count - 8) else {
            throw malformed("a header of \(size) bytes in a file of \(source.count)")
        }
        guard size <= UInt64(SafetensorsHeader.maximumSize) else {
            throw malformed(
                "a header of \(size) bytes; at most \(SafetensorsHeader.maximumSize) are accepted")
        }
        dataStart = 8 + Int(size)
        let text = try source.bytes(from: 8, count: Int(size))
        guard text.first == UInt8(ascii: "{") else { throw malformed("the header does not start with \"{\"") }

        let json: JSONValue
        do { json = try JSONValue(parsing: text) } catch { throw malformed("header \(error)") }
        for (key, value) in json.objectValue?.members ?? [] {
            do {
                if key == "__metadata__" {
                    metadata = try SafetensorsHeader.metadata(value)
                } else {
                    entries.append(try SafetensorsHeader.entry(key, value))
                }
            } catch {
                throw malformed("\(error)")
            }
        }
        if let problem = SafetensorsHeader.gap(entries, dataSize: source.count - dataStart) {
            throw malformed(problem)
        }
    }

    /// What is wrong with one member of the header.
    private struct Problem: Error, CustomStringConvertible {
        let description: String
    }

    private static func metadata(_ value: JSONValue) throws(Problem) -> [String: String] {
        guard let object = value.objectValue else {
            throw Problem(description: "__metadata__: expected an object, found \(value.summary)")
        }
        var texts: [String: String] = [:]
        for (key, value) in object.members {
            guard let text = value.stringValue else {
                throw Problem(
                    description: "__metadata__ \(quoted(key)): expected a string, found \(value.summary)")
            }
            texts[key] = text
        }
        return texts
    }

    private static func entry(_ name: String, _ value: JSONValue) throws(Problem) -> SafetensorsFile.Entry {
        func problem(_ text: String) -> Problem { Problem(description: "tensor \(quoted(name)): \(text)") }
        guard let object = value.objectValue else {
            throw problem("expected an object, found \(value.summary)")
        }
        for key in object.keys where !["dtype", "shape", "data_offsets"].contains(key) {
            throw problem("unknown key \(quoted(key)); known keys: dtype, shape, data_offsets")
        }
        guard let typeName = object["dtype"]?.stringValue else { throw problem("\"dtype\" is not a string") }
        guard let type = SafetensorsFile.ElementType(rawValue: typeName) else {
            let accepted = SafetensorsFile.ElementType.allCases.map(\.rawValue).joined(separator: ", ")
            throw problem("dtype \(quoted(typeName)) is not supported; accepted: \(accepted)")
        }
        guard let shape = object["shape"].flatMap(sizes) else {
            throw problem("\"shape\" is not an array of whole numbers from 0")
        }
        guard shape.count <= maximumRank else {
            throw problem("a shape of \(shape.count) axes; at most \(maximumRank) are accepted")
        }
        guard let offsets = object["data_offsets"].flatMap(sizes), offsets.count == 2,
            offsets[0] <= offsets[1]
        else {
            throw problem("\"data_offsets\" is not a start and an end in bytes")
        }
        var size = type.size
        // A zero makes the array empty, whatever the other lengths are.
        for length in shape.contains(0) ? [0] : shape {
            let product = size.multipliedReportingOverflow(by: length)
            guard !product.overflow else { throw problem("shape \(shape) is too large") }
            size = product.partialValue
        }
        guard size == offsets[1] - offsets[0] else {
            throw problem(
                "\(typeName) of shape \(shape) takes \(size) bytes, data_offsets give \(offsets[1] - offsets[0])"
            )
        }
        return .init(name: name, elementType: type, shape: shape, byteRange: offsets[0]..<offsets[1])
    }

    private static func sizes(_ value: JSONValue) -> [Int]? {
        guard let elements = value.arrayValue else { return nil }
        let sizes = elements.compactMap { element in
            if case .integer(let size) = element, size >= 0 { size } else { nil }
        }
        return sizes.count == elements.count ? sizes : nil
    }

    /// The arrays have to fill the rest of the file in some order, without gaps and overlaps.
    private static func gap(_ entries: [SafetensorsFile.Entry], dataSize: Int) -> String? {
        let ordered = entries.sorted {
            ($0.byteRange.lowerBound, $0.byteRange.upperBound) < (
                $1.byteRange.lowerBound, $1.byteRange.upperBound
            )
        }
        var end = 0
        for entry in ordered {
            let start = entry.byteRange.lowerBound
            guard start == end else {
                return
                    "tensor \(quoted(entry.name)): starts at byte \(start) of the data, the one before ends at \(end)"
            }
            end = entry.byteRange.upperBound
        }
        return end == dataSize ? nil : "its tensors take \(end) bytes, \(dataSize) follow the header"
    }
}
