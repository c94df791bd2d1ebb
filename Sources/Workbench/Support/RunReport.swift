import Foundation
import StrictJSON
import Tracking

/// All that is stored about one run, as `workbench show` prints it.
struct RunReport {
    let run: Run
    let directory: URL
    let tags: [String]
    let parameters: [(key: String, value: String)]
    let summaries: [MetricSummary]
    let scores: [StoredFileScore]
    let artifacts: [Artifact]
    let events: [RunEvent]
    let attempts: [Attempt]
    /// The address of the run that this one derives from.
    let parent: String?

    init(_ run: Run, in workspace: Workspace) throws {
        self.run = run
        directory = workspace.directory(of: run.id)
        tags = try workspace.tags(of: run.id)
        parameters = try workspace.parameters(of: run.id)
        summaries = try workspace.summaries(of: run.id)
        scores = try workspace.fileScores(of: run.id)
        artifacts = try workspace.artifacts(of: run.id)
        events = try workspace.events(of: run.id)
        attempts = try workspace.attempts(of: run.id)
        parent = run.parentID.map(Run.address)
    }

    // MARK: Text

    func rendered(width: Int?, color: Bool) -> String {
        func title(_ text: String) -> String { "\n" + TextStyle.bold.applied(to: text, when: color) + "\n" }
        var text = TextStyle.bold.applied(to: run.address, when: color)
        text += run.name.map { "  \($0)" } ?? ""
        text += "\n" + facts(width: width, color: color)
        text += title("config (\(parameters.count) keys)") + keyValues(parameters, width: width)
        if !summaries.isEmpty {
            text += title("metrics") + metricTable().rendered(width: width, color: color)
        }
        for table in ScoreTable.tables(of: scores) {
            text += title("test scores on \(table.dataset) (means over files)")
            text += table.rendered(width: width, color: color)
        }
        if !artifacts.isEmpty {
            text += title("files") + artifactTable().rendered(width: width, color: color)
        }
        if attempts.count > 1 {
            text += title("attempts") + attemptTable().rendered(width: width, color: color)
        }
        if !events.isEmpty { text += title("events") + eventLines(color: color) }
        return text
    }

    private func facts(width: Int?, color: Bool) -> String {
        var facts: [(key: String, value: String)] = []
        func add(_ key: String, _ value: String?) {
            if let value, !value.isEmpty { facts.append((key, value)) }
        }
        add("status", run.status.rawValue + (run.exitCode.map { " (exit \($0))" } ?? ""))
        add("error", run.error)
        add("kind", run.kind)
        add("tags", tags.joined(separator: ", "))
        add("note", run.note)
        if run.isPinned { add("pinned", "yes") }
        add("archived", run.archived.map(NumberText.time))
        add("sweep", run.sweepID.map { "sweep\($0)" + (run.trialNumber.map { ", trial \($0)" } ?? "") })
        add("parent", parent)
        add("started", NumberText.time(run.started))
        add("duration", NumberText.duration(run.duration()))
        add("last step", run.lastStep.map { String($0) })
        add("seed", String(run.seed))
        add("config", run.configHash)
        add("dataset", run.datasetHash)
        add("test set", run.evalHash)
        add("git", run.gitCommit.map { $0 + (run.gitDirty == true ? " with uncommitted changes" : "") })
        add("command", run.commandLine)
        add("program", run.programVersion + (run.codeHash.map { ", build \($0.prefix(16))" } ?? ""))
        add("host", run.host)
        add("cpu", run.cpu)
        add("threads", run.threads.map { String($0) })
        for (key, value) in run.environment.sorted(by: { $0.key < $1.key }) { add(key, value) }
        add("folder", directory.path)
        return keyValues(facts, width: width)
    }

    private func keyValues(_ pairs: [(key: String, value: String)], width: Int?) -> String {
        let keyWidth = pairs.map { TextWidth.of($0.key) }.max() ?? 0
        return pairs.map { key, value in
            let line =
                "  " + TextWidth.padded(key, to: keyWidth) + "  "
                + value.replacingOccurrences(of: "\n", with: " ")
            return (width.map { TextWidth.cut(line, to: $0) } ?? line) + "\n"
        }.joined()
    }

    private func metricTable() -> Table {
        var table = Table([
            .init("metric", shrinks: true), .init("unit"), .init("points", .right), .init("first", .right),
            .init("last", .right), .init("best", .right), .init("at step", .right), .init("mean", .right),
        ])
        for summary in summaries {
            let best = summary.goal == .none ? nil : summary.best
            table.add([
                summary.metric, summary.unit, String(summary.count + summary.nonFiniteCount),
                NumberText.value(summary.first), NumberText.value(summary.last),
                NumberText.value(best?.value), best.map { String($0.step) } ?? "-",
                NumberText.value(summary.mean),
            ])
        }
        return table
    }

    private func artifactTable() -> Table {
        var table = Table([
            .init("kind"), .init("role"), .init("name", shrinks: true), .init("step", .right),
            .init("size", .right), .init("path"),
        ])
        for artifact in artifacts {
            table.add([
                artifact.kind, artifact.role, artifact.name, artifact.step.map { String($0) } ?? "-",
                NumberText.bytes(artifact.bytes), artifact.url.path,
            ])
        }
        return table
    }

