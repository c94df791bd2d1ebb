import StrictJSON

/// A sweep as a JSON file describes it: which changes of a base experiment are tried, and how the tries are judged.
public struct SweepSpec: Configurable {
    /// The sweep's name; what lists call it.
    public var name = ""
    /// The path of the base experiment's file, from the folder of the sweep's own.
    public var base = ""
    /// Changes of the base that all trials share.
    public var set = NamedValues<JSONValue>()
    public var method = SweepMethod.grid
    public var objective = SweepObjective()
    public var seeds = [1]
    public var params = NamedValues<ParameterDomain>()
    public var when: [ConditionalParams] = []
    public var ablation: AblationSpec?
    public var prune: PruneSpec?
    public var budget = SweepBudget()
    public var jobs = 1
    public var retry = SweepRetry()
    public var stopOnFirstFailure = false
    public var samplerSeed = 1

    public init() {}

    public static let fields: [Field<Self>] = [
        Field("sweep", \.name, required: true, "the sweep's name"),
        Field(
            "base", \.base, required: true,
            "the experiment that every trial changes; the path starts at the sweep's folder"),
        Field("set", \.set, "keys of the experiment with values that all trials share"),
        Field("method", \.method, required: true, "how trials are chosen"),
        Field("objective", \.objective, "what a trial is judged by"),
        Field(
            "seeds", \.seeds, count: 1...1000, each: 0...,
            "the repeats of every configuration; the first seed of all comes before the second of any"),
        Field("params", \.params, "keys of the experiment with the values they may take"),
        Field("when", \.when, "parameters that exist only where other keys have certain values"),
        Field("ablation", \.ablation, "the factors of an ablation and their design"),
        Field("prune", \.prune, "when a hopeless trial is stopped early; null: never"),
        Field("budget", \.budget, "after which no trial is started"),
        Field("jobs", \.jobs, in: 1...256, "trials at the same time; they share the cores"),
        Field("retry", \.retry, "how often a trial that came to grief is tried again"),
        Field(
            "stop_on_first_failure", \.stopOnFirstFailure,
            "whether one failed trial ends the sweep"),
        Field("seed", \.samplerSeed, in: 0..., "decides what random and tpe draw"),
    ]

    public func validate() throws {
        guard !name.isEmpty else { throw JSONError(at: "sweep", "an empty name; give the sweep a name") }
        guard Set(seeds).count == seeds.count else {
            throw JSONError(at: "seeds", "a seed is given twice; accepted: different numbers")
        }
        if method == .ablation {
            guard let ablation else {
                throw JSONError(
                    at: "method", "an ablation needs the key \"ablation\" with its design and factors")
            }
            guard params.isEmpty, when.isEmpty else {
                throw JSONError(
                    at: params.isEmpty ? "when" : "params",
                    "an ablation changes its factors alone; accepted: method grid, random or tpe, "
                        + "or a factor in place of the parameter")
            }
            guard prune == nil else {
                throw JSONError(
                    at: "prune", "an ablation needs every run to its end; remove this key")
            }
            try ablation.checkConflicts(at: "ablation")
            return
        }
        guard ablation == nil else {
            throw JSONError(
                at: "ablation", "only method \"ablation\" has factors; this is \(quoted(method.rawValue))")
        }
        guard !params.isEmpty else {
            throw JSONError(at: "params", "there is nothing to vary; name at least one key of the experiment")
        }
        if method == .grid {
            try checkGrid(params, at: "params")
            for (index, clause) in when.enumerated() {
                try checkGrid(clause.params, at: JSONPath(["when", "\(index)", "params"]))
            }
        } else if budget.trials == nil {
            throw JSONError(
                at: "budget.trials",
                "method \(quoted(method.rawValue)) has no end of its own; say how many trials it may run")
        }
        if prune != nil, objective.isOfTest {
            throw JSONError(
                at: "objective.metric",
                "\(quoted(objective.metric)) is known when a run is over, which is too late to prune by; "
                    + "accepted: a metric of the validation, or no \"prune\"")
        }
        if let prune, prune.maximum <= prune.minimum {
            throw JSONError(at: "prune.max", "\(prune.maximum) is not above prune.min = \(prune.minimum)")
        }
    }

