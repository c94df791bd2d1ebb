import Tensor

/// Batch normalisation over the last axis (Ioffe & Szegedy 2015), with a leaky ReLU behind it if wanted.
///
/// In training it uses the batch's statistics and updates the running ones:
/// running = (1 - momentum) running + momentum batch, with the unbiased variance.
public final class BatchNorm: Layer {
    /// [channels]
    public let weight: Parameter
    /// [channels]
    public let bias: Parameter
    /// [channels]
    public let runningMean: Buffer
    /// [channels]
    public let runningVariance: Buffer
    private let momentum: Float
    private let epsilon: Float
    private let slope: Float

    /// - Parameters:
    ///   - momentum: weight of the newest batch in the running statistics, 0 ... 1, default 0.1.
    ///   - epsilon: added to the variance, default 1e-5.
    ///   - slope: of the leaky ReLU below zero: 0 is a ReLU; 1, the default, no activation.
    public init(_ channels: Int, momentum: Float = 0.1, epsilon: Float = 1e-5, slope: Float = 1) {
        weight = Parameter(.ones([channels]))
        bias = Parameter(.zeros([channels]))
        runningMean = Buffer(.zeros([channels]))
        runningVariance = Buffer(.ones([channels]))
        self.momentum = momentum
        self.epsilon = epsilon
        self.slope = slope
    }

    public func callAsFunction(_ input: Tensor, mode: Mode) -> Tensor {
        switch mode {
        case .training:
            let result = input.batchNormalised(
                scale: weight.tensor, shift: bias.tensor, epsilon: epsilon, slope: slope)
            Tape.withoutRecording {
                let count = Float(input.count / max(1, input.shape.last ?? 1))
                let unbiased = result.variance * (count / (count - 1))
                runningMean.value = runningMean.value * (1 - momentum) + result.mean * momentum
                runningVariance.value = runningVariance.value * (1 - momentum) + unbiased * momentum
            }
            return result.output
        case .evaluation:
            let factor = weight.tensor * (runningVariance.value + epsilon).squareRoot().reciprocal()
            let normal = input * factor + (bias.tensor - runningMean.value * factor)
            return slope == 1 ? normal : normal.leakyReLU(slope: slope)
        }
    }
}
