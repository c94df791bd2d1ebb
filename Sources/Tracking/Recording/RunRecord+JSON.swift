import StrictJSON

extension RunRecord {
    /// The record as a line of a spill.
    var json: JSONObject {
        switch self {
        case .event(let level, let title, let body, let time):
            [
                "event": .string(level.rawValue), "title": .string(title), "body": .string(body),
                "at_us": .integer(Int(time)),
            ]
        case .scores(let scores, let checkpoint, let dataset):
            [
                "scores": .array(scores.map { .object($0.json) }), "checkpoint": .string(checkpoint),
                "dataset": .string(dataset),
            ]
        case .artifact(let row): ["artifact": .object(row.json)]
        case .replacement(let rows, let kind, let role):
            [
                "replacement": .array(rows.map { .object($0.json) }), "kind": .string(kind),
                "role": .string(role),
            ]
        case .roles(let roles, let kind): ["roles": JSONValue(roles), "kind": .string(kind)]
        case .tag(let tag): ["tag": .string(tag)]
        case .metric(let name, let unit, let goal):
            ["declare": .string(name), "unit": .string(unit), "goal": .string(goal.rawValue)]
        }
    }

    /// Reads a line; nil if it is none of these.
    init?(_ object: JSONObject) {
        func text(_ key: String) -> String? { object[key]?.stringValue }
        if let level = text("event").flatMap(EventLevel.init(rawValue:)), let title = text("title"),
            let time = object["at_us"]?.intValue
        {
            self = .event(level, title: title, body: text("body") ?? "", time: Int64(time))
        } else if let rows = object["scores"]?.arrayValue, let checkpoint = text("checkpoint"),
            let dataset = text("dataset")
        {
            let scores = rows.compactMap { $0.objectValue.flatMap(FileScore.init) }
            guard scores.count == rows.count else { return nil }
            self = .scores(scores, checkpoint: checkpoint, dataset: dataset)
        } else if let row = object["artifact"]?.objectValue.flatMap(ArtifactRow.init) {
            self = .artifact(row)
        } else if let rows = object["replacement"]?.arrayValue, let kind = text("kind"),
            let role = text("role")
        {
            let files = rows.compactMap { $0.objectValue.flatMap(ArtifactRow.init) }
            guard files.count == rows.count else { return nil }
            self = .replacement(files, kind: kind, role: role)
        } else if let roles = object["roles"]?.arrayValue, let kind = text("kind") {
            self = .roles(roles.compactMap(\.stringValue), kind: kind)
        } else if let tag = text("tag") {
            self = .tag(tag)
        } else if let name = text("declare"), let goal = text("goal").flatMap(MetricGoal.init(rawValue:)) {
            self = .metric(name, unit: text("unit") ?? "", goal: goal)
        } else {
            return nil
        }
    }
}

extension FileScore {
    fileprivate var json: JSONObject {
        var object: JSONObject = [
            "file": .string(file), "condition": .string(condition), "speaker": .string(speaker),
            "seconds": JSONValue(seconds), "sha256": JSONValue(sha256), "metric": .string(metric),
            "version": .integer(metricVersion),
        ]
        switch result {
        case .value(let value): object["value"] = SpillNumber.json(value)
        case .undefined(let reason): object["undefined"] = .string(reason)
        }
        return object
    }

    fileprivate init?(_ object: JSONObject) {
        guard let file = object["file"]?.stringValue, let metric = object["metric"]?.stringValue else {
            return nil
        }
        let result: Result
        if let reason = object["undefined"]?.stringValue {
            result = .undefined(reason: reason)
        } else if let value = object["value"].flatMap(SpillNumber.number) {
            result = .value(value)
        } else {
            return nil
        }
        self.init(
            file: file, condition: object["condition"]?.stringValue ?? "",
            speaker: object["speaker"]?.stringValue ?? "", seconds: object["seconds"]?.doubleValue,
            sha256: object["sha256"]?.stringValue, metric: metric,
            metricVersion: object["version"]?.intValue ?? 1, result: result)
    }
}

extension ArtifactRow {
    fileprivate var json: JSONObject {
        [
            "kind": .string(kind), "role": .string(role), "name": .string(name), "step": JSONValue(step),
            "path": JSONValue(path), "sha256": .string(sha256), "bytes": .integer(bytes),
            "mime": .string(mime),
            "created_us": .integer(Int(created)), "file": JSONValue(facts.file),
            "dataset": JSONValue(facts.dataset), "rate": JSONValue(facts.rate),
            "seconds": JSONValue(facts.seconds), "loudness_db": JSONValue(facts.loudness),
            "pinned": .bool(facts.isPinned), "best": .bool(facts.isBest), "last": .bool(facts.isLast),
        ]
    }

    fileprivate init?(_ object: JSONObject) {
        func text(_ key: String) -> String? { object[key]?.stringValue }
        guard let kind = text("kind"), let role = text("role"), let name = text("name"),
            let sha256 = text("sha256"), let bytes = object["bytes"]?.intValue, let mime = text("mime"),
            let created = object["created_us"]?.intValue
        else { return nil }
        self.init(
            kind: kind, role: role, name: name, step: object["step"]?.intValue, path: text("path"),
            sha256: sha256, bytes: bytes, mime: mime, created: Int64(created),
            facts: ArtifactFacts(
                file: text("file"), dataset: text("dataset"), rate: object["rate"]?.doubleValue,
                seconds: object["seconds"]?.doubleValue, loudness: object["loudness_db"]?.doubleValue,
                isPinned: object["pinned"]?.boolValue ?? false, isBest: object["best"]?.boolValue ?? false,
                isLast: object["last"]?.boolValue ?? false))
    }
}

/// Numbers of a spill: those that JSON lacks are texts.
enum SpillNumber {
    static func json(_ value: Double) -> JSONValue { value.isFinite ? .number(value) : .string("\(value)") }

    static func number(_ value: JSONValue) -> Double? {
        if let text = value.stringValue { return Double(text) }
        return value.doubleValue
    }
}
