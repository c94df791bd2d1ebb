import Foundation
import Tensor

/// What STOI and ESTOI compare: envelopes of 15 third-octave bands from 150 Hz, at 10 kHz, without the
/// frames in which the reference is 40 dB below its loudest frame.
///
/// Source: Taal, Hendriks, Heusdens, Jensen, An algorithm for intelligibility prediction of time-frequency
/// weighted noisy speech, IEEE TASLP 19(7), 2011, section II.
struct ThirdOctaveEnvelopes: Sendable {
    static let bandCount = 15
    /// Frames of one segment, 384 ms.
    static let segmentLength = 30

    let frameCount: Int
    /// [band][frame]
    let reference: [Double]
    let estimate: [Double]

    private static let rate = 10000
    private static let frameLength = 256
    private static let hop = 128
    private static let fftSize = 512
    /// A Hann window without its zeros.
    private static let window = (1...frameLength).map {
        0.5 - 0.5 * cos(2 * Double.pi * Double($0) / Double(frameLength + 1))
    }
    /// Bins of each band: those nearest to its edges, the upper one excluded.
    private static let bands: [Range<Int>] = (0..<bandCount).map { band in
        func bin(_ hertz: Double) -> Int { Int((hertz * Double(fftSize) / Double(rate)).rounded()) }
        let centre = 150 * pow(2, Double(band) / 3)
        return bin(centre * pow(2, -1.0 / 6))..<bin(centre * pow(2, 1.0 / 6))
    }

    /// The envelopes of a pair, computed once; nil when the signals are shorter than a frame.
    static func of(_ pair: MetricPair) -> ThirdOctaveEnvelopes? {
        pair.shared("third-octave envelopes") { ThirdOctaveEnvelopes(pair) }
    }

    private init?(_ pair: MetricPair) {
        let resampler = IntelligibilityResampler.between(pair.sampleRate, Self.rate)
        let reference = resampler.resample(pair.reference)
        let estimate = resampler.resample(pair.estimate)
        let loud = Self.loudFrames(of: reference)
        guard !loud.isEmpty else { return nil }
        // The published programs take one frame less than fit, here and in `loudFrames`.
        frameCount = loud.count - 1
        self.reference = Self.envelopes(Self.joined(reference, frames: loud), count: frameCount)
        self.estimate = Self.envelopes(Self.joined(estimate, frames: loud), count: frameCount)
    }

    /// First samples of the frames within 40 dB of the loudest.
    private static func loudFrames(of signal: [Double]) -> [Int] {
        guard signal.count > frameLength else { return [] }
        let starts = Array(stride(from: 0, to: signal.count - frameLength, by: hop))
        let energies = starts.map { start in
            var sum = 0.0
            for n in 0..<frameLength {
                let value = window[n] * signal[start + n]
                sum += value * value
            }
            return sum
        }
        let threshold = (energies.max() ?? 0) * 1e-4
        return zip(starts, energies).filter { $1 > threshold }.map { $0.0 }
    }

    /// The windowed frames overlapped and added one after the other.
    private static func joined(_ signal: [Double], frames: [Int]) -> [Double] {
        var result = [Double](repeating: 0, count: (frames.count - 1) * hop + frameLength)
        for (index, start) in frames.enumerated() {
            for n in 0..<frameLength { result[index * hop + n] += window[n] * signal[start + n] }
        }
        return result
    }

    private static func envelopes(_ signal: [Double], count: Int) -> [Double] {
        let transform = RealFFT.plan(length: fftSize)
        var frame = [Double](repeating: 0, count: fftSize)
        var spectrum = [Double](repeating: 0, count: 2 * transform.binCount)
        var result = [Double](repeating: 0, count: bandCount * count)
        for t in 0..<count {
            for n in 0..<frameLength { frame[n] = window[n] * signal[t * hop + n] }
            transform.forward(frame, interleaved: &spectrum)
            for (band, bins) in bands.enumerated() {
                var sum = 0.0
                for k in bins {
                    sum += spectrum[2 * k] * spectrum[2 * k] + spectrum[2 * k + 1] * spectrum[2 * k + 1]
                }
                result[band * count + t] = sum.squareRoot()
            }
        }
        return result
    }

    /// Why there is no segment, or nil when there is one.
    static func defect(_ envelopes: ThirdOctaveEnvelopes?) -> MetricResult? {
        let count = envelopes?.frameCount ?? 0
        if count >= segmentLength { return nil }
        return .undefined(
            reason: "\(count) frames of 25.6 ms are not silent: at least \(segmentLength) are needed")
    }
}
