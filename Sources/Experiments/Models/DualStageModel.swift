import Layers
import Tensor

/// The generator: two U-Nets on log-mel spectrograms.
///
/// Stage 1, a denoising autoencoder, predicts a gain for each band and frame, at most `maximumGain`. Stage 2, a
/// generative autoencoder, sees the input and the result of stage 1 and adds a correction to the log-mel, so it
/// can refine what is there and build up what is missing. Both results are log-gains on the input, which makes
/// the way back to a waveform the same for both: gains interpolated to STFT bins, on the input's phase.
public final class DualStageModel {
    let stage1: UNet
    let stage2: UNet?
    /// Mean and deviation of the log-mel of training inputs per band, [bands].
    let inputMean: Buffer
    let inputDeviation: Buffer
    let config: DualStageConfig
    private let bands: Int

    /// The largest gain of stage 1.
    static let maximumGain: Float = 1.2
    /// Log-gains beyond these are cut when they are applied: -78 dB and +61 dB.
    static let logGainRange: ClosedRange<Float> = -9...7

    public init(_ config: DualStageConfig, bands: Int, seed: UInt64) {
        self.config = config
        self.bands = bands
        var stream = RandomStream(seed: seed, "weights/stage1")
        stage1 = UNet(
            inChannels: 2, baseChannels: config.stage1.baseChannels, depth: config.stage1.depth, from: &stream
        )
        stream = RandomStream(seed: seed, "weights/stage2")
        // A last layer near zero makes stage 2 start as "change nothing".
        stage2 = config.stage2.map {
            UNet(inChannels: 3, baseChannels: $0.baseChannels, depth: $0.depth, outGain: 0.05, from: &stream)
        }
        inputMean = Buffer(.zeros([bands]))
        inputDeviation = Buffer(.ones([bands]))
    }

    /// Frames must be a multiple of this.
    public var frameMultiple: Int { 1 << max(config.stage1.depth, config.stage2?.depth ?? 0) }

    /// How far, in frames, an output frame sees to either side: the reach of both U-Nets in a row.
    public var context: Int { reach(config.stage1.depth) + (config.stage2.map { reach($0.depth) } ?? 0) }

    /// On the way down the reach of level l grows by 1.5 * 2^l frames (4 taps, stride 2), on the way up by as
    /// much again; one more for the last convolution.
    private func reach(_ depth: Int) -> Int {
        (0..<depth).reduce(2) { $0 + 4 << $1 }
    }

    /// What the generator makes of a batch; log-mels and log-gains are [batch, frames, bands, 1].
    public struct Output {
        /// Log-gain of stage 1 alone.
        public let logGain1: Tensor
        /// Log-gain of all stages.
        public let logGain: Tensor
        /// Log-mel of the input plus `logGain1`, and plus `logGain`.
        public let logMel1: Tensor
        public let logMel: Tensor
    }

    /// Zero mean and unit deviation in each band.
    public func normalised(_ logMel: Tensor) -> Tensor {
        (logMel.reshaped(Array(logMel.shape.dropLast())) - inputMean.value)
            .reshaped(logMel.shape) / inputDeviation.value.reshaped([bands, 1])
    }

    public func callAsFunction(_ logMel: Tensor, mode: Mode) -> Output {
        let input = normalised(logMel)
        let place = frequencyChannel(like: logMel)
        let u = stage1(.concatenate([input, place], axis: -1), mode: mode)
        // log(maximum * sigmoid(u)), written so that it never underflows.
        let logGain1 = -((-u).softplus()) + log(Self.maximumGain)
        let logMel1 = logMel + logGain1
        guard let stage2 else {
            return Output(logGain1: logGain1, logGain: logGain1, logMel1: logMel1, logMel: logMel1)
        }
        let correction = stage2(.concatenate([normalised(logMel1), input, place], axis: -1), mode: mode)
        return Output(
            logGain1: logGain1, logGain: logGain1 + correction, logMel1: logMel1, logMel: logMel1 + correction
        )
    }

    /// Where a band lies, -1 at the lowest to 1 at the highest: convolutions alone cannot tell.
    private func frequencyChannel(like logMel: Tensor) -> Tensor {
        let values = (0..<bands).map { 2 * Float($0) / Float(max(1, bands - 1)) - 1 }
        return Tensor(values, shape: [bands, 1]).broadcast(to: logMel.shape)
    }

    /// Gains per STFT bin [batch, frames, bins] from log-gains per band [batch, frames, bands, 1], interpolated
    /// between band centres on a logarithmic scale.
    public func binGains(_ logGain: Tensor, interpolation: Tensor) -> Tensor {
        let flat = logGain.reshaped(Array(logGain.shape.dropLast()))
            .clamped(low: Self.logGainRange.lowerBound, high: Self.logGainRange.upperBound)
        return flat.matrixProduct(interpolation).exponential()
    }

    /// Sets mean and deviation from training inputs [batch, frames, bands, 1].
    public func calibrate(_ logMels: [Tensor]) {
        var sum = [Double](repeating: 0, count: bands)
        var squares = sum
        var count = 0
        for logMel in logMels {
            logMel.withValues { values in
                for index in values.indices {
                    sum[index % bands] += Double(values[index])
                    squares[index % bands] += Double(values[index]) * Double(values[index])
                }
                count += values.count / bands
            }
        }
        guard count > 0 else { return }
        inputMean.value = Tensor(sum.map { Float($0 / Double(count)) })
        inputDeviation.value = Tensor(
            (0..<bands).map { band in
                let mean = sum[band] / Double(count)
                return Float(max(0.25, (squares[band] / Double(count) - mean * mean).squareRoot()))
            })
    }

    private func log(_ x: Float) -> Float { Tensor(x).logarithm().item }
}
