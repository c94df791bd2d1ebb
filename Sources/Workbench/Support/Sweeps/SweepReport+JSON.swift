import Experiments
import StrictJSON
import Tracking

/// A sweep as the object that `--json` prints.
extension SweepReport {
    var json: JSONObject {
        var object: JSONObject = [
            "sweep": .string(sweep.address), "name": .string(sweep.name), "state": .string(state),
            "reason": JSONValue(sweep.reason), "method": .string(plan.spec.method.rawValue),
            "objective": objective.json,
            "counts": .object(
                JSONObject(TrialState.allCases.map { (key: $0.rawValue, value: .integer(count($0))) })),
            "trials": .array(entries.map { .object(Self.object($0)) }),
            "configurations": .array((ablation?.configurations ?? ranking).map { .object(Self.object($0)) }),
        ]
        if let ablation {
            object["ablation"] = .object([
                "design": .string(ablation.design.rawValue), "seeds_needed": .integer(ablation.seedsNeeded),
                "effects": .array(ablation.effects.map { .object(Self.object($0)) }),
            ])
        }
        if ablation == nil { object["importance"] = .array(importance.map { .object(Self.object($0)) }) }
        return object
    }

    static func object(_ entry: Entry) -> JSONObject {
        let trial = entry.trial
        return [
            "trial": .integer(trial.number), "label": JSONValue(trial.label), "params": entry.assignment.json,
            "hash": .string(trial.paramsHash), "seed": .integer(trial.seed),
            "state": .string(trial.state.rawValue), "value": JSONValue(trial.value),
            "run": JSONValue(trial.run.map { "run\($0)" }), "minutes": JSONValue(entry.minutes),
            "tries": .integer(trial.tries), "rung": .integer(trial.rung), "reason": JSONValue(trial.reason),
        ]
    }

    static func object(_ summary: ConfigurationSummary) -> JSONObject {
        [
            "label": JSONValue(summary.name), "params": summary.assignment.json,
            "hash": .string(summary.hash),
            "seeds": .integer(summary.values.count), "mean": JSONValue(summary.mean),
            "half_width": JSONValue(summary.halfWidth), "minutes": JSONValue(summary.minutes),
            "values": .object(
                JSONObject(
                    summary.values.sorted { $0.key < $1.key }.map {
                        (key: "\($0.key)", value: .number($0.value))
                    })),
        ]
    }

    private static func object(_ effect: AblationTable.Effect) -> JSONObject {
        [
            "factor": .string(effect.factor), "seeds": .array(effect.seeds.map { .integer($0) }),
            "effect": JSONValue(effect.mean), "half_width": JSONValue(effect.halfWidth),
            "p": JSONValue(effect.p), "holm_p": JSONValue(effect.adjustedP),
            "smallest_p": .number(effect.smallestP), "smallest_holm_p": .number(effect.smallestAdjustedP),
            "can_reach_0.05": .bool(!effect.isTooSmall),
            "minimum_detectable": JSONValue(effect.minimumDetectable),
            "worse_share": JSONValue(effect.worseShare), "minutes_without": JSONValue(effect.minutesWithout),
            "minutes_with": JSONValue(effect.minutesWith),
        ]
    }
}
