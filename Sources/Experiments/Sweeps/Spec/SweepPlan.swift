import Foundation
import StrictJSON

/// A configuration of a sweep: what it changes, and the hash that its runs share.
public struct PlannedConfiguration: Sendable, Hashable {
    /// For tables; nil where the changes say it all.
    public let name: String?
    public let assignment: Assignment
    public let hash: String
}

/// A sweep's file together with the experiment that it changes.
public struct SweepPlan: Sendable {
    public let spec: SweepSpec
    public let experiment: SweepExperiment
    public let space: SearchSpace
    /// The sweep's file as text, for errors with a place; nil for a sweep that was read from a database.
    private let document: JSONDocument?

    /// - Throws: `JSONError` if one of both files is missing or wrong.
    public init(contentsOf file: String) throws {
        let folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
        try self.init(JSONDocument(contentsOf: file), folder: folder)
    }

    /// - Parameters:
    ///   - document: the content of a sweep's file.
    ///   - folder: where the path of the base experiment starts, a slash at its end; empty for the working folder.
    public init(_ document: JSONDocument, folder: String) throws {
        if document.value["parameters"] != nil, document.value["sweep"] == nil {
            throw document.located(
                JSONError(
                    at: "parameters",
                    "this is a sweep of Weights & Biases; `workbench sweep import` makes one of ours of it"))
        }
        let spec = try document.decode(SweepSpec.self)
        let base = spec.base.hasPrefix("/") ? spec.base : folder + spec.base
        let changes = Assignment(
            JSONObject(spec.set.members.lazy.map { (key: $0.name, value: $0.value) }))
        let experiment: SweepExperiment
        do {
            experiment = try SweepExperiment(contentsOf: base, changes: changes)
        } catch let error as JSONError where error.kind == .notFound {
            var message = "there is no file \(base)"
            if base != spec.base, FileManager.default.fileExists(atPath: spec.base) {
                message += ": the path starts at the folder of the sweep's file, not at the working folder"
            }
            var error = document.located(JSONError(at: "base", message))
            error.kind = .notFound
            throw error
        } catch let error as JSONError where error.override != nil {
            throw document.located(Self.shared(error, spec))
        }
        self.init(spec, experiment, document)
    }

    /// A refusal of what all trials share, as an error of the sweep's file.
    private static func shared(_ error: JSONError, _ spec: SweepSpec) -> JSONError {
        let key = spec.set.names.first { name in
            error.path.isInside(JSONPath(name)) || JSONPath(name).isInside(error.path)
        }
        let path: JSONPath = key.map { JSONPath(["set", $0]) } ?? "set"
        return JSONError(at: path, "\(spec.base) refuses it: \(error.path): \(error.message)")
    }

    /// A plan from what a database keeps.
    public init(storedAs json: JSONValue) throws {
        let spec = try SweepSpec.decode(json["spec"] ?? .null, at: "spec", onto: nil)
        self.init(spec, try SweepExperiment(json["base"] ?? .null, file: spec.base), nil)
    }

    /// - Parameter experiment: the base with what all trials share.
    public init(_ spec: SweepSpec, _ experiment: SweepExperiment) { self.init(spec, experiment, nil) }

    private init(_ spec: SweepSpec, _ experiment: SweepExperiment, _ document: JSONDocument?) {
        self.spec = spec
        self.experiment = experiment
        self.document = document
        space = SearchSpace(spec, experiment: experiment)
    }

    /// What a database keeps of the plan.
    public var stored: JSONValue { ["spec": spec.json, "base": experiment.base] }

    /// Equal for files that describe the same sweep, though perhaps more of it. The content of the base experiment
    /// counts, not where its file lies.
    public var identity: String {
        let own = spec.json.removing(SweepSpec.pathsOutsideIdentity)
        return JSONValue.object([
            "spec": own,
            "base": experiment.resolved.removing(ExperimentConfig.pathsOutsideGroup),
        ]).stableHash()
    }

    /// What the sweep may mean otherwise than its file says; one line each.
    public var warnings: [String] {
        let metric = spec.objective.metric
        guard metric.hasSuffix("/loss"),
            let key = places.first(where: { JSONPath($0.key).isInside("losses") })?.key
        else { return [] }
        return [
            "\(quoted(key)) changes what \(quoted(metric)) means, so trials cannot be compared by it; "
                + "judge them by another metric, such as validation/lsd_db"
        ]
    }

    /// The configurations in the order in which they are run; nil for a method that looks at results first.
    ///
    /// - Throws: `JSONError` for the first one that the experiment refuses.
    public func configurations() throws -> [PlannedConfiguration]? {
        do {
            try refuseOwnKeys()
            switch spec.method {
            case .grid: return try unique(try space.grid().map { (nil, $0) })
            case .random: return try randomConfigurations()
            case .ablation: return try ablationConfigurations()
            case .tpe:
                try checkExtremes()
                return nil
            }
        } catch let error as JSONError {
            throw document?.located(error) ?? error
        }
    }