    private func attemptTable() -> Table {
        var table = Table([
            .init("attempt", .right), .init("from step", .right), .init("started"), .init("ended"),
            .init("points dropped", .right), .init("from checkpoint"),
        ])
        for attempt in attempts {
            table.add([
                String(attempt.number), String(attempt.fromStep), NumberText.time(attempt.started),
                attempt.ended.map(NumberText.time) ?? "-", String(attempt.droppedPoints),
                attempt.checkpointSHA.map { String($0.prefix(12)) } ?? "-",
            ])
        }
        return table
    }

    private func eventLines(color: Bool) -> String {
        events.map { event in
            let style: TextStyle = event.level == .error ? .red : event.level == .warning ? .yellow : .dim
            let level = style.applied(to: TextWidth.padded(event.level.rawValue, to: 7), when: color)
            let body = event.body.isEmpty ? "" : ": " + event.body.replacingOccurrences(of: "\n", with: " ")
            return "  \(NumberText.time(event.time))  \(level)  \(event.title)\(body)\n"
        }.joined()
    }

    // MARK: JSON

    var members: JSONObject {
        var members = JSONOutput.members(of: run)
        members["tags"] = JSONValue(tags)
        members["note"] = .string(run.note)
        members["pinned"] = .bool(run.isPinned)
        members["archived"] = JSONValue(run.archived.map(NumberText.timestamp))
        members["sweep"] = JSONValue(run.sweepID.map { "sweep\($0)" })
        members["trial"] = JSONValue(run.trialNumber)
        members["parent"] = JSONValue(parent)
        members["git_diff_sha256"] = JSONValue(run.gitDiffSHA)
        members["attempts"] = .array(attempts.map(Self.object))
        members["config"] = (try? JSONValue(parsing: run.configJSON)) ?? .null
        members["config_hash"] = JSONValue(run.configHash)
        members["group_hash"] = JSONValue(run.groupHash)
        members["code_hash"] = JSONValue(run.codeHash)
        members["dataset_hash"] = JSONValue(run.datasetHash)
        members["eval_hash"] = JSONValue(run.evalHash)
        members["git_commit"] = JSONValue(run.gitCommit)
        members["git_dirty"] = JSONValue(run.gitDirty)
        members["host"] = .string(run.host)
        members["cpu"] = JSONValue(run.cpu)
        members["threads"] = JSONValue(run.threads)
        members["command_line"] = JSONValue(run.commandLine)
        members["program_version"] = .string(run.programVersion)
        members["environment"] = .object(JSONObject(run.environment.mapValues(JSONValue.string)))
        members["main_metric"] = JSONValue(run.mainMetric)
        members["directory"] = .string(directory.path)
        members["metrics"] = .array(summaries.map(JSONOutput.object))
        let tables = ScoreTable.tables(of: scores)
        members["test"] = .array(tables.flatMap(\.objects))
        members["significance"] = .array(tables.flatMap { ScoreSignificance($0)?.objects ?? [] })
        members["file_scores"] = .array(scores.map(Self.object))
        members["artifacts"] = .array(artifacts.map(Self.object))
        members["events"] = .array(events.map(Self.object))
        return members
    }

    private static func object(_ stored: StoredFileScore) -> JSONValue {
        var reason: String?
        if case .undefined(let text) = stored.score.result { reason = text }
        return .object([
            "dataset": .string(stored.dataset), "checkpoint": .string(stored.checkpoint),
            "file": .string(stored.score.file), "class": .string(stored.score.condition),
            "seconds": JSONValue(stored.score.seconds), "sha256": JSONValue(stored.score.sha256),
            "metric": .string(stored.score.metric), "value": JSONValue(stored.score.value),
            "undefined_reason": JSONValue(reason),
        ])
    }

    private static func object(_ artifact: Artifact) -> JSONValue {
        .object([
            "kind": .string(artifact.kind), "role": .string(artifact.role), "name": .string(artifact.name),
            "step": JSONValue(artifact.step), "sha256": .string(artifact.sha256),
            "bytes": JSONValue(artifact.bytes), "mime": .string(artifact.mime),
            "path": .string(artifact.url.path),
        ])
    }

    private static func object(_ attempt: Attempt) -> JSONValue {
        .object([
            "attempt": .integer(attempt.number), "from_step": .integer(attempt.fromStep),
            "started": .string(NumberText.timestamp(attempt.started)),
            "ended": JSONValue(attempt.ended.map(NumberText.timestamp)),
            "dropped_points": .integer(attempt.droppedPoints),
            "checkpoint_sha256": JSONValue(attempt.checkpointSHA),
        ])
    }

    static func object(_ event: RunEvent) -> JSONValue {
        .object([
            "time": .string(NumberText.timestamp(event.time)), "level": .string(event.level.rawValue),
            "title": .string(event.title), "body": .string(event.body),
        ])
    }
}
