import StrictJSON

/// A file of the own folder of a run or a sweep.
struct PortableFile {
    let path: String
    let sha256: String

    /// Reads a list of files.
    static func list(_ value: JSONValue?, path: String) throws -> [PortableFile] {
        guard let rows = value?.arrayValue?.map(\.objectValue), !rows.contains(where: { $0 == nil }) else {
            throw ImportError(path, "\"files\" is no list of objects")
        }
        return try rows.compactMap { $0 }.map { row in
            guard let name = row["path"]?.stringValue, let digest = row["sha256"]?.stringValue, isInside(name)
            else { throw ImportError(path, "a file has no path within its folder") }
            return PortableFile(path: name, sha256: digest)
        }
    }

    /// Whether a path stays within the folder it is relative to.
    static func isInside(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return !parts.isEmpty && !parts.contains { ["", ".", ".."].contains($0) }
    }
}

/// A run as its file tells it.
struct PortableRunFile {
    let run: PortableRun
    let files: [PortableFile]
    /// The hashes of the artifacts it needs.
    let contents: [String]
}

extension PortableRunFile {
    init(_ object: JSONObject, path: String) throws {
        func invalid(_ reason: String) -> ImportError { ImportError(path, reason) }
        guard let facts = object["run"]?.objectValue else { throw invalid("it describes no run") }
        var run = PortableRun(facts: facts)
        func rows(_ name: String) throws -> [JSONObject] {
            guard let rows = object[name]?.arrayValue?.map(\.objectValue),
                !rows.contains(where: { $0 == nil })
            else {
                throw invalid("\"\(name)\" is no list of objects")
            }
            return rows.compactMap { $0 }
        }
        guard let tags = object["tags"]?.arrayValue?.map(\.stringValue), !tags.contains(nil) else {
            throw invalid("\"tags\" is no list of texts")
        }
        run.tags = tags.compactMap { $0 }
        run.events = try rows("events")
        run.attempts = try rows("attempts")
        run.artifacts = try rows("artifacts")
        run.scores = try rows("scores")
        run.series = try rows("metrics").map { try Self.series($0, path: path) }
        files = try PortableFile.list(object["files"], path: path)
        var contents: Set<String> = []
        for row in run.artifacts {
            if let name = row["path"]?.stringValue {
                guard PortableFile.isInside(name) else {
                    throw invalid("an artifact lies outside of the run's folder")
                }
            } else {
                contents.insert(row["sha256"]?.stringValue ?? "")
            }
        }
        if let difference = facts["git_diff_sha"]?.stringValue { contents.insert(difference) }
        guard contents.allSatisfy({ $0.count == 64 && $0.allSatisfy(\.isHexDigit) }) else {
            throw invalid("an artifact has no SHA-256")
        }
        self.contents = contents.sorted()
        self.run = run
    }

    private static func series(_ row: JSONObject, path: String) throws -> PortableRun.Series {
        func invalid(_ reason: String) -> ImportError {
            ImportError(path, "metric \"\(row["name"]?.stringValue ?? "")\": \(reason)")
        }
        guard let name = row["name"]?.stringValue, let goal = row["goal"]?.stringValue,
            let steps = row["steps"]?.arrayValue, let times = row["times_us"]?.arrayValue,
            let values = row["values"]?.arrayValue
        else { throw invalid("steps, times_us or values are missing") }
        guard steps.count == times.count, steps.count == values.count, !steps.isEmpty else {
            throw invalid("\(steps.count) steps, \(times.count) times and \(values.count) values")
        }
        var points = PointColumns()
        for index in steps.indices {
            guard let step = steps[index].intValue, let time = times[index].intValue,
                let value = number(values[index])
            else { throw invalid("point \(index) is not a step, a time and a number") }
            points.append(step: step, time: Int64(time), value: value)
        }
        return PortableRun.Series(
            name: name, unit: row["unit"]?.stringValue ?? "", goal: goal, points: points)
    }

    private static func number(_ value: JSONValue) -> Double? {
        switch value.stringValue {
        case "nan": .nan
        case "inf": .infinity
        case "-inf": -.infinity
        case nil: value.doubleValue
        default: nil
        }
    }
}
