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

    /// Levels in dB of |error|^2 against |reference|^2 below a frequency, the ends left out.
    private func passbandRatio(_ signal: [Float], _ reference: [Double], rate: Int, limit: Double) -> Double {
        let margin = reference.count / 20
        let range = margin..<reference.count - margin
        let window = Window.hann.values(length: range.count)
        let transform = RealFFT.plan(length: range.count)
        let wanted = transform.forward(zip(range, window).map { reference[$0] * $1 })
        let error = transform.forward(zip(range, window).map { (Double(signal[$0]) - reference[$0]) * $1 })
        let last = Int(limit / Double(rate) * Double(range.count))
        func power(_ spectrum: (real: [Double], imaginary: [Double])) -> Double {
            (0..<last).reduce(0) {
                $0 + spectrum.real[$1] * spectrum.real[$1] + spectrum.imaginary[$1] * spectrum.imaginary[$1]
            }
        }
        return 10 * log10(power(wanted) / power(error))
    }

    @Test func speechEqualsReferenceInThePassBand() throws {
        let entries = try Fixtures.entries("resample.")
        #expect(entries.count == 3)
        for entry in entries {
            let (from, to) = (try #require(entry.params.fromRate), try #require(entry.params.toRate))
            let result = Resampler(from: from, to: to).resample(try entry.samples())
            let expected = try Fixtures.tensor(entry.id)
            #expect(result.count == expected.count)
            let limit = try #require(entry.scalars?.passbandHz)
            #expect(passbandRatio(result, expected, rate: to, limit: limit) > 60, "\(entry.id)")
        }
    }

    @Test func tonesKeepFrequencyLevelAndPhase() throws {
        for entry in try Fixtures.entries("resample_tone.") {
            let (from, to) = (try #require(entry.params.fromRate), try #require(entry.params.toRate))
            let components = try #require(entry.params.components)
            func signal(_ rate: Int) -> [Double] {
                (0..<rate / 4).map { n in
                    components.reduce(0) {
                        $0 + $1[1] * sin(2 * .pi * $1[0] * Double(n) / Double(rate) + $1[2])
                    }
                }
            }
            let result = Resampler(from: from, to: to).resample(signal(from).map(Float.init))
            let expected = signal(to)
            let inner = expected.count / 10..<expected.count * 9 / 10
            let power = inner.reduce(0) { $0 + expected[$1] * expected[$1] }
            let error = inner.reduce(0) { $0 + pow(Double(result[$1]) - expected[$1], 2) }
            #expect(10 * log10(power / error) > 95, "\(entry.id)")
            if let alias = entry.scalars?.aliasToneHz {
                let tone = tone(alias, rate: from, count: from / 4)
                let leak = Resampler(from: from, to: to).resample(tone)
                #expect(level(leak[leak.count / 10..<leak.count * 9 / 10]) < -95)
            }
        }
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
