import Audio

/// Log-spectral distance in decibels:
///
///     LSD = mean over frames of sqrt(mean over bins of (Ls - Le)^2),   L = 10 log10(max(|X|^2, 1e-10))
///
/// on a 512-point periodic Hann STFT with hop 128, centred with reflected ends, whatever the rate.
/// Samples are taken in [-1, 1], so the floor is part of the definition.
public struct LogSpectralDistance: ObjectiveMetric {
    public let name = "lsd_db"
    public let unit = "dB"
    public let direction = MetricDirection.lowerIsBetter
    public let source =
        "mean_t sqrt(mean_k (Ls - Le)^2), L = 10 log10(max(|X|^2, 1e-10)), Hann 512, hop 128, centred, reflect"
    public let version = 1
    public let range = 0.0...Double.infinity
    public let needs = MetricNeeds(
        minimumLength: { _ in Self.transform.minimumLength }, soundInReference: false, soundInEstimate: false)

    private static let transform = ShortTimeFourierTransform(fftSize: 512, hopLength: 128, padding: .reflect)

    public init() {}

    public func measure(_ pair: MetricPair) -> MetricResult {
        let spectrum = Self.transform.analyse(pair.reference)
        let levels = spectrum.power.map { Decibel.power($0) }
        let others = Self.transform.analyse(pair.estimate).power.map { Decibel.power($0) }
        var sum = 0.0
        for frame in 0..<spectrum.frameCount {
            var squares = 0.0
            for bin in frame * spectrum.binCount..<(frame + 1) * spectrum.binCount {
                let difference = levels[bin] - others[bin]
                squares += difference * difference
            }
            sum += (squares / Double(spectrum.binCount)).squareRoot()
        }
        return .value(sum / Double(spectrum.frameCount))
    }
}
