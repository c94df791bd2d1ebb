/// The classical methods by name, with the parameters that were chosen on validation data (docs/metrics.md).
public enum Baseline: String, Sendable, CaseIterable {
    case spectralSubtraction = "spectral_subtraction"
    case boll
    case wiener
    case iterativeWiener = "iterative_wiener"

    /// - Parameter noise: nil: the tracked minimum.
    public func enhancer(noise: NoiseEstimator? = nil) -> any Enhancer {
        let noise = noise ?? .trackedMinimum()
        switch self {
        case .spectralSubtraction: return SpectralSubtraction(noise: noise)
        case .boll: return BollSubtraction(noise: noise)
        case .wiener: return WienerFilter(noise: noise)
        case .iterativeWiener: return AllPoleWienerFilter(noise: noise)
        }
    }
}
