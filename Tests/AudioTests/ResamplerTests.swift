import Audio
import Foundation
import Tensor
import Testing

@Suite struct ResamplerTests {
    private func noise(_ count: Int) -> [Float] {
        var stream = RandomStream(seed: 3, "resampler test", count)
        return (0..<count).map { _ in Float(0.3 * stream.gaussian()) }
    }

    private func tone(_ frequency: Double, rate: Int, count: Int) -> [Float] {
        (0..<count).map { Float(sin(2 * .pi * frequency * Double($0) / Double(rate))) }
    }

    private func level(_ signal: ArraySlice<Float>) -> Double {
        10 * log10(2 * signal.reduce(0) { $0 + Double($1) * Double($1) } / Double(signal.count))
    }

    @Test(arguments: [
        (44100, 16000), (48000, 16000), (16000, 44100), (44100, 48000), (16000, 8000), (44100, 44099),
    ])
    func passBandIsFlatAndAliasesAreLow(from: Int, to: Int) {
        let resampler = Resampler(from: from, to: to)
        let lower = Double(min(from, to)) / 2
        for share in [0.001, 0.3, 0.7, 0.9] {
            let result = resampler.resample(tone(share * lower, rate: from, count: from / 2))
            #expect(abs(level(result[result.count / 4..<result.count * 3 / 4])) < 0.05, "\(share) of Nyquist")
        }
        for share in [1.005, 1.1, 1.5] where share * lower < Double(from) / 2 {
            let result = resampler.resample(tone(share * lower, rate: from, count: from / 2))
            #expect(level(result[result.count / 4..<result.count * 3 / 4]) < -90, "\(share) of Nyquist")
        }
    }

    @Test(arguments: [(48000, 16000), (44100, 16000), (16000, 8000), (44100, 44099)])
    func aliasesAreBelowMinusHundredDecibels(from: Int, to: Int) {
        let resampler = Resampler(from: from, to: to)
        // From the lower Nyquist frequency to the upper one, denser near the edge.
        for share in stride(from: 0.0, through: 1, by: 0.02) {
            let frequency = Double(to) / 2 + share * share * Double(from - to) / 2 * 0.99
            let result = resampler.resample(tone(frequency, rate: from, count: from / 8))
            #expect(level(result[result.count / 4..<result.count * 3 / 4]) < -100, "\(frequency) Hz")
        }
    }

    /// A tone of the pass band has no mirror images above half the lower rate.
    @Test(arguments: [(16000, 44100), (16000, 48000), (44100, 48000), (8000, 16000), (44099, 44100)])
    func imagesAreBelowMinusHundredDecibels(from: Int, to: Int) {
        for share in [0.1, 0.5, 0.8, 0.9, 0.96] {
            let frequency = share * Double(from) / 2
            let result = Resampler(from: from, to: to).resample(tone(frequency, rate: from, count: from / 2))
            let inner = result[result.count / 4..<result.count * 3 / 4].map(Double.init)
            let window = Window.kaiser(length: inner.count, beta: 20)
            let spectrum = RealFFT.plan(length: inner.count).forward(zip(inner, window).map { $0 * $1 })
            let power = zip(spectrum.real, spectrum.imaginary).map { $0 * $0 + $1 * $1 }
            let edge = Int(Double(from) / 2 / Double(to) * Double(inner.count))
            let images = power[edge...].max() ?? 0
            let tonePower = pow(window.reduce(0, +) / 2, 2)
            #expect(10 * log10(images / tonePower) < -100, "\(frequency) Hz")
        }
    }

    @Test(arguments: [
        (44100, 16000), (16000, 44100), (48000, 16000), (8000, 48000), (48000, 44099), (16000, 16000),
    ])
    func piecesEqualTheWhole(from: Int, to: Int) {
        let resampler = Resampler(from: from, to: to)
        for count in [1, 7, 200, 5000] {
            let signal = noise(count)
            let whole = resampler.resample(signal)
            #expect(whole.count == resampler.outputCount(for: count))
            for size in [1, 13, 160, 4096] {
                var stream = resampler.makeStream()
                var pieces: [Float] = []
                for start in stride(from: 0, to: count, by: size) {
                    pieces += stream.push(Array(signal[start..<min(count, start + size)]))
                }
                pieces += stream.finish()
                #expect(pieces == whole, "\(count) samples in pieces of \(size)")
            }
        }
    }

    @Test func impulseStaysInItsPlace() {
        var signal = [Float](repeating: 0, count: 1000)
        signal[441] = 1
        let result = Resampler(from: 44100, to: 16000).resample(signal)
        let peak = result.indices.max { result[$0] < result[$1] }
        #expect(peak == 160)
        // Zero phase: the response is even around its middle.
        for offset in 1..<60 { #expect(abs(result[160 + offset] - result[160 - offset]) < 1e-6) }
    }

    @Test func nothingBecomesNothing() {
        #expect(Resampler(from: 44100, to: 16000).resample([Float]()).isEmpty)
    }
}
