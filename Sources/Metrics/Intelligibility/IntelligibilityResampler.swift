import Foundation
import Synchronization

/// The change of sampling rate before STOI. The published values depend on its filter near the lower Nyquist
/// frequency, where the highest band ends at 8 kHz input, so it is part of the measure:
///
///     y[m] = p / sum(h) * sum over n of x[n] h[m q - n p],   h[t] = sinc(t / max(p, q)) Kaiser[t],   |t| <= L
///
/// for a ratio p / q of rates, 60 dB of rejection and a transition of a tenth of the lower Nyquist frequency
/// (6 dB down at it).
///
/// Source: the `resample` of MATLAB and Octave, with which the authors of STOI published it; window length
/// and shape by Kaiser's formulas (Oppenheim and Schafer, Discrete-Time Signal Processing, section 7.5).
struct IntelligibilityResampler: Sendable {
    private let up: Int
    private let down: Int
    /// Half the length of the filter at `up` times the input rate.
    private let half: Int
    /// Taps of each phase: h[phase + k up - half], [phase][k].
    private let taps: [Double]
    private let tapsPerPhase: Int

    private static let filters = Mutex<[Int: IntelligibilityResampler]>([:])

    /// The filter of one pair of rates, made once.
    static func between(_ inputRate: Int, _ outputRate: Int) -> IntelligibilityResampler {
        filters.withLock { filters in
            let key = inputRate << 24 | outputRate
            if let known = filters[key] { return known }
            let made = IntelligibilityResampler(inputRate, outputRate)
            filters[key] = made
            return made
        }
    }

    private init(_ inputRate: Int, _ outputRate: Int) {
        var (a, b) = (inputRate, outputRate)
        while b != 0 { (a, b) = (b, a % b) }
        up = outputRate / a
        down = inputRate / a
        let longer = Double(max(up, down))
        let rejection = 60.0
        let half = Int(((rejection - 8) / (28.714 * 0.05 / longer)).rounded(.up))
        let beta = 0.1102 * (rejection - 8.7)
        var filter = (-half...half).map { t in
            let x = Double.pi * Double(t) / longer
            let ratio = Double(t) / Double(half)
            return (t == 0 ? 1 : sin(x) / x) * Self.bessel(beta * (1 - ratio * ratio).squareRoot())
        }
        let scale = Double(up) / filter.reduce(0, +)
        for i in filter.indices { filter[i] *= scale }
        self.half = half
        tapsPerPhase = (filter.count + up - 1) / up
        var taps = [Double](repeating: 0, count: up * tapsPerPhase)
        for i in filter.indices { taps[i % up * tapsPerPhase + i / up] = filter[i] }
        self.taps = taps
    }

    /// The modified Bessel function I0.
    private static func bessel(_ x: Double) -> Double {
        var sum = 1.0
        var term = 1.0
        for k in 1..<60 {
            term *= x * x / (4 * Double(k * k))
            sum += term
        }
        return sum
    }

    /// The whole signal, with silence beyond its ends: count p / q samples, rounded up.
    func resample(_ signal: [Float]) -> [Double] {
        if up == down { return signal.map(Double.init) }
        // Silence at both ends, so that the inner loop needs no bounds.
        let margin = tapsPerPhase + 1
        var padded = [Double](repeating: 0, count: signal.count + 2 * margin)
        for i in signal.indices { padded[margin + i] = Double(signal[i]) }
        let count = (signal.count * up + down - 1) / down
        return padded.withUnsafeBufferPointer { padded in
            taps.withUnsafeBufferPointer { taps in
                (0..<count).map { m in
                    // Tap i meets input n where i = m down + half - n up: the phase is i of the last input.
                    let position = m * down + half
                    let phase = position % up
                    var n = margin + position / up
                    // Beyond the end only taps of silence are skipped.
                    let skipped = max(0, n - (padded.count - 1))
                    n -= skipped
                    let first = phase * tapsPerPhase
                    var even = 0.0
                    var odd = 0.0
                    var k = skipped
                    while k + 1 < tapsPerPhase {
                        even += taps[first + k] * padded[n]
                        odd += taps[first + k + 1] * padded[n - 1]
                        n -= 2
                        k += 2
                    }
                    if k < tapsPerPhase { even += taps[first + k] * padded[n] }
                    return even + odd
                }
            }
        }
    }
}
