import Experiments
import Foundation
import StrictJSON
import Tracking

/// What a sweep would run, and how long that may take.
struct SweepPreview {
    struct Line {
        let number: Int
        let planned: PlannedConfiguration
        let seed: Int
        let state: TrialState?
        let seconds: TimeInterval
        let source: TrialTimeEstimator.Source
    }

    let plan: SweepPlan
    let lines: [Line]
    let jobs: Int
    /// How many trials will be chosen by results, and are not in the lines.
    let adaptive: Int

    /// - Parameter workspace: where earlier runs are, and perhaps the sweep itself; nil where there is none yet.
    init(_ plan: SweepPlan, workspace: Workspace?, jobs: Int, threads: Int) throws {
        self.plan = plan
        self.jobs = jobs
        let known = try workspace?.sweeps().first { $0.specHash == plan.identity }
        let trials = try known.flatMap { try workspace?.trials(of: $0.id) } ?? []
        var configurations = try plan.configurations() ?? []
        if configurations.isEmpty {
            let sampler = RandomSampler(space: plan.space, seed: plan.spec.samplerSeed)
            let first = min(TreeParzenSampler.startup, plan.configurationLimit)
            configurations = try (0..<first).map { try plan.configuration(sampler.propose(number: $0)) }
        }
        var estimator = try TrialTimeEstimator(
            workspace: workspace, experiment: plan.experiment, threads: threads)
        var lines: [Line] = []
        for seed in plan.spec.seeds {
            for planned in configurations {
                let (seconds, source) = try estimator.estimate(planned, seed: seed)
                let trial = trials.first { $0.paramsHash == planned.hash && $0.seed == seed }
                lines.append(
                    Line(
                        number: trial?.number ?? lines.count, planned: planned, seed: seed,
                        state: trial?.state,
                        seconds: seconds, source: source))
            }
        }
        self.lines = lines
        adaptive =
            plan.spec.method == .tpe
            ? max(0, plan.configurationLimit - configurations.count) * plan.spec.seeds.count : 0
    }

    /// Seconds of everything that has not come to its end.
    var secondsLeft: TimeInterval {
        let open = lines.filter { !($0.state?.isOver ?? false) }.map(\.seconds)
        let mean = lines.isEmpty ? 0 : lines.map(\.seconds).reduce(0, +) / Double(lines.count)
        return (open.reduce(0, +) + mean * Double(adaptive)) / Double(jobs)
    }

    func rendered(width: Int?, color: Bool) -> String {
        var table = Table([
            .init("trial", .right), .init("seed", .right), .init("hash"), .init("state"),
            .init("time", .right),
            .init("judged by"), .init("configuration", shrinks: true),
        ])
        for line in lines {
            let name = line.planned.name.map { "\($0): " } ?? ""
            table.add([
                "\(line.number)", "\(line.seed)", line.planned.hash, line.state?.rawValue ?? "new",
                NumberText.duration(line.seconds), line.source.rawValue, name + line.planned.assignment.text,
            ])
        }
        var text = table.rendered(width: width, color: color)
        if adaptive > 0 { text += "and \(adaptive) more that are chosen by what these come to\n" }
        if let most = plan.spec.budget.trials, most < lines.count {
            text += "the budget ends the sweep after \(most) trials\n"
        }
        text +=
            "about \(NumberText.duration(secondsLeft)) with \(jobs) at a time"
            + (plan.spec.prune == nil ? "" : ", if none is pruned") + "\n"
        return text
    }

    var json: JSONObject {
        [
            "name": .string(plan.spec.name), "method": .string(plan.spec.method.rawValue),
            "jobs": .integer(jobs), "seconds": .number(secondsLeft), "adaptive_trials": .integer(adaptive),
            "trials": .array(
                lines.map { line in
                    .object([
                        "trial": .integer(line.number), "label": JSONValue(line.planned.name),
                        "params": line.planned.assignment.json, "hash": .string(line.planned.hash),
                        "seed": .integer(line.seed), "state": JSONValue(line.state?.rawValue),
                        "seconds": .number(line.seconds), "estimated_by": .string(line.source.rawValue),
                    ])
                }),
        ]
    }
}