    private func checkGrid(_ params: NamedValues<ParameterDomain>, at path: JSONPath) throws {
        for (name, domain) in params.members where domain.gridValues == nil {
            throw JSONError(
                at: path.appending(name),
                "a grid needs single values; add \"points\", a step, or list them under \"values\"")
        }
    }

    /// What makes it the same sweep when the file is run again: everything that decides which configurations there
    /// are and how they are judged. More seeds, trials, hours or jobs continue a sweep.
    public static let pathsOutsideIdentity: [JSONPath] = [
        "base", "seeds", "budget", "jobs", "retry", "stop_on_first_failure",
    ]
}

/// How the trials of a sweep are chosen.
public enum SweepMethod: String, CaseIterable, ConfigValue {
    case grid, random, tpe, ablation
}

/// What a trial is judged by.
public struct SweepObjective: Configurable, Hashable {
    public var metric = "validation/loss"
    public var goal = SweepGoal.min
    public var at = SweepMoment.best

    public init() {}

    /// Whether it is the score of the test files, which comes when training is over.
    public var isOfTest: Bool { metric.hasPrefix(Self.testPrefix) }

    static let testPrefix = "test/"

    public static let fields: [Field<Self>] = [
        Field("metric", \.metric, "a logged metric; test/NAME is the mean score of the test files"),
        Field("goal", \.goal, "which way it gets better"),
        Field("at", \.at, "its best value or its last"),
    ]
}

public enum SweepGoal: String, CaseIterable, ConfigValue {
    case min, max

    /// Whether the first value is better.
    public func prefers(_ first: Double, to second: Double) -> Bool {
        self == .min ? first < second : first > second
    }
}

public enum SweepMoment: String, CaseIterable, ConfigValue {
    case best, last
}

/// When no more trials are started.
public struct SweepBudget: Configurable, Hashable {
    public var trials: Int?
    public var hours: Double?

    public init() {}

    public static let fields: [Field<Self>] = [
        Field("trials", \.trials, in: 1..., "runs in all, seeds counted; null: no limit"),
        Field("hours", \.hours, in: Above(0), "hours that all its runs together may take; null: no limit"),
    ]
}

/// How often a trial that came to grief is tried again.
public struct SweepRetry: Configurable, Hashable {
    public var crashed = 1
    public var failed = 0

    public init() {}

    public static let fields: [Field<Self>] = [
        Field("crashed", \.crashed, in: 0...100, "after its process was killed or broke down"),
        Field("failed", \.failed, in: 0...100, "after it ended with an error"),
    ]
}

/// Parameters that exist only where other keys have certain values.
public struct ConditionalParams: Configurable {
    public var condition = NamedValues<JSONValue>()
    public var params = NamedValues<ParameterDomain>()

    public init() {}

    public static let fields: [Field<Self>] = [
        Field("if", \.condition, required: true, "keys with the values they must have, all of them"),
        Field("params", \.params, required: true, "the parameters that exist then"),
    ]

    public func validate() throws {
        guard !condition.isEmpty else {
            throw JSONError(at: "if", "an empty condition; name at least one key")
        }
        guard !params.isEmpty else {
            throw JSONError(at: "params", "there is nothing to vary; name at least one key")
        }
    }
}

/// When a hopeless trial is stopped early.
public struct PruneSpec: Configurable, Hashable {
    public enum Kind: String, CaseIterable, ConfigValue { case asha }

    public enum Unit: String, CaseIterable, ConfigValue {
        /// A configuration is judged by the mean of its seeds that have come so far.
        case meanOverSeeds = "mean over seeds"
        /// Each run for itself.
        case eachRun = "each run"
    }

    public var kind = Kind.asha
    public var minimum = 1
    public var eta = 3
    public var maximum = 0
    public var unit = Unit.meanOverSeeds

    public init() {}

    public static let fields: [Field<Self>] = [
        Field("type", \.kind, "asynchronous successive halving"),
        Field("min", \.minimum, in: 1..., required: true, "steps before the first decision"),
        Field("eta", \.eta, in: 2...100, "of so many trials one goes on at each decision"),
        Field("max", \.maximum, in: 2..., required: true, "steps of a whole training"),
        Field("on", \.unit, "what is compared"),
    ]
}
