import Tensor

/// Normalises each channel (last axis) of each sample (first axis) over its positions (Ulyanov et al. 2016).
///
/// With running statistics it uses them in evaluation; they follow the mean over the samples of a batch.
public final class InstanceNorm: Layer {
    /// [channels]; nil if the layer does not scale and shift.
    public let weight: Parameter?
    /// [channels]
    public let bias: Parameter?
    /// [channels]; nil if the layer keeps no statistics.
    public let runningMean: Buffer?
    /// [channels]
    public let runningVariance: Buffer?
    private let channels: Int
    private let momentum: Float
    private let epsilon: Float

    /// - Parameters:
    ///   - momentum: weight of the newest batch in the running statistics, 0 ... 1, default 0.1.
    ///   - epsilon: added to the variance, default 1e-5.
    ///   - isAffine: whether the result is scaled and shifted, default false.
    ///   - keepsStatistics: whether there are running statistics, default false.
    public init(
        _ channels: Int, momentum: Float = 0.1, epsilon: Float = 1e-5, isAffine: Bool = false,
        keepsStatistics: Bool = false
    ) {
        weight = isAffine ? Parameter(.ones([channels])) : nil
        bias = isAffine ? Parameter(.zeros([channels])) : nil
        runningMean = keepsStatistics ? Buffer(.zeros([channels])) : nil
        runningVariance = keepsStatistics ? Buffer(.ones([channels])) : nil
        self.channels = channels
        self.momentum = momentum
        self.epsilon = epsilon
    }

    /// [batch, ..., channels] -> the same shape.
    public func callAsFunction(_ input: Tensor, mode: Mode) -> Tensor {
        if mode == .evaluation, let mean = runningMean?.value, let variance = runningVariance?.value {
            return input.normalised(
                mean: mean, variance: variance, scale: weight?.tensor, shift: bias?.tensor, epsilon: epsilon)
        }
        let result = input.groupNormalised(
            groups: channels, scale: weight?.tensor, shift: bias?.tensor, epsilon: epsilon)
        if mode == .training {
            let values = input.count / max(1, channels * input.shape[0])
            Tape.withoutRecording {
                RunningBuffers(mean: runningMean, variance: runningVariance, count: nil).update(
                    mean: result.mean.mean(axes: [0]), variance: result.variance.mean(axes: [0]),
                    values: values, momentum: momentum)
            }
        }
        return result.output
    }
}
