import Audio
import Foundation
import Tensor
import Testing

/// What all classical methods have in common, and what each promises.
@Suite struct ClassicalEnhancerTests {
    private func ratio(_ reference: [Float], _ estimate: [Float]) -> Double {
        let power = reference.reduce(0) { $0 + Double($1) * Double($1) }
        let error = zip(reference, estimate).reduce(0) { $0 + pow(Double($1.1) - Double($1.0), 2) }
        return 10 * log10(power / error)
    }

    @Test(arguments: [
        (Baseline.spectralSubtraction, 8.0), (.boll, 3.0), (.wiener, 8.0), (.iterativeWiener, 6.0),
    ]) func whiteNoiseFalls(baseline: Baseline, decibels: Double) throws {
        let noisy = try Fixtures.audio("deg_a_white10.wav")
        let reference = try Fixtures.audio("speech_a.wav").channels[0]
        let result = baseline.enhancer().enhance(noisy.channels[0], sampleRate: noisy.sampleRate)
        let gain = ratio(reference, result) - ratio(reference, noisy.channels[0])
        #expect(gain > decibels, "\(baseline): \(gain) dB")
    }

    @Test(arguments: Baseline.allCases) func lengthsSilenceAndLevel(baseline: Baseline) throws {
        for noise in [NoiseEstimator.trackedMinimum(), .leadingSilence()] {
            let enhancer = baseline.enhancer(noise: noise)
            for count in [0, 1, 2, 255, 256, 257, 1025, 5000] {
                let signal = (0..<count).map { 0.3 * sin(Float($0)) }
                for rate in [8000, 16000, 44100] {
                    let result = enhancer.enhance(signal, sampleRate: rate)
                    #expect(result.count == count && result.allSatisfy(\.isFinite), "\(count) at \(rate) Hz")
                }
            }
            let silence = enhancer.enhance([Float](repeating: 0, count: 4000), sampleRate: 16000)
            #expect(silence.allSatisfy { $0 == 0 })
            let noisy = Array(try Fixtures.audio("deg_n_white20.wav").channels[0].prefix(8000))
            let whole = enhancer.enhance(noisy, sampleRate: 8000)
            let quiet = enhancer.enhance(noisy.map { $0 / 256 }, sampleRate: 8000)
            let worst = zip(whole, quiet).map { abs($0 - 256 * $1) }.max() ?? 9
            #expect(worst < 1e-5, "\(baseline): \(worst)")
        }
    }

    /// A recording that begins with noise alone: the estimate of the beginning is better than none, and follows.
    @Test func leadingSilenceKnowsTheNoise() throws {
        let speech = try Fixtures.audio("speech_a.wav").channels[0]
        var stream = RandomStream(seed: 7, "leading silence")
        let clean = [Float](repeating: 0, count: 4000) + speech
        let noisy = clean.map { $0 + Float(0.02 * stream.gaussian()) }
        for baseline in Baseline.allCases {
            let result = baseline.enhancer(noise: .leadingSilence()).enhance(noisy, sampleRate: 16000)
            let gain = ratio(clean, result) - ratio(clean, noisy)
            #expect(gain > 2, "\(baseline): \(gain) dB")
        }
        // Speech at once: the first frames are taken for noise, and the result suffers.
        let late = WienerFilter(noise: .leadingSilence()).enhance(
            Array(noisy.dropFirst(8000)), sampleRate: 16000)
        let tracked = WienerFilter().enhance(Array(noisy.dropFirst(8000)), sampleRate: 16000)
        let rest = Array(clean.dropFirst(8000))
        #expect(ratio(rest, tracked) > ratio(rest, late))
    }

    @Test func oraclesAreCeilings() throws {
        let noisy = try Fixtures.audio("deg_a_white10.wav").channels[0]
        let clean = try Fixtures.audio("speech_a.wav").channels[0]
        let irm = ratio(clean, OracleMask(.idealRatio, clean: clean).enhance(noisy, sampleRate: 16000))
        let psm = ratio(clean, OracleMask(.phaseSensitive, clean: clean).enhance(noisy, sampleRate: 16000))
        let wiener = ratio(clean, WienerFilter().enhance(noisy, sampleRate: 16000))
        #expect(psm > irm && irm > wiener, "\(psm) \(irm) \(wiener)")
        // Without noise nothing is lost.
        for kind in OracleMask.Kind.allCases {
            #expect(ratio(clean, OracleMask(kind, clean: clean).enhance(clean, sampleRate: 16000)) > 90)
        }
        #expect(OracleMask(.idealRatio, clean: []).enhance([], sampleRate: 8000).isEmpty)
    }
}
