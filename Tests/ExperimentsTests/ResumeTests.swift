import Foundation
import Layers
import StrictJSON
import Tensor
import Testing
import Tracking

@testable import Experiments

/// A training that goes on from a checkpoint against one that never stopped.
@Suite("Resume", .serialized)
struct ResumeTests {
    /// All that a training has made of its steps.
    private struct Result: Equatable {
        var losses: [Double]
        var validations: [[Double]]
        var roles: [String]
        var weights: [String: [Float]]
        var state: [String: [Float]]
        var counters: [String: Int]
        var progress: TrainingProgress
    }

    private func trainer(_ config: ExperimentConfig, _ recorder: Recorder) throws -> Trainer {
        try Trainer(
            config, dataset: config.dataset.item.make(sampleRate: config.audio.sampleRate),
            observers: [recorder])
    }

    private func result(_ recorders: Recorder...) -> Result {
        let checkpoints = recorders.flatMap(\.checkpoints)
        let last = checkpoints.last { $0.role == .last }?.checkpoint
        return Result(
            losses: recorders.flatMap(\.losses),
            validations: recorders.flatMap(\.validations).map { metrics in
                metrics.filter { !$0.name.hasPrefix("time/") }.map(\.value)
            },
            // A stop adds a checkpoint; those that the rules ask for are the same.
            roles: checkpoints.filter { $0.role != .last }.map {
                "\($0.role.rawValue) \($0.checkpoint.step)"
            },
            weights: last?.weights.mapValues(\.values) ?? [:],
            state: last?.training.tensors.mapValues(\.values) ?? [:],
            counters: last?.training.counters ?? [:],
            progress: last?.training.progress ?? TrainingProgress())
    }

