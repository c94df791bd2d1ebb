import StrictJSON

/// A sweep file of Weights & Biases, as JSON, made into one of ours.
///
/// Source of the format: the sweep configuration of the W&B documentation, "Sweep configuration options".
public struct WandbSweep {
    /// The content of our file, keys in the usual order.
    public let spec: JSONObject
    /// What was left out or chosen, one line each.
    public let notes: [String]

    /// What the file does not say.
    public struct Choices: Sendable {
        /// The experiment that trials change: W&B's files name a program instead.
        public var base: String
        /// How the new file calls it.
        public var baseName: String
        /// Runs in all, where the file has no `run_cap`.
        public var trials: Int?

        public init(base: String, baseName: String, trials: Int? = nil) {
            self.base = base
            self.baseName = baseName
            self.trials = trials
        }
    }

    /// Keys that say where and how W&B runs something, which decides nothing here.
    private static let leftOut = ["program", "command", "project", "entity", "description", "controller"]
    private static let known = ["name", "method", "metric", "parameters", "early_terminate", "run_cap"]

    /// - Throws: `JSONError` that names the key of the file which has no counterpart here or is wrong, and the
    ///   experiment's own when that cannot be read.
    public init(_ document: JSONDocument, _ choices: Choices) throws {
        do {
            try self.init(document.value, choices)
        } catch let error as JSONError where error.file == nil {
            throw document.located(error)
        }
    }

    private init(_ json: JSONValue, _ choices: Choices) throws {
        guard let file = json.objectValue else {
            throw JSONError("expected an object, found \(json.summary)")
        }
        var notes: [String] = []
        for key in file.keys where !Self.known.contains(key) {
            guard Self.leftOut.contains(key) else {
                throw JSONError(
                    at: JSONPath([key]),
                    "this key has no counterpart; accepted: \(Self.known.joined(separator: ", "))")
            }
            notes.append("\(key): left out, it says where and how W&B runs it")
        }
        var spec: JSONObject = [
            "sweep": file["name"] ?? "imported", "base": .string(choices.baseName),
            "method": try Self.method(file),
        ]
        if spec["method"] == "tpe" {
            notes.append("method: bayes became tpe, another way to look at what came before")
        }
        if let objective = try Self.objective(file) {
            spec["objective"] = objective
        } else {
            notes.append("metric: there is none; trials are judged by \(SweepObjective().metric)")
        }
        var shared: JSONObject = [:]
        var params: JSONObject = [:]
        try Self.read(file["parameters"], at: "parameters", prefix: "", &shared, &params)
        if !shared.isEmpty { spec["set"] = .object(shared) }
        spec["params"] = .object(params)
        let experiment: SweepExperiment
        do {
            experiment = try SweepExperiment(contentsOf: choices.base, changes: Assignment(shared))
        } catch let error as JSONError where error.override != nil {
            throw JSONError(
                at: Self.place(of: error.path, in: file), "\(choices.base) refuses it: \(error.message)")
        }
        if let early = file["early_terminate"] {
            let (prune, note) = try Self.prune(
                early, metric: spec["objective"]?["metric"]?.stringValue, experiment)
            spec["prune"] = prune
            notes.append(note)
        }
        let cap = try file["run_cap"].map { try Int.decode($0, at: "run_cap", onto: nil) } ?? choices.trials
        if let cap { spec["budget"] = ["trials": .integer(cap)] }
        if cap == nil, spec["method"] != "grid" {
            throw JSONError(
                at: "run_cap",
                "there is none, and random and bayes have no end of their own; accepted: --trials N")
        }
        self.spec = spec
        self.notes = notes
        try check(experiment, file)
    }

    /// What a sweep of ours would refuse is refused now, in the words of this file.
    private func check(_ experiment: SweepExperiment, _ file: JSONObject) throws {
        do {
            let decoded = try SweepSpec.decode(.object(spec), at: JSONPath(), onto: nil)
            _ = try SweepPlan(decoded, experiment).configurations()
        } catch var error as JSONError {
            if error.path.components.first == "params" {
                error.path = Self.place(
                    of: JSONPath(error.path.components.dropFirst().joined(separator: ".")), in: file)
            } else if error.path.components.first == "prune" {
                error.path = "early_terminate"
            }
            throw error
        }
    }

    /// Where the file has the parameter that is an experiment's key; nested parameters are keys within keys.
    private static func place(of key: JSONPath, in file: JSONObject) -> JSONPath {
        var place = JSONPath(["parameters"])
        var level = file["parameters"]
        var rest = key.components[...]
        while !rest.isEmpty {
            // A name may hold dots itself.
            guard
                let length = (1...rest.count).last(where: {
                    level?[rest.prefix($0).joined(separator: ".")] != nil
                })
            else { break }
            let name = rest.prefix(length).joined(separator: ".")
            place = place.appending(name)
            level = level?[name]
            rest = rest.dropFirst(length)
            if let inner = level?["parameters"] {
                place = place.appending("parameters")
                level = inner
            } else {
                break
            }
        }
        return place
    }

