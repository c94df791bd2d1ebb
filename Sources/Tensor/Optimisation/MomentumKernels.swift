import CKernels

/// One fused pass of gradient descent over a parameter.
public enum GradientDescentKernel {
    /// p -= rate (gradient + weightDecay p).
    public static func step(
        _ parameter: Parameter, gradient: Tensor, rate: Double, weightDecay: Double, gradientScale: Double
    ) {
        ParameterUpdate.run(parameter, [], gradient) { p, _, g, count in
            ck_gradient_step(p, g, count, Float(rate), Float(weightDecay), Float(gradientScale))
        }
    }

    /// velocity = momentum velocity + weight (gradient + weightDecay p), and the step along it.
    /// - Parameter weight: 1 - dampening, or 1 where the velocity begins.
    public static func step(
        _ parameter: Parameter, velocity: Parameter, gradient: Tensor, rate: Double, momentum: Double,
        weight: Double, isNesterov: Bool, weightDecay: Double, gradientScale: Double
    ) {
        ParameterUpdate.run(parameter, [velocity], gradient) { p, moments, g, count in
            ck_momentum_step(
                p, moments[0], g, count, Float(rate), Float(momentum), Float(weight), isNesterov ? 1 : 0,
                Float(weightDecay), Float(gradientScale))
        }
    }
}

/// One fused pass of RMSprop over a parameter and its moments.
public enum RootMeanSquareKernel {
    /// - Parameters:
    ///   - mean: the running mean of the gradient, for the centred form.
    ///   - velocity: for momentum.
    public static func step(
        _ parameter: Parameter, square: Parameter, mean: Parameter?, velocity: Parameter?, gradient: Tensor,
        rate: Double, alpha: Double, epsilon: Double, momentum: Double, weightDecay: Double,
        gradientScale: Double
    ) {
        let moments = [square] + [mean, velocity].compactMap(\.self)
        ParameterUpdate.run(parameter, moments, gradient) { p, moments, g, count in
            ck_root_mean_square_step(
                p, moments[0], mean == nil ? nil : moments[1],
                velocity == nil ? nil : moments[moments.count - 1],
                g, count, Float(rate), Float(alpha), Float(1 - alpha), Float(epsilon), Float(momentum),
                Float(weightDecay), Float(gradientScale))
        }
    }
}
