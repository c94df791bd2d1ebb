import Audio
import Foundation
import Tensor
import Testing

@Suite struct SpectralSubtractionTests {
    private func ratio(_ reference: [Float], _ estimate: [Float]) -> Double {
        let power = reference.reduce(0) { $0 + Double($1) * Double($1) }
        let error = zip(reference, estimate).reduce(0) { $0 + pow(Double($1.1) - Double($1.0), 2) }
        return 10 * log10(power / error)
    }

    @Test(arguments: [("a_white10", "a", 8.0), ("n_white20", "n", 3.0)])
    func noiseFalls(degraded: String, clean: String, decibels: Double) throws {
        let noisy = try Fixtures.audio("deg_\(degraded).wav")
        let reference = try Fixtures.audio("speech_\(clean).wav").channels[0]
        let result = SpectralSubtraction().enhance(noisy.channels[0], sampleRate: noisy.sampleRate)
        #expect(result.count == reference.count)
        let gain = ratio(reference, result) - ratio(reference, noisy.channels[0])
        #expect(gain > decibels, "\(degraded): \(gain) dB")
    }

    /// The bias of the minimum: white noise alone must come out near the floor, not 6 dB off.
    @Test func whiteNoiseFallsToTheFloor() {
        var stream = RandomStream(seed: 5, "spectral subtraction test")
        let noise = (0..<48000).map { _ in Float(0.1 * stream.gaussian()) }
        let result = SpectralSubtraction().enhance(noise, sampleRate: 16000)
        let level =
            10
            * log10(
                result.reduce(0) { $0 + Double($1) * Double($1) }
                    / noise.reduce(0) { $0 + Double($1) * Double($1) })
        #expect((-20...(-15)).contains(level), "\(level) dB")
    }

    @Test(arguments: [0, 1, 2, 100, 256, 257, 513, 5000]) func lengthStays(count: Int) {
        let signal = (0..<count).map { 0.3 * sin(Float($0)) }
        for rate in [8000, 16000, 44100] {
            let result = SpectralSubtraction().enhance(signal, sampleRate: rate)
            #expect(result.count == count && result.allSatisfy(\.isFinite), "\(rate) Hz")
        }
    }

    @Test func silenceStaysSilentAndLevelDoesNotMatter() throws {
        #expect(
            SpectralSubtraction().enhance([Float](repeating: 0, count: 4000), sampleRate: 16000).allSatisfy {
                $0 == 0
            })
        let noisy = Array(try Fixtures.audio("deg_n_white20.wav").channels[0])
        let result = SpectralSubtraction().enhance(noisy, sampleRate: 8000)
        let quiet = SpectralSubtraction().enhance(noisy.map { $0 / 256 }, sampleRate: 8000)
        #expect(quiet.map { $0 * 256 } == result)
    }
}
