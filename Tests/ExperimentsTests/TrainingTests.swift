import Foundation
import Layers
import StrictJSON
import Tensor
import Testing

@testable import Experiments

@Suite("Training", .serialized)
struct TrainingTests {
    private func train(_ config: ExperimentConfig, stopAfter: Int? = nil) throws -> (
        Recorder, Trainer, TrainingEnd
    ) {
        let recorder = Recorder()
        let dataset = try config.dataset.item.make(sampleRate: config.audio.sampleRate)
        let trainer = try Trainer(config, dataset: dataset, observers: [recorder])
        try trainer.calibrate()
        let end = try trainer.run { stopAfter.map { recorder.losses.count >= $0 } ?? false }
        return (recorder, trainer, end)
    }

    @Test func sameSeedSameBitsWhateverTheThreads() throws {
        let before = ThreadPool.shared.threadCount
        defer { ThreadPool.shared.threadCount = before }
        var results: [([Double], [String: [Float]])] = []
        for threads in [1, 2, 4, 2] {
            ThreadPool.shared.threadCount = threads
            let (recorder, trainer, _) = try train(Miniature.config())
            results.append((recorder.losses, ParameterTree(trainer.model).state.mapValues(\.values)))
        }
        for result in results.dropFirst() {
            #expect(result.0 == results[0].0)
            #expect(result.1 == results[0].1)
        }
        let other = try train(Miniature.config("seed=2")).0
        #expect(other.losses != results[0].0)
    }

    @Test func checkpointsAndPhases() throws {
        let (recorder, trainer, end) = try train(Miniature.config())
        #expect(end == .finished)
        #expect(recorder.checkpoints.filter { $0.role == .last }.map(\.checkpoint.step) == [1, 3])
        #expect(recorder.checkpoints.filter { $0.role == .generatorOnly }.map(\.checkpoint.step) == [1])
        #expect(recorder.checkpoints.contains { $0.role == .best })
        #expect(recorder.validations.count == 2)
        #expect(
            recorder.metricNames.isSuperset(of: ["train/loss", "train/discriminator", "train/adversarial"]))

