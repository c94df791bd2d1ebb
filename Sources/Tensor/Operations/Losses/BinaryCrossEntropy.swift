/// -(t log x + (1 - t) log(1 - x)) for probabilities x and targets t of one shape, with logarithms of at least -100;
/// targets have no gradient.
struct BinaryCrossEntropy: Primitive {
    static let name = "binary_cross_entropy"

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        guard inputs[0] == inputs[1] else {
            throw ShapeError(
                "[binary_cross_entropy] probabilities and targets must have one shape, got \(inputs[0]) and "
                    + "\(inputs[1])")
        }
        return [inputs[0]]
    }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let (x, t) = (inputs[0].detached, inputs[1].detached)
        let positive = t * x.logarithm().clamped(low: -100)
        let negative = (1 - t) * (1 - x).logarithm().clamped(low: -100)
        return [-(positive + negative)]
    }

    var retention: Retention { .inputs(0, 1) }

    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        // The limit keeps the slope finite where the logarithm is cut off.
        let (x, t) = (pass.inputs[0], pass.inputs[1].detached)
        return [pass.cotangent() * (x - t) / (x * (1 - x)).clamped(low: 1e-12), nil]
    }
}

extension Tensor {
    /// The cross entropy of each probability with its target: -(t log x + (1 - t) log(1 - x)).
    ///
    /// - Parameters:
    ///   - self: probabilities x, 0 ... 1.
    ///   - target: t, of the same shape; has no gradient.
    /// - Returns: one value for each, at most 100.
    public func binaryCrossEntropy(_ target: Tensor) -> Tensor {
        apply(BinaryCrossEntropy(), [self, target])[0]
    }
}
