import Experiments
import StrictJSON
import Tracking

/// What a sweep has come to: its trials, and the table that it was made for.
struct SweepReport {
    /// A trial with what is known of its run.
    struct Entry {
        let trial: Trial
        let assignment: Assignment
        let minutes: Double?
        /// The objective that the report goes by, of a trial that has finished or was pruned; nil without one.
        let value: Double?

        /// For people: the configuration's name, else what it changes.
        var text: String { trial.label ?? assignment.text }
    }

    let sweep: Sweep
    let plan: SweepPlan
    let objective: SweepObjective
    let entries: [Entry]
    /// Whether a process works on the sweep.
    let isWorkedOn: Bool
    /// nil for a sweep that is no ablation.
    let ablation: AblationTable?
    /// The configurations that have a value, the best first.
    let ranking: [ConfigurationSummary]

    /// - Parameter metric: another metric than the sweep's own, with its goal by name.
    init(_ sweep: Sweep, in workspace: Workspace, metric: String? = nil) throws {
        self.sweep = sweep
        plan = try SweepPlan(storedAs: JSONValue(parsing: sweep.specJSON))
        var objective = plan.spec.objective
        if let metric, metric != objective.metric {
            objective.metric = metric
            objective.goal = MetricGoal.suggested(by: metric) == .max ? .max : .min
            objective.at = .last
        }
        self.objective = objective
        isWorkedOn = try workspace.otherWorkers(on: sweep.id) > 0
        let trials = try workspace.trials(of: sweep.id)
        entries = try trials.map { trial in
            let json = try? JSONValue(parsing: trial.paramsJSON)
            let value: Double? =
                if metric == nil {
                    trial.state == .finished || trial.state == .pruned ? trial.value : nil
                } else {
                    try trial.state == .finished
                        ? trial.run.map { try objective.value(of: $0, in: workspace) } : nil
                }
            return Entry(
                trial: trial, assignment: json.flatMap(Assignment.init) ?? Assignment(),
                minutes: try workspace.workingSeconds(of: trial).map { $0 / 60 }, value: value)
        }
        let outcomes = entries.map { entry in
            let isOver = entry.trial.state == .finished
            return TrialOutcome(
                hash: entry.trial.paramsHash, name: entry.trial.label, assignment: entry.assignment,
                seed: entry.trial.seed, value: isOver ? entry.value : nil,
                minutes: isOver ? entry.minutes : nil)
        }
        let (experiment, goal) = (plan.experiment, objective.goal)
        ranking = ConfigurationSummary.ranked(outcomes, goal: goal)
        ablation = try plan.spec.ablation.map { spec in
            AblationTable(
                spec, cases: try spec.cases.map { ($0, try experiment.hash($0.assignment)) },
                outcomes: outcomes, goal: goal)
        }
    }

    /// What each parameter of a search explains, the most first; empty while too few configurations have a value.
    var importance: [ParameterImportance] {
        ablation == nil
            ? ParameterImportance.all(ranking, space: plan.space, goal: objective.goal) : []
    }

    func count(_ state: TrialState) -> Int { entries.count { $0.trial.state == state } }

    /// The state as it is, whatever the database says of a sweep whose processes have died. Between two questions of
    /// its drivers nobody works on a sweep, and nobody has died.
    var state: String {
        guard sweep.state == .running, !isWorkedOn else { return sweep.state.rawValue }
        return entries.contains { $0.trial.state == .finished && $0.trial.run == nil }
            ? "idle" : "interrupted"
    }

    /// "sweep3 rates: tpe, validation/loss (min, best)"; of an ablation its design.
    var title: String {
        let method = ablation?.design.rawValue ?? plan.spec.method.rawValue
        return "\(sweep.address) \(sweep.name): \(method), \(objectiveText)"
    }

    /// "validation/loss (min, best)".
    var objectiveText: String {
        "\(objective.metric) (\(objective.goal.rawValue)"
            + (objective.isOfTest ? ", mean of the test files)" : ", \(objective.at.rawValue))")
    }
}
