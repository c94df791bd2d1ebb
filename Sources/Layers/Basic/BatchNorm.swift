import Tensor

/// Batch normalisation over the last axis (Ioffe & Szegedy 2015), with a leaky ReLU behind it if wanted.
///
/// In training it uses the batch's statistics and updates the running ones:
/// running = (1 - momentum) running + momentum batch, with the unbiased variance. Without running statistics it
/// uses the batch's in evaluation too.
public final class BatchNorm: Layer {
    /// [channels]; nil if the layer does not scale and shift.
    public let weight: Parameter?
    /// [channels]
    public let bias: Parameter?
    /// [channels]; nil if the layer keeps no statistics.
    public let runningMean: Buffer?
    /// [channels]
    public let runningVariance: Buffer?
    /// Batches seen in training, a scalar; nil unless they are counted.
    public let batchCount: Buffer?
    private let channels: Int
    private let axes: Int?
    private let momentum: Float?
    private let epsilon: Float
    private let slope: Float

    /// - Parameters:
    ///   - momentum: weight of the newest batch in the running statistics, 0 ... 1, default 0.1; nil is their mean
    ///     over all batches.
    ///   - epsilon: added to the variance, default 1e-5.
    ///   - slope: of the leaky ReLU below zero: 0 is a ReLU; 1, the default, no activation.
    ///   - isAffine: whether the result is scaled and shifted, default true.
    ///   - keepsStatistics: whether there are running statistics, default true.
    ///   - countsBatches: whether batches are counted, which a mean over all of them needs. Default: then only.
    ///   - axes: how many axes an input must have, batch and channels included; default any number.
    public init(
        _ channels: Int, momentum: Float? = 0.1, epsilon: Float = 1e-5, slope: Float = 1,
        isAffine: Bool = true,
        keepsStatistics: Bool = true, countsBatches: Bool = false, axes: Int? = nil
    ) {
        weight = isAffine ? Parameter(.ones([channels])) : nil
        bias = isAffine ? Parameter(.zeros([channels])) : nil
        runningMean = keepsStatistics ? Buffer(.zeros([channels])) : nil
        runningVariance = keepsStatistics ? Buffer(.ones([channels])) : nil
        batchCount = keepsStatistics && (countsBatches || momentum == nil) ? Buffer(Tensor(0)) : nil
        self.channels = channels
        self.axes = axes
        self.momentum = momentum
        self.epsilon = epsilon
        self.slope = slope
    }

    /// - Throws: `ShapeError` if the layer does not accept inputs of the shape.
    public func validate(_ input: [Int]) throws(ShapeError) {
        guard input.last == channels, input.count == axes ?? input.count else {
            throw ShapeError(
                "[batch_norm] input must be [batch, ..., \(channels)]\(axes.map { " with \($0) axes" } ?? ""), got "
                    + "\(input)")
        }
    }

    public func callAsFunction(_ input: Tensor, mode: Mode) -> Tensor {
        do { try validate(input.shape) } catch { fatalError(error.description) }
        if mode == .evaluation, let mean = runningMean?.value, let variance = runningVariance?.value {
            let normal = input.normalised(
                mean: mean, variance: variance, scale: weight?.tensor, shift: bias?.tensor, epsilon: epsilon)
            return slope == 1 ? normal : normal.leakyReLU(slope: slope)
        }
        let result = input.batchNormalised(
            scale: weight?.tensor ?? .ones([channels]), shift: bias?.tensor ?? .zeros([channels]),
            epsilon: epsilon, slope: slope)
        if mode == .training {
            RunningBuffers(mean: runningMean, variance: runningVariance, count: batchCount).update(
                mean: result.mean, variance: result.variance, values: input.count / max(1, channels),
                momentum: momentum)
        }
        return result.output
    }
}

/// The running statistics of a layer, as far as it has them.
struct RunningBuffers {
    let mean, variance, count: Buffer?

    /// - Parameters:
    ///   - mean: of the batch, [channels]; `variance` likewise, biased.
    ///   - values: behind each of them.
    ///   - momentum: weight of the batch; nil is 1 / number of batches.
    func update(mean: Tensor, variance: Tensor, values: Int, momentum: Float?) {
        guard let runningMean = self.mean, let runningVariance = self.variance else { return }
        if let count { count.value = Tensor(count.value.item + 1) }
        // An empty batch is a batch, but says nothing.
        if values == 0 { return }
        let running = RunningStatistics(mean: runningMean.value, variance: runningVariance.value).updated(
            mean: mean, variance: variance, count: values,
            momentum: momentum ?? 1 / max(1, count?.value.item ?? 1))
        runningMean.value = running.mean
        runningVariance.value = running.variance
    }
}
