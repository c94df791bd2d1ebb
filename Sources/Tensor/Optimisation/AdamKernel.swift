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

    /// The same with decay that joins the gradient (`coupledDecay`: Kingma & Ba's weight decay as an L2 penalty) or
    /// not, and, where `largest` is given, with the largest second moment so far (AMSGrad, Reddi et al. 2018).
    public static func step(
        _ parameter: Parameter, first: Parameter, second: Parameter, largest: Parameter?, gradient: Tensor,
        rate: Double, beta1: Double, beta2: Double, epsilon: Double, coupledDecay: Double,
        decoupledDecay: Double, correction1: Double, correction2: Double, gradientScale: Double
    ) {
        ParameterUpdate.run(parameter, [first, second] + (largest.map { [$0] } ?? []), gradient) {
            p, moments, g, count in
            ck_adam_general(
                p, moments[0], moments[1], moments.count > 2 ? moments[2] : nil, g, count, Float(rate),
                Float(beta1), Float(1 - beta1), Float(beta2), Float(1 - beta2), Float(epsilon),
                Float(coupledDecay), Float(decoupledDecay), Float(correction1), Float(correction2),
                Float(gradientScale))
        }
    }
}
