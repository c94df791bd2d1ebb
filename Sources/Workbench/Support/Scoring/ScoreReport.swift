import Foundation
import Metrics
import StrictJSON

/// What `workbench score` prints.
struct ScoreReport {
    var files: [ScoredFile]
    var pairs: ScoringPairs
    var worstCount: Int

    private var summaries: [ScoreSummary] { ScoreSummary.all(files, worst: worstCount) }

    // MARK: JSON

    var object: JSONObject {
        [
            "files": .array(files.map(Self.object)),
            "summary": .object(
                JSONObject(summaries.map { (key: $0.metric.name, value: Self.object($0)) })),
            "unpaired": .object([
                "reference": .array(pairs.unpairedReferences.map { .string($0) }),
                "estimate": .array(pairs.unpairedEstimates.map { .string($0) }),
            ]),
        ]
    }

    private static func object(_ file: ScoredFile) -> JSONValue {
        var metrics = JSONObject()
        var undefined = JSONObject()
        var rates = JSONObject()
        for score in file.scores {
            switch score.result {
            case .value(let value): metrics[score.metric.name] = .number(value)
            case .undefined(let reason): undefined[score.metric.name] = .string(reason)
            }
            if score.sampleRate != file.sampleRate {
                rates[score.metric.name] = .integer(score.sampleRate)
            }
        }
        var object: JSONObject = [
            "name": .string(file.name), "metrics": .object(metrics), "undefined": .object(undefined),
            "sample_rate": .integer(file.sampleRate), "resampled": .object(rates),
            "notes": .array(file.notes.map { .string($0) }),
        ]
        if let failure = file.failure { object["error"] = .string(failure) }
        return .object(object)
    }

    private static func object(_ summary: ScoreSummary) -> JSONValue {
        .object([
            "mean": JSONValue(summary.mean), "median": JSONValue(summary.median),
            "interval95": summary.interval.map { .array([.number($0.lowerBound), .number($0.upperBound)]) }
                ?? .null,
            "files": .integer(summary.files), "infinite": .integer(summary.infinite),
            "undefined": .integer(summary.undefined), "unit": .string(summary.metric.unit),
            "direction": .string(summary.metric.direction.rawValue),
            "metric_version": .integer(summary.metric.version), "source": .string(summary.metric.source),
            "worst": .array(
                summary.worst.map { .object(["name": .string($0.name), "value": .number($0.value)]) }),
        ])
    }

    // MARK: CSV

    /// One line per file; undefined values are empty, their reasons stand in the last column.
    var csv: String {
        let names = files.first?.scores.map(\.metric.name) ?? []
        var lines = [(["name"] + names + ["undefined"]).joined(separator: ",")]
        for file in files {
            var cells = [Self.quoted(file.name)]
            var reasons: [String] = []
            for score in file.scores {
                switch score.result {
                case .value(let value): cells.append("\(value)")
                case .undefined(let reason):
                    cells.append("")
                    reasons.append("\(score.metric.name): \(reason)")
                }
            }
            lines.append((cells + [Self.quoted(reasons.joined(separator: "; "))]).joined(separator: ","))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func quoted(_ text: String) -> String {
        guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
        return "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\""
    }

    // MARK: Text

    /// A table for people: the values of one pair, or the measures over many with their worst files.
    func text(color: Bool) -> String {
        var text = files.count == 1 ? single(color) : many(color)
        for note in notes { text += "\(note)\n" }
        for (role, names) in [
            ("reference", pairs.unpairedReferences), ("estimate", pairs.unpairedEstimates),
        ] where !names.isEmpty {
            text += "without a partner (\(role)): \(names.joined(separator: ", "))\n"
        }
        return text
    }

    private func single(_ color: Bool) -> String {
        var table = Table([
            .init("metric"), .init("value", .right), .init("unit"), .init("better"), .init("undefined"),
        ])
        for score in files[0].scores {
            var reason = ""
            if case .undefined(let text) = score.result { reason = text }
            table.add([
                score.metric.name, NumberText.value(score.result.value), score.metric.unit,
                Self.short(score.metric.direction), reason,
            ])
        }
        return table.rendered(color: color)
    }

    private func many(_ color: Bool) -> String {
        var table = Table([
            .init("metric"), .init("mean", .right), .init("95 % interval", .right), .init("median", .right),
            .init("unit"), .init("better"), .init("files", .right), .init("infinite", .right),
            .init("undefined", .right), .init("worst files"),
        ])
        for summary in summaries {
            let interval = summary.interval.map {
                "\(NumberText.value($0.lowerBound)) to \(NumberText.value($0.upperBound))"
            }
            table.add([
                summary.metric.name, NumberText.value(summary.mean), interval ?? "-",
                NumberText.value(summary.median), summary.metric.unit, Self.short(summary.metric.direction),
                "\(summary.files)", "\(summary.infinite)", "\(summary.undefined)",
                summary.worst.map { "\($0.name) (\(NumberText.value($0.value)))" }.joined(separator: ", "),
            ])
        }
        return table.rendered(color: color) + undefinedReasons
    }

    /// Why values are missing: each reason once, with how often it occurs and where first.
    private var undefinedReasons: String {
        var order: [String] = []
        var found: [String: (count: Int, first: String)] = [:]
        for file in files {
            for score in file.scores {
                guard case .undefined(let reason) = score.result else { continue }
                let key = "\(score.metric.name): \(reason)"
                if found[key] == nil { order.append(key) }
                found[key, default: (0, file.name)].count += 1
            }
        }
        return order.map { key in
            let entry = found[key] ?? (0, "")
            return
                "undefined \(key) (\(entry.count) \(entry.count == 1 ? "file" : "files"), first \(entry.first))\n"
        }.joined()
    }

    /// What was changed before measuring, each note once.
    private var notes: [String] {
        var order: [String] = []
        var counts: [String: Int] = [:]
        for note in files.flatMap(\.notes) {
            if counts[note] == nil { order.append(note) }
            counts[note, default: 0] += 1
        }
        return order.map { files.count == 1 ? $0 : "\($0) (\(counts[$0] ?? 0) of \(files.count) files)" }
    }

    private static func short(_ direction: MetricDirection) -> String {
        switch direction {
        case .higherIsBetter: "higher"
        case .lowerIsBetter: "lower"
        case .nearerZeroIsBetter: "near 0"
        }
    }
}
