import CKernels

/// One fused pass of Adam over a parameter and its moments.
public enum AdamKernel {
    /// m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g²;
    /// p = (1 - rate decay) p - rate (m / correction1) / (sqrt(v / correction2) + epsilon).
    public static func step(
        _ parameter: Parameter, first: Parameter, second: Parameter, gradient: Tensor, rate: Double,
        beta1: Double, beta2: Double, epsilon: Double, weightDecay: Double, correction1: Double,
        correction2: Double, gradientScale: Double
    ) {
        require(
            gradient.shape == parameter.shape,
            "[adam] gradient has shape \(gradient.shape), parameter \(parameter.shape)")
        gradient.withValues { g in
            guard let g = g.baseAddress else { return }
            parameter.update { p in
                first.update { m in
                    second.update { v in
                        guard let p = p.baseAddress, let m = m.baseAddress, let v = v.baseAddress else {
                            return
                        }
                        ThreadPool.shared.run(gradient.count, grain: Elementwise.grain) { range in
                            let start = range.lowerBound
                            ck_adam(
                                p + start, m + start, v + start, g + start, range.count, Float(rate),
                                Float(beta1), Float(beta2), Float(epsilon), Float(weightDecay),
                                Float(correction1), Float(correction2), Float(gradientScale))
                        }
                    }
                }
            }
        }
    }
}

extension Tensor {
    /// The sum of squared elements, in double precision.
    public func sumOfSquares() -> Double {
        withValues { values in
            guard let base = values.baseAddress else { return 0 }
            return Sum.partialSums(values.count) {
                ck_dot(base + $0.lowerBound, base + $0.lowerBound, $0.count)
            }
        }
    }

    /// Whether no element is NaN or infinite.
    public var isFinite: Bool { (self * 0).sumOfSquares() == 0 }
}
