import Experiments
import Foundation
import StrictJSON
import Tracking

/// What `workbench ablate` was asked for, as a sweep.
struct AblationRequest {
    private let command: AblateCommand
    private let document: JSONDocument

    init(_ command: AblateCommand, _ document: JSONDocument) {
        self.command = command
        self.document = document
    }

    /// The sweep and its base; every trial has been decoded once.
    ///
    /// - Throws: `JSONError` and `ExperimentError` for what the experiment or the command line has wrong.
    func sweep() throws -> (SweepSpec, SweepExperiment) {
        let changes = try command.overrides.map { try Override($0) }
        let shared = Assignment(
            JSONObject(changes.map { (key: $0.path.components.joined(separator: "."), value: $0.value) }))
        let experiment = try SweepExperiment(contentsOf: command.file, changes: shared)
        let config = try experiment.config(Assignment(), seed: 1)
        let factors = try factors(of: config)
        var spec: JSONObject = [
            "sweep": .string(command.name ?? "\(config.name)-ablation"), "base": .string(command.file),
            "method": "ablation", "objective": .object(objective()),
            "seeds": .array(try seeds(for: factors.count).map { .integer($0) }),
            "ablation": ["factors": factors.json],
        ]
        if !shared.values.isEmpty { spec["set"] = shared.json }
        if let design = command.design {
            spec["ablation"] = ["design": .string(design), "factors": factors.json]
        }
        do {
            let decoded = try SweepSpec.decode(.object(spec), at: JSONPath(), onto: nil)
            _ = try SweepPlan(decoded, experiment).configurations()
            return (decoded, experiment)
        } catch let error as JSONError {
            throw Self.asOption(error)
        }
    }

    /// An error of the sweep that nobody wrote, in the words of the command line.
    private static func asOption(_ error: JSONError) -> JSONError {
        let steps = error.path.components
        let options = ["ablation.design": "--design", "objective.goal": "--goal", "objective.at": "--at"]
        if let option = options["\(error.path)"] { return JSONError("\(option): \(error.message)") }
        if steps.starts(with: ["ablation", "factors"]), steps.count > 2 {
            return JSONError("--off \(steps[2]): \(error.message)")
        }
        return JSONError(steps.isEmpty ? error.message : "\(error.path): \(error.message)")
    }

    /// By itself no loss: that means something else in a trial whose losses are others. And the last value: the best of
    /// several validations looks better than it is.
    private func objective() -> JSONObject {
        let metric = command.metric ?? "validation/lsd_db"
        let goal = command.goal ?? (MetricGoal.suggested(by: metric) == .max ? "max" : "min")
        return ["metric": .string(metric), "goal": .string(goal), "at": .string(command.at ?? "last")]
    }

    // MARK: Factors

    private func factors(of config: ExperimentConfig) throws -> NamedValues<AblationFactor> {
        let known = AblationFactor.known(in: config)
        guard !command.off.isEmpty else {
            guard !known.isEmpty else {
                throw JSONError(
                    "\(command.file) has no part that is known to be switched off by itself; name one with "
                        + "--off PATH=VALUE")
            }
            return known
        }
        var order: [String] = []
        var changes: [String: [(String, JSONValue)]] = [:]
        for argument in command.off {
            let (name, off) = try factor(argument, known)
            if changes[name] == nil { order.append(name) }
            changes[name, default: []] += off
        }
        return NamedValues(order.map { ($0, AblationFactor(off: NamedValues(changes[$0] ?? []))) })
    }

    /// `discriminator`, `model.stage2=null`, or `second stage: model.stage2=null`.
    private func factor(
        _ argument: String, _ known: NamedValues<AblationFactor>
    ) throws -> (name: String, off: [(String, JSONValue)]) {
        guard let mark = argument.firstIndex(of: "=") else {
            guard let factor = known[argument] else {
                throw JSONError(
                    "--off \(argument): neither a known part nor PATH=VALUE; "
                        + suggestion(for: argument, among: known.names, what: "known parts"))
            }
            return (argument, factor.off.members.map { ($0.name, $0.value) })
        }
        let colon = argument[..<mark].firstIndex(of: ":")
        let text = colon.map { argument[argument.index(after: $0)...].drop { $0 == " " } } ?? argument[...]
        let change: Override
        do {
            change = try Override(String(text))
        } catch {
            throw JSONError("--off \(argument): \(error.message)")
        }
        let key = change.path.components.joined(separator: ".")
        return (colon.map { String(argument[..<$0]) } ?? key, [(key, change.value)])
    }

    // MARK: Seeds

    private func seeds(for factors: Int) throws -> [Int] {
        guard let text = command.seeds else { return Array(1...AblationTable.seedsNeeded(factors: factors)) }
        let ends = text.components(separatedBy: "..").map { Int($0) }
        if ends.count == 2, let first = ends[0], let last = ends[1], first >= 0, last >= first,
            last - first < 1000
        {
            return Array(first...last)
        }
        let single = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        guard ends.count == 1, single.allSatisfy({ $0 != nil && ($0 ?? -1) >= 0 }) else {
            throw ExperimentError.config("--seeds \(text): write 1..7 or 1,2,5")
        }
        return single.compactMap { $0 }
    }
}
