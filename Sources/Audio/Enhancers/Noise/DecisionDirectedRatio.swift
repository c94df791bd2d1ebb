/// The signal-to-noise ratio of each bin before the frame is seen, estimated from the frame before:
///
///     xi(t) = a G(t-1)^2 gamma(t-1) + (1 - a) max(gamma(t) - 1, 0),   gamma = P / N,   G = xi / (1 + xi)
///
/// Source: Ephraim, Malah, Speech enhancement using a minimum mean-square error short-time spectral amplitude
/// estimator, IEEE TASSP 32(6), 1984; with Wiener's gain: Scalart, Filho, Speech enhancement based on a priori
/// signal to noise estimation, ICASSP 1996.
struct DecisionDirectedRatio {
    /// xi per bin.
    private(set) var prior: [Double]
    /// gamma per bin.
    private(set) var posterior: [Double]
    private let memory: Double
    private let floor: Double
    private var isFirst = true

    /// - Parameters:
    ///   - memory: a, default 0.98.
    ///   - floor: the smallest xi; default -25 dB.
    init(binCount: Int, memory: Double = 0.98, floor: Double = 0.00316) {
        prior = [Double](repeating: 0, count: binCount)
        posterior = [Double](repeating: 1, count: binCount)
        self.memory = memory
        self.floor = floor
    }

    /// Wiener's gain of a bin.
    func gain(_ bin: Int) -> Double { prior[bin] / (1 + prior[bin]) }

    mutating func update(power: ArraySlice<Double>, noise: some RandomAccessCollection<Double>) {
        for (bin, (value, level)) in zip(power, noise).enumerated() {
            // A bin without noise has all the signal it can have; without either it has none.
            let now = level > 0 ? min(value / level, Self.most) : (value > 0 ? Self.most : 0)
            let fresh = max(now - 1, 0)
            let kept = isFirst ? fresh : gain(bin) * gain(bin) * posterior[bin]
            prior[bin] = max(floor, memory * kept + (1 - memory) * fresh)
            posterior[bin] = now
        }
        isFirst = false
    }

    private static let most = 1e10
}
