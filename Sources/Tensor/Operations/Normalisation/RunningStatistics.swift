/// Mean and variance of each channel over many batches.
public struct RunningStatistics: Sendable {
    /// [channels]
    public var mean: Tensor
    /// [channels]; the unbiased estimate.
    public var variance: Tensor

    public init(mean: Tensor, variance: Tensor) { (self.mean, self.variance) = (mean, variance) }

    /// running = (1 - momentum) running + momentum batch, with the unbiased variance of the batch.
    ///
    /// - Parameters:
    ///   - mean: of the batch, [channels].
    ///   - variance: the biased one of the batch, [channels].
    ///   - count: values behind each of them, 2 or more.
    ///   - momentum: weight of the batch, 0 ... 1.
    public func updated(mean: Tensor, variance: Tensor, count: Int, momentum: Float) -> RunningStatistics {
        Tape.withoutRecording {
            let unbiased = variance * (Float(count) / Float(count - 1))
            return RunningStatistics(
                mean: self.mean * (1 - momentum) + mean * momentum,
                variance: self.variance * (1 - momentum) + unbiased * momentum)
        }
    }
}

extension Tensor {
    /// Normalises each channel (last axis) with given statistics, then scales and shifts it:
    /// (x - mean) / sqrt(variance + epsilon) * scale + shift.
    ///
    /// - Parameters: all but `epsilon` are [channels].
    public func normalised(
        mean: Tensor, variance: Tensor, scale: Tensor? = nil, shift: Tensor? = nil, epsilon: Float = 1e-5
    ) -> Tensor {
        let inverse = (variance + epsilon).squareRoot().reciprocal()
        let factor = scale.map { $0 * inverse } ?? inverse
        let offset = mean * factor
        return self * factor + (shift.map { $0 - offset } ?? -offset)
    }

    /// - Throws: `ShapeError` if batch normalisation does not accept the shapes.
    public static func validateBatchNormalisation(
        _ shape: [Int], scale: [Int]? = nil, shift: [Int]? = nil, runningMean: [Int]? = nil,
        runningVariance: [Int]? = nil
    ) throws(ShapeError) {
        let channels = shape.last ?? 0
        _ = try BatchNormalisation(epsilon: 0).outputShapes([
            shape, scale ?? [channels], shift ?? [channels],
        ])
        for part in [runningMean, runningVariance] {
            guard part == nil || part == [channels] else {
                throw ShapeError(
                    "[batch_normalisation] running statistics must be [\(channels)] for input \(shape), got "
                        + "\(part ?? [])")
            }
        }
    }

    /// - Throws: `ShapeError` if instance normalisation does not accept the shapes.
    public static func validateInstanceNormalisation(
        _ shape: [Int], scale: [Int]? = nil, shift: [Int]? = nil
    ) throws(ShapeError) {
        try validateGroupNormalisation(shape, groups: max(1, shape.last ?? 0), scale: scale, shift: shift)
        guard Shape.count(Array(shape.dropFirst().dropLast())) > 1 else {
            throw ShapeError(
                "[instance_normalisation] needs more than one position of each sample, input is \(shape)")
        }
    }
}
