import Foundation
import Tensor

/// Spectrograms played faster or slower without a change of pitch.
///
/// Output frame j lies at position s = j rate of the input. Its magnitudes are those of frames floor(s) and
/// floor(s) + 1, interpolated; its phases continue those of output frame j - 1 by the phase that the input
/// gained from floor(s') to floor(s') + 1, s' = (j - 1) rate. Phases are kept as unit numbers z, so that
///
///     z[j, k] = z[j-1, k] u[i+1, k] conj(u[i, k]),   u = X / |X|
///
/// which needs no angles and cannot wrap.
///
/// Sources: Flanagan and Golden, Phase vocoder, BSTJ 45, 1966; Dolson, The phase vocoder: a tutorial, Computer
/// Music Journal 10(4), 1986; locking: Laroche and Dolson, Improved phase vocoder time-scale modification of
/// audio, IEEE TSAP 7(3), 1999; transients: Röbel, A new approach to transient processing in the phase vocoder,
/// DAFx 2003.
public struct PhaseVocoder: Sendable {
    /// How the phases of neighbouring bins belong together.
    public enum Coherence: Sendable, Equatable {
        /// Every bin goes on by itself: the classic vocoder, with its reverberant sound.
        case none
        /// The bins around a peak keep their phases relative to it.
        case peaks
    }

    public let coherence: Coherence
    /// A frame whose magnitudes rise by more than this share of their sum takes its own phases, so that attacks
    /// stay sharp; nil: none does.
    public let transientThreshold: Double?

    /// - Parameters:
    ///   - coherence: default `.peaks`.
    ///   - transientThreshold: default 0.6.
    public init(coherence: Coherence = .peaks, transientThreshold: Double? = 0.6) {
        self.coherence = coherence
        self.transientThreshold = transientThreshold
    }

    /// The spectrogram at another speed.
    ///
    /// - Parameters:
    ///   - input: frames at a fixed hop.
    ///   - rate: output is this much faster, above 0; 2 halves the duration.
    /// - Returns: frames / rate frames, rounded up.
    public func stretch(_ input: Spectrogram, rate: Double) -> Spectrogram {
        require(rate > 0 && rate.isFinite, "[vocoder] rate \(rate): above 0")
        let bins = input.binCount
        let frames = Int((Double(input.frameCount) / rate).rounded(.up))
        var output = Spectrogram(
            frameCount: frames, binCount: bins, real: [Double](repeating: 0, count: frames * bins),
            imaginary: [Double](repeating: 0, count: frames * bins))
        guard frames > 0 else { return output }
        let frame = UnitFrames(input)
        var phase = (0..<bins).map { frame.unit(0, $0) }
        var magnitude = [Double](repeating: 0, count: bins)
        var source = 0
        for j in 0..<frames {
            let position = Double(j) * rate
            let i = Int(position)
            var share = position - Double(i)
            if j > 0 {
                for k in 0..<bins {
                    let turn = frame.unit(source + 1, k) * frame.unit(source, k).conjugate
                    phase[k] = (phase[k] * turn).normalised
                }
            }
            // What the attack at frame i + 1 did to the magnitudes must not be heard before it.
            let rises = isTransient(frame, i + 1)
            if rises { share = share < 0.5 ? 0 : 1 }
            for k in 0..<bins {
                magnitude[k] = (1 - share) * frame.magnitude(i, k) + share * frame.magnitude(i + 1, k)
            }
            let nearest = share < 0.5 ? i : i + 1
            if j > 0 {
                if (rises && share == 1) || (share < 0.5 && i > source && isTransient(frame, i)) {
                    for k in 0..<bins { phase[k] = frame.unit(nearest, k) }
                } else if coherence == .peaks {
                    lock(&phase, to: magnitude, frame, nearest)
                }
            }
            for k in 0..<bins {
                output.real[j * bins + k] = magnitude[k] * phase[k].real
                output.imaginary[j * bins + k] = magnitude[k] * phase[k].imaginary
            }
            source = i
        }
        return output
    }

    private func isTransient(_ frame: UnitFrames, _ t: Int) -> Bool {
        guard let transientThreshold, t > 0, t < frame.frameCount else { return false }
        return frame.rise[t] > transientThreshold
    }

    /// Bins between two troughs turn with the peak between them: z[k] = u[k] z[p] conj(u[p]).
    private func lock(
        _ phase: inout [Complex], to magnitude: [Double], _ frame: UnitFrames, _ t: Int
    ) {
        let bins = magnitude.count
        func isPeak(_ k: Int) -> Bool {
            let m = magnitude[k]
            for offset in 1...2 {
                if k >= offset && magnitude[k - offset] >= m { return false }
                if k + offset < bins && magnitude[k + offset] > m { return false }
            }
            return true
        }
        var start = 0
        var peak: Int?
        func turn(_ range: Range<Int>, with peak: Int) {
            let rotation = phase[peak] * frame.unit(t, peak).conjugate
            for k in range { phase[k] = (frame.unit(t, k) * rotation).normalised }
        }
        for k in 0..<bins where isPeak(k) {
            if let peak {
                let border = (peak + 1...k).min { magnitude[$0] < magnitude[$1] } ?? k
                turn(start..<border, with: peak)
                start = border
            }
            peak = k
        }
        if let peak { turn(start..<bins, with: peak) }
    }
}

/// The frames of a spectrogram as magnitudes and unit numbers. Beyond the last frame there is silence.
private struct UnitFrames {
    let frameCount: Int
    private let binCount: Int
    private let magnitudes: [Double]
    private let units: [Complex]
    /// By how much each frame's magnitudes rise above the frame's before, as a share of their sum.
    let rise: [Double]

    init(_ spectrogram: Spectrogram) {
        frameCount = spectrogram.frameCount
        binCount = spectrogram.binCount
        let magnitudes = spectrogram.magnitude
        self.magnitudes = magnitudes
        units = magnitudes.indices.map { i in
            magnitudes[i] > 0
                ? Complex(spectrogram.real[i] / magnitudes[i], spectrogram.imaginary[i] / magnitudes[i])
                : Complex(1, 0)
        }
        let bins = binCount
        rise = (0..<frameCount).map { t in
            guard t > 0 else { return 0 }
            var sum = 0.0
            var more = 0.0
            for i in t * bins..<(t + 1) * bins {
                sum += magnitudes[i]
                more += max(0, magnitudes[i] - magnitudes[i - bins])
            }
            return sum > 0 ? more / sum : 0
        }
    }

    func magnitude(_ t: Int, _ k: Int) -> Double { t < frameCount ? magnitudes[t * binCount + k] : 0 }
    func unit(_ t: Int, _ k: Int) -> Complex { t < frameCount ? units[t * binCount + k] : Complex(1, 0) }
}

extension Complex {
    /// The number over its magnitude; 1 for 0.
    fileprivate var normalised: Complex {
        let size = squaredMagnitude
        return size > 0 ? self * (1 / size.squareRoot()) : Complex(1, 0)
    }
}
