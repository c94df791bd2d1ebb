import Losses
import StrictJSON
import Tensor

/// Whose result a loss looks at.
public enum LossStage: String, ConfigValue, CaseIterable, Sendable {
    /// Stage 1 alone.
    case first
    /// Stage 2; an error if there is none.
    case second
    /// The last stage there is.
    case final
}

/// What losses see of a step.
public struct LossContext {
    public let batch: Batch
    public let output: DualStageModel.Output
    /// Gains per STFT bin of stage 1 and of the last stage.
    public let gains1: Tensor
    public let gains: Tensor

    let frontEnd: FrontEnd

    /// The waveform that a stage makes of the input, [batch, samples].
    func waveform(_ stage: LossStage) -> Tensor {
        let gains = gains(stage)
        return frontEnd.synthesise(real: gains * batch.real, imaginary: gains * batch.imaginary)
    }

    func gains(_ stage: LossStage) -> Tensor { stage == .first ? gains1 : gains }
    func logMel(_ stage: LossStage) -> Tensor { stage == .first ? output.logMel1 : output.logMel }
}

/// A term of the generator's loss.
public protocol LossConfig: Component {
    var stage: LossStage { get }
    /// Factor in the sum.
    var weight: Double { get }
    /// A scalar, not yet weighted.
    func callAsFunction(_ context: LossContext) -> Tensor
}

extension LossConfig {
    /// The metric's name, such as `stage1/log_mel`.
    var metricName: String { "\(stage == .first ? "stage1" : "final")/\(Self.kind)" }
}

/// All losses.
public enum LossRegistry: Registry {
    public typealias Item = any LossConfig
    public static let name = "loss"
    public static let kinds: [any Component.Type] = [
        NoiseToSignalLossConfig.self, LogMelLossConfig.self, CompressedMagnitudeLossConfig.self,
        MultiResolutionSTFTLossConfig.self,
    ]
}

/// Minus the signal-to-noise ratio of the masked spectrum, dB.
public struct NoiseToSignalLossConfig: LossConfig {
    public static let kind = "noise_to_signal"
    public static let summary = "noise-to-signal ratio of the masked STFT in dB: trains for SNR and SI-SDR"

    public var stage = LossStage.final
    public var weight = 0.1

    public init() {}
    public init(stage: LossStage) { self.stage = stage }

    public static let fields: [Field<Self>] = [
        Field("stage", \.stage, "whose result it looks at"),
        Field("weight", \.weight, in: 0..., "factor in the sum"),
    ]

    public func callAsFunction(_ context: LossContext) -> Tensor {
        MaskedSpectrum.noiseToSignalRatio(
            gains: context.gains(stage), magnitude: context.batch.magnitude, inPhase: context.batch.inPhase,
            cleanMagnitude: context.batch.cleanMagnitude)
    }
}

/// Mean absolute difference of log-mel spectrograms.
public struct LogMelLossConfig: LossConfig {
    public static let kind = "log_mel"
    public static let summary =
        "mean absolute difference of log-mel spectrograms: trains for spectral distance"

    public var stage = LossStage.final
    public var weight = 1.0

    public init() {}
    public init(stage: LossStage) { self.stage = stage }

    public static let fields: [Field<Self>] = [
        Field("stage", \.stage, "whose result it looks at"),
        Field("weight", \.weight, in: 0..., "factor in the sum"),
    ]

    public func callAsFunction(_ context: LossContext) -> Tensor {
        meanAbsoluteError(context.logMel(stage), context.batch.logMelTarget)
    }
}

/// Mean squared difference of power-compressed magnitudes.
public struct CompressedMagnitudeLossConfig: LossConfig {
    public static let kind = "compressed_magnitude"
    public static let summary = "mean squared difference of STFT magnitudes compressed by a power"

    public var stage = LossStage.final
    public var weight = 1.0
    public var power = 0.3

    public init() {}

    public static let fields: [Field<Self>] = [
        Field("stage", \.stage, "whose result it looks at"),
        Field("weight", \.weight, in: 0..., "factor in the sum"),
        Field("power", \.power, in: Above(0, through: 1), "exponent of the compression"),
    ]

    public func callAsFunction(_ context: LossContext) -> Tensor {
        MaskedSpectrum.compressedMagnitudeError(
            context.gains(stage) * context.batch.magnitude, context.batch.cleanMagnitude, power: Float(power))
    }
}

/// Spectral convergence and log-magnitude distance of waveforms at several resolutions.
public struct MultiResolutionSTFTLossConfig: LossConfig {
    public static let kind = "multi_resolution_stft"
    public static let summary =
        "spectral convergence and log-magnitude distance of waveforms at several resolutions"

    public var stage = LossStage.final
    public var weight = 1.0
    public var fftSizes = [1024, 2048, 512]

    public init() {}

    public static let fields: [Field<Self>] = [
        Field("stage", \.stage, "whose result it looks at"),
        Field("weight", \.weight, in: 0..., "factor in the sum"),
        Field(
            "fft_sizes", \.fftSizes, count: 1..., each: 32...16384,
            "samples of a frame; windows are 0.6 and hops 0.12 of it"),
    ]

    public func callAsFunction(_ context: LossContext) -> Tensor {
        let loss = MultiResolutionSTFT(
            resolutions: fftSizes.map { size in
                .init(fftSize: size, hopLength: max(1, size * 12 / 100), windowLength: size * 6 / 10)
            })
        return loss(context.waveform(stage), context.batch.cleanSamples)
    }
}