    /// How many configurations a sampler may propose.
    public var configurationLimit: Int { max(1, (spec.budget.trials ?? .max) / spec.seeds.count) }

    /// A configuration, checked by decoding the experiment that it makes.
    ///
    /// - Throws: `JSONError` at the parameter that is to blame, in the sweep's file.
    public func configuration(_ assignment: Assignment, name: String? = nil) throws -> PlannedConfiguration {
        do {
            return PlannedConfiguration(
                name: name, assignment: assignment, hash: try experiment.hash(assignment))
        } catch let error as JSONError {
            throw blaming(error, assignment)
        }
    }

    // MARK: Methods

    private func unique(_ assignments: [(name: String?, assignment: Assignment)]) throws
        -> [PlannedConfiguration]
    {
        var seen: Set<String> = []
        return try assignments.compactMap { name, assignment in
            let planned = try configuration(assignment, name: name)
            return seen.insert(planned.hash).inserted ? planned : nil
        }
    }

    private func randomConfigurations() throws -> [PlannedConfiguration] {
        let sampler = RandomSampler(space: space, seed: spec.samplerSeed)
        var found: [PlannedConfiguration] = []
        var seen: Set<String> = []
        // A space of few values runs dry: then all there is has been found.
        var misses = 0
        var number = 0
        while found.count < configurationLimit, misses < 200 {
            let planned = try configuration(sampler.propose(number: number))
            number += 1
            if seen.insert(planned.hash).inserted {
                found.append(planned)
                misses = 0
            } else {
                misses += 1
            }
        }
        return found
    }

    private func ablationConfigurations() throws -> [PlannedConfiguration] {
        var found: [PlannedConfiguration] = []
        for entry in spec.ablation?.cases ?? [] {
            let planned = try configuration(entry.assignment, name: entry.name)
            if let same = found.first(where: { $0.hash == planned.hash }) {
                throw JSONError(
                    at: "ablation.factors",
                    "\(quoted(entry.name)) is the same experiment as \(quoted(same.name ?? "")): a factor's "
                        + "\"off\" changes nothing; accepted: a value that differs from the base")
            }
            found.append(planned)
        }
        return found
    }

    /// Tries the ends of every range before anything starts.
    private func checkExtremes() throws {
        let middle = space.assignment { _, domain in domain.extremes[0] }
        _ = try configuration(middle)
        for (name, domain) in space.params.members {
            for value in domain.extremes {
                _ = try configuration(
                    space.assignment { key, domain in key == name ? value : domain.extremes[0] })
            }
        }
        for clause in space.when {
            var start = Assignment()
            for (key, value) in clause.condition.members { start[key] = value }
            for (name, domain) in clause.params.members {
                for value in domain.extremes {
                    start[name] = value
                    _ = try configuration(start)
                }
                start[name] = domain.extremes[0]
            }
        }
    }

    // MARK: Blame

    /// The seed is a repeat and the name no difference: neither can be a parameter.
    private func refuseOwnKeys() throws {
        for (key, path) in places where key == "seed" || key == "name" {
            throw JSONError(
                at: path,
                key == "seed"
                    ? "repeats are not a parameter; list them under \"seeds\""
                    : "a name changes no result; the sweep names its runs itself")
        }
    }

    /// Every key that the sweep sets, with the place in its file that says so.
    private var places: [(key: String, path: JSONPath)] {
        var found = spec.params.names.map { ($0, JSONPath(["params", $0])) }
        for (index, clause) in spec.when.enumerated() {
            found += clause.params.names.map { ($0, JSONPath(["when", "\(index)", "params", $0])) }
            found += clause.condition.names.map { ($0, JSONPath(["when", "\(index)", "if", $0])) }
        }
        for (name, factor) in spec.ablation?.factors.members ?? [] {
            let path = JSONPath(["ablation", "factors", name])
            found += factor.off.names.map { ($0, path.appending("off").appending($0)) }
            found += factor.on.names.map { ($0, path.appending("on").appending($0)) }
        }
        return found
    }

    /// The experiment's refusal as an error of the sweep's file.
    private func blaming(_ error: JSONError, _ assignment: Assignment) -> JSONError {
        let candidates = places.filter { place in
            let key = JSONPath(place.key)
            return assignment[place.key] != nil && (error.path.isInside(key) || key.isInside(error.path))
        }
        // The innermost: of task and task.weight the one that was refused.
        guard
            let place = candidates.max(by: {
                JSONPath($0.key).components.count < JSONPath($1.key).components.count
            })
        else {
            let path: JSONPath = spec.method == .ablation ? "ablation.factors" : "params"
            return JSONError(
                at: path, "the trial \(assignment.text) is refused: \(error.path): \(error.message)")
        }
        var message = error.message
        if message.hasPrefix("unknown key") {
            message = "\(quoted(place.key)) is not a key of \(spec.base)"
            if let nearest = nearestName(to: place.key, among: experiment.keys) {
                message += "; did you mean \(quoted(nearest))?"
            } else {
                message += ": \(error.message)"
            }
        }
        return JSONError(at: place.path, message)
    }
}
