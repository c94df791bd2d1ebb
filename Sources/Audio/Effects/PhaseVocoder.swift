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
        output.real.withUnsafeMutableBufferPointer { real in
            output.imaginary.withUnsafeMutableBufferPointer { imaginary in
                guard let real = real.baseAddress, let imaginary = imaginary.baseAddress else { return }
                fill(frames, rate, frame, real, imaginary)
            }
        }
        return output
    }

    private func fill(
        _ frames: Int, _ rate: Double, _ frame: UnitFrames, _ real: UnsafeMutablePointer<Double>,
        _ imaginary: UnsafeMutablePointer<Double>
    ) {
        let bins = frame.binCount
        var phase = (0..<bins).map { frame.unit(0)[$0] }
        var magnitude = [Double](repeating: 0, count: bins)
        var source = 0
        for j in 0..<frames {
            let position = Double(j) * rate
            let i = Int(position)
            var share = position - Double(i)
            // What the attack at frame i + 1 did to the magnitudes must not be heard before it.
            let rises = isTransient(frame, i + 1)
            if rises { share = share < 0.5 ? 0 : 1 }
            let (below, above) = (frame.magnitude(i), frame.magnitude(i + 1))
            magnitude.withUnsafeMutableBufferPointer { magnitude in
                for k in 0..<bins { magnitude[k] = (1 - share) * below[k] + share * above[k] }
            }
            let nearest = share < 0.5 ? i : i + 1
            if j > 0 {
                let step = Step(before: frame.unit(source), after: frame.unit(source + 1))
                if (rises && share == 1) || (share < 0.5 && i > source && isTransient(frame, i)) {
                    for k in 0..<bins { phase[k] = frame.unit(nearest)[k] }
                } else if coherence == .peaks {
                    lock(&phase, to: magnitude, frame.unit(nearest), step)
                } else {
                    for k in 0..<bins { phase[k] = step.next(phase[k], k) }
                }
            }
            let row = j * bins
            phase.withUnsafeBufferPointer { phase in
                magnitude.withUnsafeBufferPointer { magnitude in
                    for k in 0..<bins {
                        real[row + k] = magnitude[k] * phase[k].real
                        imaginary[row + k] = magnitude[k] * phase[k].imaginary
                    }
                }
            }
            source = i
        }
    }

    private func isTransient(_ frame: UnitFrames, _ t: Int) -> Bool {
        guard let transientThreshold, t > 0, t < frame.frameCount else { return false }
        return frame.rise[t] > transientThreshold
    }

    /// How phases go on from one output frame to the next.
    private struct Step {
        let before: UnsafePointer<Complex>
        let after: UnsafePointer<Complex>

        func next(_ phase: Complex, _ k: Int) -> Complex {
            (phase * (after[k] * before[k].conjugate)).normalised
        }
    }

    /// Bins between two troughs turn with the peak between them: z[k] = u[k] z[p] conj(u[p]). Only peaks go on by
    /// themselves.
    private func lock(
        _ phase: inout [Complex], to magnitude: [Double], _ unit: UnsafePointer<Complex>, _ step: Step
    ) {
        let bins = magnitude.count
        magnitude.withUnsafeBufferPointer { magnitude in
            phase.withUnsafeMutableBufferPointer { phase in
                func isPeak(_ k: Int) -> Bool {
                    let m = magnitude[k]
                    return (k < 1 || magnitude[k - 1] < m) && (k < 2 || magnitude[k - 2] < m)
                        && (k + 1 >= bins || magnitude[k + 1] <= m)
                        && (k + 2 >= bins || magnitude[k + 2] <= m)
                }
                func turn(_ range: Range<Int>, with peak: Int) {
                    let rotation = step.next(phase[peak], peak) * unit[peak].conjugate
                    for k in range { phase[k] = unit[k] * rotation }
                }
                var start = 0
                var peak: Int?
                for k in 0..<bins where isPeak(k) {
                    if let peak {
                        var border = peak + 1
                        for n in peak + 1...k where magnitude[n] < magnitude[border] { border = n }
                        turn(start..<border, with: peak)
                        start = border
                    }
                    peak = k
                }
                // The first of the largest magnitudes is a peak, so there is one.
                if let peak { turn(start..<bins, with: peak) }
            }
        }
    }
}

/// The frames of a spectrogram as magnitudes and unit numbers. Beyond the last frame there is silence.
private final class UnitFrames {
    let frameCount: Int
    let binCount: Int
    /// A row for each frame and one of silence.
    private let magnitudes: UnsafeMutablePointer<Double>
    private let units: UnsafeMutablePointer<Complex>
    /// By how much each frame's magnitudes rise above the frame's before, as a share of their sum.
    let rise: [Double]

    init(_ spectrogram: Spectrogram) {
        let (frames, bins) = (spectrogram.frameCount, spectrogram.binCount)
        (frameCount, binCount) = (frames, bins)
        let count = (frames + 1) * bins
        let magnitudes = UnsafeMutablePointer<Double>.allocate(capacity: count)
        let units = UnsafeMutablePointer<Complex>.allocate(capacity: count)
        spectrogram.real.withUnsafeBufferPointer { real in
            spectrogram.imaginary.withUnsafeBufferPointer { imaginary in
                for i in 0..<frames * bins {
                    let size = (real[i] * real[i] + imaginary[i] * imaginary[i]).squareRoot()
                    let scale = 1 / size
                    (magnitudes + i).initialize(to: size)
                    (units + i).initialize(
                        to: size > 0 ? Complex(real[i] * scale, imaginary[i] * scale) : Complex(1, 0))
                }
            }
        }
        (magnitudes + frames * bins).initialize(repeating: 0, count: bins)
        (units + frames * bins).initialize(repeating: Complex(1, 0), count: bins)
        (self.magnitudes, self.units) = (magnitudes, units)
        rise = (0..<frames).map { t in
            guard t > 0 else { return 0 }
            let (now, before) = (magnitudes + t * bins, magnitudes + (t - 1) * bins)
            var sum = 0.0
            var more = 0.0
            for k in 0..<bins {
                sum += now[k]
                more += max(0, now[k] - before[k])
            }
            return sum > 0 ? more / sum : 0
        }
    }

    deinit {
        magnitudes.deallocate()
        units.deallocate()
    }

    func magnitude(_ t: Int) -> UnsafePointer<Double> {
        UnsafePointer(magnitudes + min(t, frameCount) * binCount)
    }
    func unit(_ t: Int) -> UnsafePointer<Complex> { UnsafePointer(units + min(t, frameCount) * binCount) }
}

extension Complex {
    /// The number over its magnitude; 1 for 0.
    fileprivate var normalised: Complex {
        let size = squaredMagnitude
        return size > 0 ? self * (1 / size.squareRoot()) : Complex(1, 0)
    }
}