    /// Stops after each number of steps in turn, each time going on in a new trainer from what the disk holds.
    private func interrupted(_ config: ExperimentConfig, stops: [Int], threads: [Int]) throws -> Result {
        let before = ThreadPool.shared.threadCount
        defer { ThreadPool.shared.threadCount = before }
        let folder = try Miniature.Folder()
        let checkpoints = CheckpointFolder(folder.url)
        var recorders: [Recorder] = []
        for (index, stop) in (stops + [config.training.steps]).enumerated() {
            ThreadPool.shared.threadCount = threads[index % threads.count]
            let recorder = Recorder()
            recorders.append(recorder)
            let trainer = try trainer(config, recorder)
            if index == 0 {
                try trainer.calibrate()
            } else {
                try trainer.restore(#require(checkpoints.newestResumable(logged: .max).found).checkpoint)
            }
            let done = trainer.firstStep
            let end = try trainer.run { done + recorder.losses.count >= stop }
            #expect((end == .finished) == (index == stops.count))
            let last = try #require(recorder.checkpoints.last { $0.role == .last }).checkpoint
            try checkpoints.write(last, as: [.last])
        }
        let all = recorders
        var merged = result(all[all.count - 1])
        merged.losses = all.flatMap(\.losses)
        merged.validations = all.flatMap { result($0).validations }
        merged.roles = all.flatMap { result($0).roles }
        return merged
    }

    @Test(
        arguments: [
            // Before, at and after the step with which the discriminator joins.
            ["training.steps=8"],
            ["training.steps=8", "task={\"kind\": \"supervised\"}"],
            ["training.steps=8", "training.ema_decay=0.8", "training.keep_every=3"],
            ["training.steps=12", "training.early_stopping={\"patience\": 3, \"min_gain\": 0.5}"],
            ["training.steps=8", "model.stage2=null", "optimizer.weight_decay=0.1"],
        ])
    func goingOnGivesTheBitsOfNeverStopping(changes: [String]) throws {
        var document = try JSONDocument(Miniature.text)
        for change in changes { try document.apply(Override(change)) }
        let config = try document.decode(ExperimentConfig.self)
        let recorder = Recorder()
        let trainer = try trainer(config, recorder)
        try trainer.calibrate()
        #expect(try trainer.run() == .finished)
        let whole = result(recorder)
        for stops in [[3], [1, 4, 5]] {
            let parts = try interrupted(config, stops: stops, threads: [1, 2, 3])
            #expect(parts.losses == whole.losses, "\(changes) \(stops)")
            #expect(parts == whole, "\(changes) \(stops)")
        }
    }

    @Test func earlyStoppingEndsAndStaysEnded() throws {
        let config = try Miniature.config(
            "training.steps=40", "training.early_stopping={\"patience\": 2, \"min_gain\": 100}",
            "training.validate_every=2")
        let recorder = Recorder()
        let trainer = try trainer(config, recorder)
        try trainer.calibrate()
        #expect(try trainer.run() == .finished)
        // The first validation is a gain over nothing, the next two are none.
        #expect(recorder.losses.count == 6)
        let last = try #require(recorder.checkpoints.last { $0.role == .last }).checkpoint
        #expect(last.step == 5 && last.training.progress.endedEarly)
        let again = Recorder()
        let resumed = try self.trainer(config, again)
        try resumed.restore(last)
        #expect(try resumed.run() == .finished && again.losses.isEmpty)
    }

    @Test func averagedWeightsAreWhatIsStored() throws {
        let config = try Miniature.config("training.ema_decay=0.5", "training.checkpoint_every=1")
        let recorder = Recorder()
        let trainer = try trainer(config, recorder)
        try trainer.calibrate()
        let (path, parameter) = try #require(ParameterTree(trainer.model).parameters.first)
        var average = parameter.value.values
        _ = try trainer.run()
        for (role, checkpoint) in recorder.checkpoints where role == .last {
            let own = try #require(checkpoint.training.tensors["generator." + path]).values
            average = zip(average, own).map { 0.5 * $0 + 0.5 * $1 }
            let stored = try #require(checkpoint.weights[path]).values
            let difference = zip(stored, average).map { abs($0 - $1) }.max() ?? .nan
            #expect(difference < 1e-6)
        }
    }

    @Test func aStateThatDoesNotFitIsRefused() throws {
        let config = try Miniature.config()
        let recorder = Recorder()
        let whole = try trainer(config, recorder)
        try whole.calibrate()
        _ = try whole.run()
        let last = try #require(recorder.checkpoints.last { $0.role == .last }).checkpoint
        for (name, change) in [
            ("no moments", { $0.tensors = $0.tensors.filter { !$0.key.hasSuffix("second_moment") } }),
            ("no discriminator", { $0.tensors = $0.tensors.filter { !$0.key.hasPrefix("discriminator.") } }),
            ("no counters", { $0.counters = [:] }),
        ] as [(String, (inout TrainingState) -> Void)] {
            var state = last.training
            change(&state)
            let damaged = Checkpoint(step: last.step, config: config, weights: last.weights, training: state)
            let trainer = try trainer(config, Recorder())
            #expect(throws: ExperimentError.self, "\(name)") { try trainer.restore(damaged) }
        }
        let other = try trainer(Miniature.config("model.stage1.base_channels=2"), Recorder())
        #expect(throws: ExperimentError.self) { try other.restore(last) }
    }

    /// What is stored of a run has to be enough and has to be its own.
    @Test func whatIsNotTheSameRunIsRefused() throws {
        let folder = try Miniature.Folder()
        let workspace = try Workspace(directory: folder.url.appending(path: "ws"))
        func stored(kind: String = "train", config: String, data: String? = nil) throws -> String {
            let recorder = try workspace.startRun(
                RunDescription(kind: kind, seed: 1, configJSON: config, datasetHash: data))
            try recorder.finish(.killed, exitCode: 75)
            return recorder.address
        }
        let config = try Miniature.config().json.canonicalText
        for (address, text) in [
            (try stored(config: "{\"model\": {\"stage3\": null}}"), "stage3"),
            (try stored(kind: "evaluate", config: config), "evaluate"),
            (try stored(config: config, data: String(repeating: "0", count: 64)), "training data"),
        ] {
            let error = #expect(throws: ExperimentError.self) {
                try TrainingRun.resume(
                    address, in: workspace, reporter: Silence(), shouldStop: { false })
            }
            #expect("\(error as (any Error)?)".contains(text), "\(String(describing: error))")
            #expect(try workspace.run(address).status == .killed)
        }
    }
}

/// A reporter that says nothing.
final class Silence: RunReporter {
    func begin(_ part: String, total: Int, unit: String, done: Int) {}
    func update(_ done: Int, tail: String?) {}
    func update(_ done: Int, _ view: TrainingView) {}
    func end() {}
    func message(_ text: String) {}
}
