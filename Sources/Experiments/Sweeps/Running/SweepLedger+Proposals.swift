import StrictJSON
import Tracking

/// Which trials there are.
extension SweepLedger {
    /// Enters the trials that are known before anything has run: seed by seed, so that every configuration has been
    /// tried once before any is tried twice.
    func enterKnownTrials() throws {
        guard let configurations = try plan.configurations() else { return }
        let trials = plan.spec.seeds.flatMap { seed in
            configurations.map { Self.description($0, seed: seed) }
        }
        try workspace.addTrials(to: sweep.id, trials)
    }

    /// How many trials there will be.
    func expectedTrials() throws -> Int {
        let known = try workspace.trials(of: sweep.id).count
        guard plan.spec.method == .tpe else { return min(known, plan.spec.budget.trials ?? known) }
        return max(known, plan.configurationLimit * plan.spec.seeds.count)
    }

    /// Whether every trial that there will be has been entered; asked when all that are known have ended.
    func isComplete() throws -> Bool {
        guard plan.spec.method == .tpe else { return true }
        try propose()
        return try workspace.trials(of: sweep.id).allSatisfy(\.state.isOver)
    }

    /// Enters the next trial of a method that looks at results, if none is waiting.
    func propose() throws {
        guard plan.spec.method == .tpe else { return }
        let trials = try workspace.trials(of: sweep.id)
        guard !trials.contains(where: { $0.state == .waiting }) else { return }
        let hashes = Set(trials.map(\.paramsHash))
        if hashes.count < plan.configurationLimit, let next = try proposal(trials, hashes) {
            // Somebody else may have entered one meanwhile; then the next turn looks again.
            try workspace.addTrials(
                to: sweep.id, [Self.description(next, seed: plan.spec.seeds[0])], expecting: trials.count)
            return
        }
        try enterRepeats(trials)
    }

    /// The further seeds of every configuration that has not been pruned.
    private func enterRepeats(_ trials: [Trial]) throws {
        let pruned = Set(trials.filter { $0.state == .pruned }.map(\.paramsHash))
        var firsts: [Trial] = []
        for trial in trials where !pruned.contains(trial.paramsHash) {
            if !firsts.contains(where: { $0.paramsHash == trial.paramsHash }) { firsts.append(trial) }
        }
        let repeats = plan.spec.seeds.dropFirst().flatMap { seed in
            firsts.map {
                TrialDescription(
                    label: $0.label, paramsJSON: $0.paramsJSON, paramsHash: $0.paramsHash, seed: seed)
            }
        }
        if !repeats.isEmpty { try workspace.addTrials(to: sweep.id, repeats) }
    }

    /// A configuration that has not been tried; nil when two hundred draws found none.
    private func proposal(_ trials: [Trial], _ known: Set<String>) throws -> PlannedConfiguration? {
        let sampler = TreeParzenSampler(
            space: plan.space, seed: plan.spec.samplerSeed, goal: plan.spec.objective.goal)
        let history = Self.observations(trials)
        for attempt in 0..<200 {
            let planned = try plan.configuration(
                sampler.propose(number: known.count, attempt: attempt, history: history))
            if !known.contains(planned.hash) { return planned }
        }
        return nil
    }

    /// What is known of each configuration, over its seeds.
    static func observations(_ trials: [Trial]) -> [SweepObservation] {
        var order: [String] = []
        var groups: [String: [Trial]] = [:]
        for trial in trials {
            if groups[trial.paramsHash] == nil { order.append(trial.paramsHash) }
            groups[trial.paramsHash, default: []].append(trial)
        }
        return order.compactMap { hash in
            guard let group = groups[hash], let first = group.first else { return nil }
            let values = group.filter { $0.state == .finished }.compactMap(\.value)
            let result: SweepObservation.Result =
                if !values.isEmpty {
                    .value(values.reduce(0, +) / Double(values.count))
                } else if let pruned = group.first(where: { $0.state == .pruned && $0.value != nil }),
                    let value = pruned.value
                {
                    .pruned(rung: pruned.rung, value: value)
                } else if group.contains(where: { $0.state == .failed }) {
                    .failed
                } else {
                    .pending
                }
            return SweepObservation(assignment(of: first), result)
        }
    }

    private static func description(_ planned: PlannedConfiguration, seed: Int) -> TrialDescription {
        TrialDescription(
            label: planned.name, paramsJSON: planned.assignment.json.compactText, paramsHash: planned.hash,
            seed: seed)
    }
}
