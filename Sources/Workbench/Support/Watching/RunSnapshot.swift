import Foundation
import StrictJSON
import Tracking

/// What a run looks like at a moment, read from the workspace alone: the same for the process that trains and for
/// everybody else.
struct RunSnapshot {
    let run: Run
    let now: Date
    /// The steps that the run is to make; nil where its config names none.
    let steps: Int?
    let batchSize: Int?
    /// Which attempt at the run this is, and the step it began with.
    let attempt: (number: Int, fromStep: Int)?
    let losses: [Rollup]
    /// The newest of each validation metric.
    let validation: [MetricSummary]
    /// Steps a second over the last two hundred, validations included; nil before the second.
    let rate: Double?
    /// The mean of the last twenty losses that were numbers.
    let loss: Double?
    /// Share of the time that was spent waiting for data, in percent.
    let dataWait: Double?
    /// Memory of the process at the newest validation, in MiB.
    let memory: Double?
    /// The newest last.
    let events: [RunEvent]

    /// The loss curve has so many pieces at most.
    static let pieces = 64

    init(of address: String, in workspace: Workspace, now: Date = Date()) throws {
        let run = try workspace.run(address, now: now)
        self.run = run
        self.now = now
        let config = try? JSONValue(parsing: run.configJSON)
        steps = config?["training"]?["steps"]?.intValue
        batchSize = config?["training"]?["batch_size"]?.intValue
        attempt = try workspace.attempts(of: run.id).last.map { ($0.number, $0.fromStep) }
        losses = try workspace.curve(of: run.id, metric: "train/loss", pieces: Self.pieces)
        let summaries = try workspace.summaries(of: run.id)
        func summary(_ name: String) -> MetricSummary? { summaries.first { $0.metric == name } }
        validation = summaries.filter { $0.metric.hasPrefix("validation/") }
        dataWait = summary("data_wait")?.last
        memory = summary("memory/resident_mib")?.last
        // Points of an earlier attempt lie before a pause.
        let last = summary("train/loss")?.lastStep ?? 0
        let recent = try workspace.points(
            of: run.id, metric: "train/loss", steps: min(last, max(attempt?.fromStep ?? 0, last - 199))...last
        )
        rate = Self.rate(recent)
        let finite = recent.suffix(20).map(\.value).filter(\.isFinite)
        loss = finite.isEmpty ? nil : finite.reduce(0, +) / Double(finite.count)
        events = try Array(workspace.events(of: run.id).suffix(5))
    }

    /// Steps a second by the clock, checkpoints and validations included, as far as the points go.
    private static func rate(_ points: [Point]) -> Double? {
        guard let first = points.first, let last = points.last else { return nil }
        let seconds = last.time.timeIntervalSince(first.time)
        return seconds > 0 ? Double(last.step - first.step) / seconds : nil
    }

    // MARK: Derived

    /// Steps done.
    var done: Int { run.lastStep.map { $0 + 1 } ?? 0 }

    /// What a living run is at.
    var phase: String? {
        guard run.status == .running || run.status == .stalled else { return nil }
        guard run.lastStep != nil else { return "preparing" }
        return steps.map { done >= $0 } == true ? "test" : "training"
    }

    /// Seconds to the end of the training.
    var remaining: TimeInterval? {
        guard run.status == .running, let rate, let steps, done < steps else { return nil }
        return Double(steps - done) / rate
    }

    /// Whether nothing more will come.
    var isOver: Bool {
        switch run.status {
        case .finished, .failed, .killed, .crashed, .pruned: true
        case .queued, .running, .stalled: false
        }
    }

    /// What `watch` exits with: the run's own exit status as far as it tells how the run ended.
    var exitStatus: Int32 {
        switch run.status {
        case .queued, .running, .stalled, .finished, .pruned: ExitStatus.success
        case .failed, .crashed: ExitStatus.runFailed
        case .killed: run.exitCode.map(Int32.init(truncatingIfNeeded:)) ?? ExitStatus.runFailed
        }
    }
}
