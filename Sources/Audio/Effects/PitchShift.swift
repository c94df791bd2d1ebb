import Foundation
import Tensor

/// A change of pitch that keeps the duration: the signal is stretched, then resampled back to its length.
///
/// When formants are preserved, each frame of the stretched spectrum is first multiplied by E(r f) / E(f), where
/// E is its envelope and r the ratio of pitch: after resampling, which moves f to r f, the envelope is where it
/// was, and a voice sounds like the same person at another pitch.
public struct PitchShift: Sendable {
    public let stretch: TimeStretch
    public let preservesFormants: Bool
    /// Hertz.
    public let sampleRate: Int

    /// - Parameters:
    ///   - sampleRate: hertz.
    ///   - preservesFormants: default false.
    ///   - stretch: default one that suits the sampling rate.
    public init(sampleRate: Int, preservesFormants: Bool = false, stretch: TimeStretch? = nil) {
        require(sampleRate > 0, "[pitch] sampling rate \(sampleRate) Hz: it must be positive")
        self.sampleRate = sampleRate
        self.preservesFormants = preservesFormants
        self.stretch = stretch ?? TimeStretch(fftSize: TimeStretch.fftSize(forRate: sampleRate))
    }

    /// The signal at another pitch, as long as before.
    ///
    /// - Parameters:
    ///   - signal: any length.
    ///   - semitones: -24 ... 24, up if positive; kept to half a cent, mostly far closer.
    public func shift(_ signal: [Double], semitones: Double) -> [Double] {
        shift(all: [signal], semitones: semitones)[0]
    }

    /// Several signals at another pitch, each as long as before: what is prepared for one serves all.
    public func shift(all signals: [[Double]], semitones: Double) -> [[Double]] {
        require(abs(semitones) <= 24, "[pitch] \(semitones) semitones: -24 to 24")
        if semitones == 0 { return signals }
        let ratio = Fraction(nearest: exp2(semitones / 12), largestTerm: Self.largestTerm)
        let resampler = Resampler(from: ratio.numerator, to: ratio.denominator, quality: .draft)
        return signals.map { $0.isEmpty ? [] : shift($0, ratio, resampler) }
    }

    /// Of numerators and denominators. The widest gap between such ratios is the one beside 1, 0.4 cents.
    private static let largestTerm = 4096

    private func shift(_ signal: [Double], _ ratio: Fraction, _ resampler: Resampler) -> [Double] {
        let transform = stretch.transform
        let stretchedCount = Int((Double(signal.count) * ratio.value).rounded(.up))
        var spectrum = stretch.vocoder.stretch(transform.analyse(signal), rate: 1 / ratio.value)
        if preservesFormants {
            SpectralEnvelope(fftSize: transform.fftSize, sampleRate: sampleRate)
                .moveEnvelopes(of: &spectrum, ratio: ratio.value)
        }
        let stretched = transform.synthesise(spectrum, length: stretchedCount)
        var result = resampler.resample(stretched.map { Float($0) }).map(Double.init)
        let missing = signal.count - result.count
        if missing > 0 { result += repeatElement(0, count: missing) }
        return Array(result[..<signal.count])
    }
}

/// A ratio of whole numbers.
struct Fraction: Equatable {
    let numerator: Int
    let denominator: Int
    var value: Double { Double(numerator) / Double(denominator) }

    /// The last convergent of a positive number's continued fraction with terms up to a limit.
    init(nearest value: Double, largestTerm: Int) {
        var rest = value
        var (numerator, denominator) = (1, 0)
        var (earlierNumerator, earlierDenominator) = (0, 1)
        for _ in 0..<32 {
            let whole = Int(rest)
            let (nextNumerator, nextDenominator) = (
                whole * numerator + earlierNumerator, whole * denominator + earlierDenominator
            )
            if nextNumerator > largestTerm || nextDenominator > largestTerm { break }
            (earlierNumerator, earlierDenominator) = (numerator, denominator)
            (numerator, denominator) = (nextNumerator, nextDenominator)
            let fraction = rest - Double(whole)
            if fraction < 1e-12 { break }
            rest = 1 / fraction
        }
        self.numerator = numerator
        self.denominator = denominator
    }
}
