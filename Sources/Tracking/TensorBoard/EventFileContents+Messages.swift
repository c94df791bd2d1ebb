import Foundation

extension EventFileContents {
    /// Takes in an `Event` message.
    mutating func add(event bytes: UnsafeRawBufferPointer) throws(ProtobufReader.Malformed) {
        var reader = ProtobufReader(bytes)
        var time = 0.0
        var step: Int64 = 0
        var summaries: [UnsafeRawBufferPointer] = []
        var isRestart = false
        while let (field, content) = try reader.next() {
            switch (field, content) {
            case (1, .fixed64(let bits)): time = Double(bitPattern: bits)
            case (2, .varint(let value)): step = Int64(bitPattern: value)
            case (5, .bytes(let bytes)): summaries.append(bytes)
            case (7, .bytes(let bytes)): isRestart = try Self.isStart(bytes)
            default: break
            }
        }
        guard time.isFinite, abs(time) < 1e11 else { throw .init(reason: "an event has the time \(time)") }
        let moment = Date(timeIntervalSince1970: time)
        started = min(started ?? moment, moment)
        ended = max(ended ?? moment, moment)
        // A restarted program writes this first: what it will compute again is void.
        if isRestart {
            for (tag, points) in scalars { scalars[tag] = points.filter { $0.key < step } }
        }
        for summary in summaries {
            var reader = ProtobufReader(summary)
            while let (field, content) = try reader.next() {
                if field == 1, case .bytes(let bytes) = content {
                    try add(value: bytes, step: step, time: moment)
                }
            }
        }
    }

    /// Whether a `SessionLog` message says START.
    private static func isStart(_ bytes: UnsafeRawBufferPointer) throws(ProtobufReader.Malformed) -> Bool {
        var reader = ProtobufReader(bytes)
        while let (field, content) = try reader.next() {
            if field == 1, case .varint(1) = content { return true }
        }
        return false
    }

    /// Takes in a `Summary.Value` message.
    private mutating func add(
        value bytes: UnsafeRawBufferPointer, step: Int64, time: Date
    ) throws(ProtobufReader.Malformed) {
        var reader = ProtobufReader(bytes)
        var tag: String?
        var number: Double?
        while let (field, content) = try reader.next() {
            switch (field, content) {
            case (1, .bytes(let bytes)):
                guard let text = String(protobuf: bytes) else {
                    throw .init(reason: "a tag is no UTF-8 text")
                }
                tag = text
            case (2, .fixed32(let bits)): number = Double(Float(bitPattern: bits))
            case (8, .bytes(let bytes)): number = try TensorMessage(bytes).scalar
            default: break
            }
        }
        guard let number else {
            skipped += 1
            return
        }
        guard let tag, !tag.isEmpty else { throw .init(reason: "a value has no tag") }
        guard let step = Int(exactly: step), step >= 0 else {
            throw .init(reason: "the value '\(tag)' has the step \(step); steps begin at 0")
        }
        scalars[tag, default: [:]][step] = Point(step: step, value: number, time: time)
    }
}

/// A `TensorProto` message, as far as a single number needs it.
struct TensorMessage {
    private var type: UInt64 = 0
    private var elements = 1
    private var content: UnsafeRawBufferPointer?
    private var numbers: [Double] = []

    init(_ bytes: UnsafeRawBufferPointer) throws(ProtobufReader.Malformed) {
        var reader = ProtobufReader(bytes)
        while let (field, content) = try reader.next() {
            switch (field, content) {
            case (1, .varint(let value)): type = value
            case (2, .bytes(let bytes)): elements = try Self.elements(ofShape: bytes)
            case (4, .bytes(let bytes)): self.content = bytes
            case (5, .fixed32(let bits)): numbers.append(Double(Float(bitPattern: bits)))
            case (6, .fixed64(let bits)): numbers.append(Double(bitPattern: bits))
            case (7, .varint(let value)), (10, .varint(let value)):
                numbers.append(Double(Int64(bitPattern: value)))
            case (5...7, .bytes(let bytes)), (10, .bytes(let bytes)):
                if let number = try Self.first(ofPacked: bytes, field: field) { numbers.append(number) }
            default: break
            }
        }
    }

    /// The number, if the tensor holds one and of a kind that is read: 32 and 64-bit floats and integers.
    var scalar: Double? {
        guard elements == 1 else { return nil }
        guard let content else { return numbers.count == 1 ? numbers.first : nil }
        func load<Number: FixedWidthInteger>(_ kind: Number.Type) -> Number? {
            content.count == MemoryLayout<Number>.size
                ? Number(littleEndian: content.loadUnaligned(as: Number.self)) : nil
        }
        return switch type {
        case 1: load(UInt32.self).map { Double(Float(bitPattern: $0)) }
        case 2: load(UInt64.self).map { Double(bitPattern: $0) }
        case 3: load(Int32.self).map(Double.init)
        case 9: load(Int64.self).map(Double.init)
        default: nil
        }
    }

    /// The product of the dimensions of a `TensorShapeProto`; 0 where it is unknown or beyond all use.
    private static func elements(ofShape bytes: UnsafeRawBufferPointer) throws(ProtobufReader.Malformed)
        -> Int
    {
        var reader = ProtobufReader(bytes)
        var count = 1
        while let (field, content) = try reader.next() {
            guard field == 2, case .bytes(let bytes) = content else { continue }
            var dimension = ProtobufReader(bytes)
            var size = 0
            while let (field, content) = try dimension.next() {
                if field == 1, case .varint(let value) = content { size = Int(truncatingIfNeeded: value) }
            }
            let (product, overflows) = count.multipliedReportingOverflow(by: size)
            count = overflows || product < 0 ? 0 : product
        }
        return count
    }

    private static func first(
        ofPacked bytes: UnsafeRawBufferPointer, field: Int
    ) throws(ProtobufReader.Malformed) -> Double? {
        var reader = ProtobufReader(bytes)
        if reader.isAtEnd { return nil }
        return switch field {
        case 5: Double(Float(bitPattern: try reader.fixed(UInt32.self)))
        case 6: Double(bitPattern: try reader.fixed(UInt64.self))
        default: Double(Int64(bitPattern: try reader.varint()))
        }
    }
}
