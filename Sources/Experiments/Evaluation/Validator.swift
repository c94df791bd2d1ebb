import Audio
import Layers
import Metrics
import Tensor

/// Scores a model on the first items of the validation list, cheaply and often.
final class Validator {
    private let dataset: any Dataset
    private let frontEnd: FrontEnd
    private let config: ExperimentConfig
    private let items: [EvaluationItem]
    private var prepared: [(pair: AlignedPair, batch: Batch)]?

    init(dataset: any Dataset, frontEnd: FrontEnd, config: ExperimentConfig, limit: Int) {
        self.dataset = dataset
        self.frontEnd = frontEnd
        self.config = config
        items = Array(dataset.items(.validation).prefix(limit))
    }

    /// Pairs and spectra are made once and kept.
    private func prepare() throws -> [(pair: AlignedPair, batch: Batch)] {
        if let prepared { return prepared }
        let multiple = config.training.clipFrames
        let made = try items.map { item -> (pair: AlignedPair, batch: Batch) in
            var pair = try dataset.pair(item, of: .validation)
            let shortest = frontEnd.samples(frames: multiple)
            if pair.clean.count < shortest {
                let silence = [Float](repeating: 0, count: shortest - pair.clean.count)
                pair = AlignedPair(clean: pair.clean + silence, degraded: pair.degraded + silence)
            }
            let frames = min(
                8 * multiple, frontEnd.stft.frameCount(forLength: pair.clean.count) / multiple * multiple)
            return (pair, Batch([pair], frontEnd: frontEnd, frames: frames))
        }
        prepared = made
        return made
    }

    /// The mean loss, SI-SDR and log-spectral distance over the items.
    func score(_ model: DualStageModel) throws -> [(name: String, value: Double)] {
        let entries = try prepare()
        let reconstruction = Reconstruction(
            context: TaskContext(model: model, frontEnd: frontEnd, config: config))
        var sums: [(name: String, value: Double, count: Int)] = []
        func add(_ name: String, _ value: Double) {
            if let index = sums.firstIndex(where: { $0.name == name }) {
                sums[index].value += value
                sums[index].count += 1
            } else {
                sums.append((name, value, 1))
            }
        }
        let scale = ScaleInvariantDistortionRatio()
        let distance = LogSpectralDistance()
        for (pair, batch) in entries {
            let result = Tape.withoutRecording { reconstruction(batch, mode: .evaluation) }
            add("validation/loss", Double(result.total.item))
            for part in result.parts { add("validation/" + part.name, part.value) }
            let estimate = StreamEnhancer.enhance(pair.degraded, model: model, frontEnd: frontEnd)
            let rate = frontEnd.config.sampleRate
            for (metric, name) in [(scale as any ObjectiveMetric, "si_sdr"), (distance, "lsd_db")] {
                if let value = metric.score(reference: pair.clean, estimate: estimate, sampleRate: rate)
                    .value,
                    value.isFinite
                {
                    add("validation/" + name, value)
                }
            }
        }
        return sums.map { ($0.name, $0.value / Double($0.count)) }
    }
}