        let folder = try Miniature.Folder()
        let checkpoints = CheckpointFolder(folder.url)
        guard let last = recorder.checkpoints.last(where: { $0.role == .last })?.checkpoint else { return }
        try checkpoints.write(last, as: [.last])
        let read = try checkpoints.read(.last)
        #expect(read.step == 3)
        let model = try read.makeModel()
        let x = Tensor.full([1, 32, 16, 1], -1)
        #expect(
            model(x, mode: .evaluation).logMel.values == trainer.model(x, mode: .evaluation).logMel.values)
        #expect(throws: ExperimentError.self) { try checkpoints.read(.best) }
    }

    @Test func stoppingKeepsACheckpoint() throws {
        let (recorder, _, end) = try train(Miniature.config("training.steps=50"), stopAfter: 3)
        #expect(end == .stopped(step: 2))
        #expect(recorder.checkpoints.last?.role == .last)
        #expect(recorder.checkpoints.last?.checkpoint.step == 2)
    }

    @Test func everyStageAndTaskLearnsOnOneBatch() throws {
        // Few distinct clips: the losses must fall clearly.
        let losses = LossRegistry.kinds.map { "{\"kind\": \"\($0.kind)\"}" }.joined(separator: ", ")
        for changes in [
            ["task={\"kind\": \"supervised\"}"], ["model.stage2=null"], [String](), ["losses=[\(losses)]"],
        ] {
            let folder = try Miniature.Folder()
            try Miniature.pairs(in: folder.url, count: 6)
            var document = try JSONDocument(Miniature.text)
            for change in changes { try document.apply(Override(change)) }
            try document.apply(
                Override("dataset={\"kind\": \"paired_folders\", \"path\": \"\(folder.url.path)\"}"))
            try document.apply(Override("training.steps=60"))
            try document.apply(Override("optimizer.learning_rate=0.003"))
            let (recorder, _, _) = try train(document.decode(ExperimentConfig.self))
            let first = recorder.losses.prefix(5).reduce(0, +) / 5
            let last = recorder.losses.suffix(5).reduce(0, +) / 5
            #expect(last < first - 0.5, "\(changes): \(first) to \(last)")
        }
    }

    @Test(arguments: ["adversarial", "supervised"])
    func aStepThatIsNotFiniteChangesNothing(kind: String) throws {
        let config = try Miniature.config("task={\"kind\": \"\(kind)\"}")
        let frontEnd = FrontEnd(config.audio)
        let model = DualStageModel(config.model, bands: 16, seed: 1)
        let task = config.task.item.make(TaskContext(model: model, frontEnd: frontEnd, config: config))
        let dataset = try config.dataset.item.make(sampleRate: 8000)
        var pair = try dataset.trainingPair(seed: 1, index: 0, samples: frontEnd.samples(frames: 32))
        func state() -> [String: [Float]] {
            ParameterTree(model).state.merging(task.extraState) { first, _ in first }.mapValues(\.values)
        }
        let before = state()
        pair.clean[100] = .nan
        // Before and after the discriminator joins.
        for number in [0, 3] {
            let report = task.step(Batch([pair, pair], frontEnd: frontEnd, frames: 32), number: number)
            #expect(!report.isFinite)
        }
        let isUnchanged = state() == before
        #expect(isUnchanged)
    }

    @Test(arguments: [(16_000, 512, 256), (44_100, 2048, 512), (48_000, 2048, 1024)])
    func cleanFoldersTrainAtAnyRate(rate: Int, size: Int, hop: Int) throws {
        let folder = try Miniature.Folder()
        try Recordings.make(in: folder.url, voices: 2, takes: 4)
        let config = try Miniature.config(
            """
            dataset={"kind": "clean_folder", "clean": [{"path": "\(folder.url.path)/clean"}], "test_items": 4,
             "validation_items": 4, "noise": [{"path": "\(folder.url.path)/noise"}], "evaluation_seconds": [1, 2]}
            """, "audio.sample_rate=\(rate)", "audio.fft_size=\(size)", "audio.hop_length=\(hop)",
            "training.steps=2")
        let (recorder, trainer, end) = try train(config)
        #expect(end == .finished && !recorder.losses.contains { !$0.isFinite })
        let dataset = try config.dataset.item.make(sampleRate: rate)
        let scores = try TestEvaluation(
            dataset: dataset, frontEnd: trainer.frontEnd, models: [(role: .last, model: trainer.model)]
        ).run()
        // Input, two classical methods, two stages, oracle.
        #expect(scores.count == 4 * 6)
        for score in scores {
            for (metric, result) in score.results where metric.sampleRates.contains(rate) {
                #expect(result.value != nil, "\(metric.name) at \(rate) Hz: \(result)")
            }
        }
    }

    @Test func moreClipsThanRecordingsAreRefused() throws {
        let folder = try Miniature.Folder()
        try Miniature.pairs(in: folder.url, count: 4)
        let config = try Miniature.config(
            "dataset={\"kind\": \"paired_folders\", \"path\": \"\(folder.url.path)\"}",
            "training.batch_size=3")
        #expect(throws: ExperimentError.self) { _ = try train(config) }
    }

    @Test func shippedExperimentsTrainTwoSteps() throws {
        let experiments = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../../experiments")
        let files = try FileManager.default.contentsOfDirectory(
            at: experiments, includingPropertiesForKeys: nil
        )
        .filter { $0.pathExtension == "json" }
        #expect(!files.isEmpty)
        let folder = try Miniature.Folder()
        try Miniature.pairs(in: folder.url, count: 12, sampleRate: 16000, seconds: 3)
        for file in files {
            var document = try JSONDocument(contentsOf: file.path)
            // Sweeps have a test of their own.
            if document.value["sweep"] != nil { continue }
            var changes = ["training.steps=2", "training.batch_size=2", "evaluation.validation_items=1"]
            switch document.value["dataset"]?["kind"]?.stringValue {
            case "paired_folders": changes.append("dataset.path=\(folder.url.path)")
            case "clean_folder":
                changes += [
                    "dataset.clean=[{\"path\": \"\(folder.url.path)/clean\"}]", "dataset.noise=[]",
                    "dataset.split_file=",
                ]
            default: break
            }
            for change in changes { try document.apply(Override(change)) }
            let (recorder, _, end) = try train(document.decode(ExperimentConfig.self))
            #expect(end == .finished, "\(file.lastPathComponent)")
            #expect(!recorder.losses.contains { !$0.isFinite }, "\(file.lastPathComponent)")
        }
    }
}