    private static func method(_ file: JSONObject) throws -> JSONValue {
        let named = try String.decode(file["method"] ?? .null, at: "method", onto: nil)
        let ours = ["grid": "grid", "random": "random", "bayes": "tpe"]
        guard let method = ours[named] else {
            throw JSONError(
                at: "method", "\(quoted(named)) has no counterpart; accepted: grid, random, bayes")
        }
        return .string(method)
    }

    private static func objective(_ file: JSONObject) throws -> JSONValue? {
        guard let metric = file["metric"] else { return nil }
        guard let object = metric.objectValue else {
            throw JSONError(
                at: "metric", "expected an object with \"name\" and \"goal\", found \(metric.summary)")
        }
        for key in object.keys where !["name", "goal"].contains(key) {
            throw JSONError(
                at: JSONPath(["metric", key]), "this key has no counterpart; accepted: name, goal")
        }
        let name = try String.decode(object["name"] ?? .null, at: "metric.name", onto: nil)
        let goal = try String.decode(object["goal"] ?? "minimize", at: "metric.goal", onto: nil)
        guard let ours = ["minimize": "min", "maximize": "max"][goal] else {
            throw JSONError(at: "metric.goal", "\(quoted(goal)); accepted: minimize, maximize")
        }
        return ["metric": .string(name), "goal": .string(ours)]
    }

    private static func read(
        _ json: JSONValue?, at path: JSONPath, prefix: String, _ shared: inout JSONObject,
        _ params: inout JSONObject
    ) throws {
        guard let object = json?.objectValue else {
            throw JSONError(at: path, "expected an object of parameters, found \(json?.summary ?? "nothing")")
        }
        for (name, content) in object.members {
            let place = path.appending(name)
            if let inner = content["parameters"] {
                try read(
                    inner, at: place.appending("parameters"), prefix: "\(prefix)\(name).", &shared, &params)
                continue
            }
            switch try WandbParameter.read(content, at: place) {
            case .shared(let value): shared[prefix + name] = value
            case .domain(let domain): params[prefix + name] = domain.json
            }
        }
    }

    /// Hyperband's brackets count how often the metric was logged; ours count steps.
    private static func prune(
        _ json: JSONValue, metric: String?, _ experiment: SweepExperiment
    ) throws -> (JSONValue, note: String) {
        let path: JSONPath = "early_terminate"
        guard let object = json.objectValue else {
            throw JSONError(at: path, "expected an object, found \(json.summary)")
        }
        for key in object.keys where !["type", "min_iter", "max_iter", "s", "eta", "strict"].contains(key) {
            throw JSONError(at: path.appending(key), "this key has no counterpart")
        }
        func number(_ key: String) throws -> Int? {
            try object[key].map { try Int.decode($0, at: path.appending(key), onto: nil) }
        }
        guard object["type"] == "hyperband" else {
            throw JSONError(
                at: path.appending("type"),
                "\(object["type"]?.summary ?? "nothing") has no counterpart; accepted: hyperband")
        }
        if let strict = object["strict"], strict != .bool(false) {
            throw JSONError(
                at: path.appending("strict"), "strict pruning has no counterpart; accepted: false")
        }
        let eta = try number("eta") ?? 3
        guard eta >= 2 else {
            throw JSONError(at: path.appending("eta"), "\(eta) is out of range; accepted: at least 2")
        }
        let config = try experiment.config(Assignment(), seed: 0)
        let isPerStep = metric?.hasPrefix("train/") ?? false
        let factor = isPerStep ? 1 : config.training.validateEvery
        var first = try number("min_iter")
        var last = config.training.steps
        if let most = try number("max_iter") {
            guard let brackets = try number("s") else {
                throw JSONError(at: path.appending("s"), "this key is required beside max_iter and missing")
            }
            first = (0..<max(0, brackets)).reduce(most) { steps, _ in steps / eta }
            last = most * factor
        }
        guard let first, first >= 1 else {
            throw JSONError(
                at: path, "neither \"min_iter\" nor \"max_iter\" with \"s\" gives a first decision")
        }
        let unit = isPerStep ? "a step" : "a validation, \(factor) steps"
        return (
            [
                "type": "asha", "min": .integer(first * factor), "eta": .integer(eta), "max": .integer(last),
                "on": "each run",
            ],
            "early_terminate: hyperband became asynchronous halving; an iteration is \(unit)"
        )
    }
}
