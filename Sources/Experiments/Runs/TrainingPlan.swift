import Layers

/// What a training will do, worked out without doing it.
public struct TrainingPlan: Sendable {
    public let parameters: Int
    /// Floating-point operations of all convolutions in one step with a discriminator, forward and backward.
    public let gigaflopPerStep: Double
    /// Hours of audio that all batches together hold.
    public let audioHours: Double
    public let shapes: [(name: String, shape: String)]

    public init(_ config: ExperimentConfig, parameters: Int) {
        self.parameters = parameters
        let (batch, frames, bands) = (
            config.training.batchSize, config.training.clipFrames, config.audio.melBands
        )
        let samples = (frames - 1) * config.audio.hopLength
        shapes =
            [
                ("clip", "[\(batch), \(samples)] samples"),
                ("spectrogram", "[\(batch), \(frames), \(config.audio.fftSize / 2 + 1)]"),
                ("log-mel spectrogram", "[\(batch), \(frames), \(bands), 1]"),
                ("stage 1 deepest level", Self.deepest(config.model.stage1, batch, frames, bands)),
            ]
            + (config.model.stage2.map { [("stage 2 deepest level", Self.deepest($0, batch, frames, bands))] }
                ?? [])
        func work(_ network: UNetConfig, _ channels: Int) -> Int {
            UNet.multiplyAdds(
                inChannels: channels, baseChannels: network.baseChannels, depth: network.depth,
                height: frames,
                width: bands)
        }
        // Backward costs twice the forward pass; a multiply-add is two operations.
        var total = 3 * (work(config.model.stage1, 2) + (config.model.stage2.map { work($0, 3) } ?? 0))
        if let task = config.task.component as? AdversarialTaskConfig {
            let once = PatchDiscriminator.multiplyAdds(
                inChannels: 2, baseChannels: task.discriminator.baseChannels,
                layers: task.discriminator.layers,
                height: frames, width: bands)
            // Real and fake forward and backward for the discriminator, forward and half a backward for the generator.
            total += (2 * 3 + 2) * once
        }
        gigaflopPerStep = 2 * Double(total) * Double(batch) / 1e9
        audioHours = Double(config.training.steps * batch * samples) / Double(config.audio.sampleRate) / 3600
    }

    private static func deepest(_ network: UNetConfig, _ batch: Int, _ frames: Int, _ bands: Int) -> String {
        let shape = [
            batch, frames >> network.depth, bands >> network.depth,
            network.baseChannels << (network.depth - 1),
        ]
        return "\(shape)"
    }
}
