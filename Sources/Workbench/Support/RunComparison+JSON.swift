import StrictJSON
import Tracking

extension RunComparison {
    /// What `workbench compare --json` prints.
    func jsonMembers() -> JSONObject {
        [
            "runs": .array(members.map { .object(JSONOutput.members(of: $0.run)) }),
            "config_keys": JSONValue(keyCount),
            "config_diff": .array(changedKeys.map(object)),
            "metrics": .array(metrics.map(object)),
            "same_eval_set": JSONValue(haveSameTestSet),
            "test": .array(scores.map(object)),
        ]
    }

    private func byRun<Value>(_ values: [Value?], _ convert: (Value) -> JSONValue) -> JSONValue {
        var object: JSONObject = [:]
        for (member, value) in zip(members, values) {
            object[member.run.address] = value.map(convert) ?? .null
        }
        return .object(object)
    }

    private func object(_ key: ChangedKey) -> JSONValue {
        .object(["key": .string(key.key), "values": byRun(key.values, JSONValue.string)])
    }

    private func object(_ row: MetricRow) -> JSONValue {
        let reference = row.values.first ?? nil
        let differences = row.values.map { value in value.flatMap { value in reference.map { value - $0 } } }
        return .object([
            "metric": .string(row.metric),
            "goal": .string(row.goal.rawValue),
            "values": byRun(row.values, JSONValue.number),
            "differences": byRun(differences, JSONValue.number),
            "better": JSONValue(row.better.map { members[$0].run.address }),
        ])
    }

    private func object(_ row: ScoreRow) -> JSONValue {
        let difference = row.difference
        return .object([
            "dataset": .string(row.dataset),
            "checkpoint": .string(row.checkpoint),
            "class": .string(row.condition),
            "metric": .string(row.metric),
            "goal": .string(row.goal.rawValue),
            "first": .string(members[0].run.address),
            "second": .string(members[row.other].run.address),
            "files": JSONValue(difference.files),
            "first_mean": .number(difference.first),
            "second_mean": .number(difference.second),
            "difference": .number(difference.mean),
            "interval_low": JSONValue(difference.interval?.lowerBound),
            "interval_high": JSONValue(difference.interval?.upperBound),
            "share_better": JSONValue(difference.shareBetter),
        ])
    }
}
