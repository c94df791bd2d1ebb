import Foundation
import StrictJSON

/// What a run could not store because the database was locked for longer than the time limit, in a file beside it: `spill/run12-1.jsonl`
/// for the first attempt of run 12. Each line is a JSON object. They enter the database at the next opportunity, by
/// whichever process has it; entering them twice changes nothing.
struct Spill: Sendable {
    /// The end of a run that could not be written.
    struct End: Sendable, Equatable {
        var status: RunStatus
        var exitCode: Int?
        var error: String?
        /// Microseconds since 1970.
        var time: Int64
    }

    struct Contents: Sendable {
        var series: [(metric: String, points: PointColumns)] = []
        /// In the order in which they came.
        var records: [RunRecord] = []
        var lastStep: Int?
        var end: End?
    }

    let run: Run.ID
    let attempt: Int
    let url: URL

    init(run: Run.ID, attempt: Int, workspace: URL) {
        self.run = run
        self.attempt = attempt
        url = Self.folder(of: workspace).appendingPathComponent("run\(run)-\(attempt).jsonl")
    }

    /// A file in the folder of spills; nil if its name is none.
    init?(url: URL) {
        let name = url.lastPathComponent
        guard name.hasPrefix("run"), name.hasSuffix(".jsonl") else { return nil }
        let numbers = name.dropFirst(3).dropLast(6).split(separator: "-")
        guard numbers.count == 2, let run = Int64(numbers[0]), let attempt = Int(numbers[1]) else {
            return nil
        }
        (self.run, self.attempt, self.url) = (run, attempt, url)
    }

    static func folder(of workspace: URL) -> URL {
        workspace.appendingPathComponent("spill", isDirectory: true)
    }

    /// The spills of a workspace.
    static func all(in workspace: URL) -> [Spill] {
        let files = try? FileManager.default.contentsOfDirectory(
            at: folder(of: workspace), includingPropertiesForKeys: nil)
        return (files ?? []).sorted { $0.path < $1.path }.compactMap(Spill.init(url:))
    }

    // MARK: Writing

    /// Appends points. They outlive the process once this returns.
    func append(_ batch: PendingPoints.Batch, names: [String]) throws {
        var text = ""
        for (metric, points) in batch.columns(names.count).enumerated() where !points.isEmpty {
            text += "{\"metric\":\(JSONValue.string(names[metric]).canonicalText)"
            text += ",\"steps\":\(points.steps),\"wall_us\":\(points.times),\"values\":["
            text += points.values.map { SpillNumber.json($0).canonicalText }.joined(separator: ",")
            text += "]}\n"
        }
        if let step = batch.statedStep ?? batch.loggedStep { text += "{\"last_step\":\(step)}\n" }
        try append(text)
    }

    func append(_ record: RunRecord) throws {
        try append(JSONValue.object(record.json).canonicalText + "\n")
    }

    func append(_ end: End) throws {
        let object: JSONObject = [
            "end": .string(end.status.rawValue), "exit_code": end.exitCode.map { .integer($0) } ?? .null,
            "error": end.error.map { .string($0) } ?? .null, "at_us": .integer(Int(end.time)),
        ]
        try append(JSONValue.object(object).canonicalText + "\n")
    }

    private func append(_ text: String) throws {
        if text.isEmpty { return }
        do {
            let folder = url.deletingLastPathComponent()
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let file = open(url.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
            guard file >= 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
            let handle = FileHandle(fileDescriptor: file, closeOnDealloc: true)
            // A line that was cut short must not swallow the next one.
            try handle.write(contentsOf: Data(("\n" + text).utf8))
            try handle.synchronize()
            try handle.close()
        } catch {
            if systemCode(of: error) == ENOSPC { throw TrackingError.diskFull(path: url.path) }
            throw TrackingError.notWritable(path: url.path, reason: plainReason(of: error))
        }
    }

    // MARK: Reading

    /// What the file holds. A line that was cut short by the end of its process is passed over: nobody was told that
    /// it was kept.
    func read() throws -> Contents {
        var contents = Contents()
        let data: Data
        do {
            data = try Data(contentsOf: url)
        } catch {
            throw TrackingError.notReadable(path: url.path, reason: plainReason(of: error))
        }
        for line in data.split(separator: UInt8(ascii: "\n")) {
            let text = String(decoding: line, as: UTF8.self)
            guard let object = (try? JSONValue(parsing: text))?.objectValue else { continue }
            if let metric = object["metric"]?.stringValue {
                let points = PointColumns(
                    steps: (object["steps"]?.arrayValue ?? []).compactMap { $0.intValue },
                    times: (object["wall_us"]?.arrayValue ?? []).compactMap { $0.intValue.map(Int64.init) },
                    values: (object["values"]?.arrayValue ?? []).compactMap(SpillNumber.number))
                guard points.times.count == points.count, points.values.count == points.count else {
                    continue
                }
                contents.series.append((metric, points))
            } else if let step = object["last_step"]?.intValue {
                contents.lastStep = step
            } else if let status = object["end"]?.stringValue.flatMap(RunStatus.init(rawValue:)) {
                contents.end = End(
                    status: status, exitCode: object["exit_code"]?.intValue,
                    error: object["error"]?.stringValue, time: Int64(object["at_us"]?.intValue ?? 0))
            } else if let record = RunRecord(object) {
                contents.records.append(record)
            }
        }
        return contents
    }

    func delete() {
        try? FileManager.default.removeItem(at: url)
    }
}

extension PendingPoints.Batch {
    /// The points of each metric, by the metric's index.
    func columns(_ metrics: Int) -> [PointColumns] {
        var columns = [PointColumns](repeating: PointColumns(), count: metrics)
        for point in points {
            columns[point.metric].append(step: point.step, time: point.time, value: point.value)
        }
        return columns
    }
}
