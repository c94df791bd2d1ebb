import Foundation

/// Writes an event file that TensorBoard reads: scalars and texts.
///
/// A file is a sequence of records: length (8 bytes, little endian), its masked CRC-32C, an `Event` message, its
/// masked CRC-32C. Scalars are single precision there, whatever is given.
///
/// Source: the TFRecord format (TensorFlow, "TFRecord and tf.train.Example") and TensorFlow's event.proto,
/// summary.proto and tensor.proto.
public struct EventFileWriter {
    private let handle: FileHandle
    private let url: URL
    private let partial: URL
    private var buffer: [UInt8] = []
    private var event = ProtobufWriter()

    /// Begins a file. It has its name only after `finish()`.
    ///
    /// - Parameter startTime: when the run began; part of the first record.
    public init(_ url: URL, startTime: Date) throws {
        self.url = url
        partial = url.deletingLastPathComponent().appendingPathComponent(
            ".\(ProcessInfo.processInfo.processIdentifier).partial")
        guard FileManager.default.createFile(atPath: partial.path, contents: nil) else {
            throw TrackingError.notWritable(path: partial.path, reason: String(cString: strerror(errno)))
        }
        handle = try FileHandle(forWritingTo: partial)
        event.double(1, startTime.timeIntervalSince1970)
        event.string(3, "brain.Event:2")
        try endRecord()
    }

    /// Adds one value of a metric.
    public mutating func add(_ metric: String, step: Int, value: Double, time: Date) throws {
        var content = ProtobufWriter()
        content.string(1, metric)
        content.float(2, Float(value))
        try add(content, step: step, time: time)
    }

    /// Adds a text, which TensorBoard shows as Markdown.
    public mutating func add(text: String, named name: String, step: Int, time: Date) throws {
        var plugin = ProtobufWriter()
        plugin.string(1, "text")
        var metadata = ProtobufWriter()
        metadata.message(1, plugin)
        var tensor = ProtobufWriter()
        tensor.integer(1, 7)  // DT_STRING
        tensor.message(2, ProtobufWriter())
        tensor.string(8, text)
        var content = ProtobufWriter()
        content.string(1, name)
        content.message(8, tensor)
        content.message(9, metadata)
        try add(content, step: step, time: time)
    }

    private mutating func add(_ value: ProtobufWriter, step: Int, time: Date) throws {
        var summary = ProtobufWriter()
        summary.message(1, value)
        event.double(1, time.timeIntervalSince1970)
        // A zero is what a reader takes where nothing is written.
        if step != 0 { event.integer(2, Int64(step)) }
        event.message(5, summary)
        try endRecord()
    }

    private mutating func endRecord() throws {
        var length = ProtobufWriter()
        length.append(UInt64(event.bytes.count))
        length.append(length.bytes.withUnsafeBytes(CRC32C.masked))
        buffer += length.bytes
        buffer += event.bytes
        var check = ProtobufWriter()
        check.append(event.bytes.withUnsafeBytes(CRC32C.masked))
        buffer += check.bytes
        event.removeAll()
        if buffer.count >= 1 << 20 { try flush() }
    }

    private mutating func flush() throws {
        do {
            try handle.write(contentsOf: buffer)
        } catch {
            throw systemCode(of: error) == ENOSPC
                ? TrackingError.diskFull(path: partial.path)
                : TrackingError.notWritable(path: partial.path, reason: plainReason(of: error))
        }
        buffer.removeAll(keepingCapacity: true)
    }

    /// Writes the rest and gives the file its name.
    public mutating func finish() throws {
        try flush()
        try handle.close()
        guard rename(partial.path, url.path) == 0 else {
            throw TrackingError.notWritable(path: url.path, reason: String(cString: strerror(errno)))
        }
    }

    /// Removes what was written, after an error.
    public func cancel() {
        try? handle.close()
        try? FileManager.default.removeItem(at: partial)
    }
}
