import Layers
import StrictJSON
import Tensor
import Testing

@testable import Experiments

/// Steps whose loss is no number.
@Suite("Steps that are not finite")
struct NonFiniteTests {
    /// Training pairs of a dataset, some of which hold a sample that is no number.
    private struct Spoiled: Dataset {
        let base: any Dataset
        let isSpoiled: @Sendable (Int) -> Bool

        func trainingPair(seed: UInt64, index: Int, samples: Int) throws -> AlignedPair {
            var pair = try base.trainingPair(seed: seed, index: index, samples: samples)
            if isSpoiled(index) { pair.clean[100] = .nan }
            return pair
        }

        func items(_ split: EvaluationSplit) -> [EvaluationItem] { base.items(split) }
        func pair(_ item: EvaluationItem, of split: EvaluationSplit) throws -> AlignedPair {
            try base.pair(item, of: split)
        }
        var trainingHash: String { base.trainingHash }
        var testHash: String { base.testHash }
        var trainingCount: Int? { base.trainingCount }
    }

    private func trainer(_ spoiled: [Int], _ recorder: Recorder, _ changes: String...) throws -> Trainer {
        var document = try JSONDocument(Miniature.text)
        for change in ["training.steps=8", "training.checkpoint_every=1", "training.validate_every=8"]
            + changes
        {
            try document.apply(Override(change))
        }
        let config = try document.decode(ExperimentConfig.self)
        let batchSize = config.training.batchSize
        let dataset = Spoiled(base: try config.makeDataset()) { spoiled.contains($0 / batchSize) }
        let trainer = try Trainer(config, dataset: dataset, observers: [recorder])
        try trainer.calibrate()
        return trainer
    }

    /// They change nothing, the moving average included, and no checkpoint is made of them.
    @Test func theyAreSkipped() throws {
        let recorder = Recorder()
        let trainer = try trainer([2, 5], recorder, "training.ema_decay=0.5")
        let (path, parameter) = try #require(ParameterTree(trainer.model).parameters.first)
        var average = parameter.value.values
        #expect(try trainer.run() == .finished)
        #expect(
            recorder.skipped == 2
                && recorder.losses.map(\.isFinite) == [1, 1, 0, 1, 1, 0, 1, 1].map { $0 > 0 })
        let kept = recorder.checkpoints.filter { $0.role == .last }.map(\.checkpoint)
        #expect(kept.map(\.step) == [0, 1, 3, 4, 6, 7])
        for checkpoint in kept {
            let own = try #require(checkpoint.training.tensors["generator." + path]).values
            average = zip(average, own).map { 0.5 * $0 + 0.5 * $1 }
            let stored = try #require(checkpoint.weights[path]).values
            let difference = zip(stored, average).map { abs($0 - $1) }.max() ?? .nan
            #expect(difference < 1e-6, "step \(checkpoint.step)")
        }
    }

    @Test func tooManyInARowEndTheTraining() throws {
        let recorder = Recorder()
        let trainer = try trainer([1, 3, 4, 5, 6, 7], recorder, "training.non_finite_patience=3")
        let error = #expect(throws: ExperimentError.self) { _ = try trainer.run() }
        let text = "\(error.map { "\($0)" } ?? "")"
        #expect(
            text.contains("3 steps in a row, the last at step 5") && text.contains("learning_rate"), "\(text)"
        )
        #expect(recorder.skipped == 4 && recorder.losses.count == 6)
        #expect(recorder.checkpoints.filter { $0.role == .last }.map(\.checkpoint.step) == [0, 2])
    }
}
