import Comparison
import StrictJSON

extension RunComparison {
    /// What `workbench compare --json` prints.
    func jsonMembers() -> JSONObject {
        [
            "runs": .array(runs.map(object)),
            "sides": .array(sides.map(object)),
            "notes": JSONValue(notes),
            "config_keys": JSONValue(config.keyCount),
            "config_diff": .array(
                config.changed.map { .object(["key": .string($0.key), "values": byRun($0.values)]) }),
            "figure": .string(options.figure.rawValue),
            "metrics": .array(metrics.map(object)),
            "same_eval_set": JSONValue(haveSameTestSet),
            "checkpoint": JSONValue(checkpoint),
            "paired": .string(pairing.rawValue),
            "test": .array(files.map(object)),
            "seeds": .array(seeds.map(object)),
            "repeats": .array(repeats.map(object)),
            "unpaired": .array(unpaired.map(object)),
        ]
    }

    private func object(_ run: ComparedRun) -> JSONValue {
        .object([
            "run": .string(run.address), "name": JSONValue(run.name), "status": .string(run.status),
            "seed": JSONValue(run.seed), "last_step": JSONValue(run.lastStep),
            "duration_seconds": .number(run.seconds), "eval_hash": JSONValue(run.testHash),
            "dataset_hash": JSONValue(run.trainingHash), "code": JSONValue(run.code),
        ])
    }

    private func object(_ side: Side) -> JSONValue {
        .object([
            "label": .string(side.label), "title": .string(side.title),
            "runs": JSONValue(side.runs.map { runs[$0].address }),
        ])
    }

    private func byRun(_ values: [String?]) -> JSONValue {
        .object(JSONObject(zip(runs, values).map { (key: $0.address, value: JSONValue($1)) }))
    }

    private func byRun(_ values: [Double?]) -> JSONValue {
        .object(JSONObject(zip(runs, values).map { (key: $0.address, value: JSONValue($1)) }))
    }

    private func bySide(_ values: [JSONValue]) -> JSONValue {
        .object(JSONObject(zip(sides, values).map { (key: $0.label, value: $1) }))
    }

    private func object(_ row: LoggedMetric) -> JSONValue {
        .object([
            "metric": .string(row.name), "unit": .string(row.unit), "goal": .string(row.goal.rawValue),
            "values": byRun(row.values),
            "differences": bySide(sides.indices.map { JSONValue(row.difference(side: $0, of: sides)) }),
            "seeds": bySide(row.sides.map { $0.map(object) ?? .null }),
            "better": JSONValue(row.better(of: sides).map { sides[$0].label }),
        ])
    }

    private func object(_ seeds: SeedValues) -> JSONValue {
        .object([
            "mean": .number(seeds.mean), "half_width_95": JSONValue(seeds.halfWidth),
            "values": .object(
                JSONObject(seeds.values.map { (key: String($0.seed), value: .number($0.value)) })),
        ])
    }

    private func object(_ row: LoggedMetric.Repeat) -> JSONValue {
        .object([
            "metric": .string(row.metric), "unit": .string(row.unit), "goal": .string(row.goal.rawValue),
            "seeds": object(row.seeds),
        ])
    }

    private func object(_ row: UnpairedMean) -> JSONValue {
        .object([
            "side": .string(sides[row.side].label), "dataset": .string(row.dataset),
            "checkpoint": .string(row.checkpoint), "metric": .string(row.metric),
            "mean": .number(row.mean), "files": JSONValue(row.files),
        ])
    }

    private func object(_ row: FileComparison) -> JSONValue {
        .object([
            "dataset": .string(row.dataset), "checkpoint": .string(row.checkpoint),
            "class": .string(row.condition ?? ScoreTable.all), "metric": .string(row.metric),
            "unit": .string(row.unit), "goal": .string(row.goal.rawValue),
            "first": .string(sides[0].title), "second": .string(sides[row.other].title),
            "files": JSONValue(row.files), "unmatched_files": JSONValue(row.unmatched),
            "first_mean": .number(row.first), "second_mean": .number(row.second),
            "difference": .number(row.difference), "interval_low": JSONValue(row.interval?.lowerBound),
            "interval_high": JSONValue(row.interval?.upperBound),
            "share_better": JSONValue(row.shareBetter), "p_wilcoxon": JSONValue(row.p),
            "p_holm": JSONValue(row.adjusted), "speaker": JSONValue(row.speaker),
            "clusters": .string(row.clusters.kind.rawValue), "cluster_count": .integer(row.clusters.count),
            "worst": .array(
                row.worst.map {
                    .object([
                        "file": .string($0.file), "class": .string($0.condition),
                        "speaker": .string($0.speaker),
                        "difference": .number($0.difference),
                    ])
                }),
        ])
    }

    private func object(_ row: SeedComparison) -> JSONValue {
        .object([
            "metric": .string(row.metric), "unit": .string(row.unit), "goal": .string(row.goal.rawValue),
            "first": .string(sides[0].label), "second": .string(sides[row.other].label),
            "first_seeds": object(row.first), "second_seeds": object(row.second),
            "test": .string(row.test.rawValue),
            "shared_seeds": .array(row.sharedSeeds.map { JSONValue($0) }),
            "difference": .number(row.difference), "interval_low": JSONValue(row.interval?.lowerBound),
            "interval_high": JSONValue(row.interval?.upperBound), "p": JSONValue(row.p),
            "p_holm": JSONValue(row.adjusted), "smallest_p": JSONValue(row.smallestP),
            "smallest_p_holm": JSONValue(row.smallestAdjusted),
            "seeds_needed": JSONValue(row.pairsNeeded), "can_reach_0_05": JSONValue(row.canReachLevel),
            "minimum_detectable": JSONValue(row.minimumDetectable),
            "share_better": JSONValue(row.shareBetter), "crossed": row.crossed.map(object) ?? .null,
        ])
    }

    private func object(_ crossed: CrossedComparison) -> JSONValue {
        let shares = crossed.variance?.shares
        return .object([
            "seeds": JSONValue(crossed.seeds), "files": JSONValue(crossed.files),
            "difference": .number(crossed.difference),
            "interval_low": JSONValue(crossed.interval?.lowerBound),
            "interval_high": JSONValue(crossed.interval?.upperBound),
            "share_seeds": JSONValue(shares?.seed), "share_files": JSONValue(shares?.file),
            "share_rest": JSONValue(shares?.rest),
        ])
    }
}

extension GateVerdict {
    func object(_ expression: String) -> JSONValue {
        .object([
            "expression": .string(expression), "holds": JSONValue(holds),
            "figures": .object(JSONObject(figures.map { (key: $0.text, value: .number($0.value)) })),
        ])
    }
}
