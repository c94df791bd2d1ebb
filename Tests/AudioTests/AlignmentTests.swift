import Tensor
import Testing

@testable import Audio

/// Pairs with a known offset and drift are made by resampling, which shares no code with what is tested.
@Suite("Alignment")
struct AlignmentTests {
    private static let rate = 16000

    /// A voice at 48 kHz, so that delays of thirds of a sample at 16 kHz are exact.
    private static let voice = Synthesiser(sampleRate: 48000).performance(
        kind: .voice, seconds: 14, stream: RandomStream(key: "alignment")
    ).samples

    /// The voice on a clock that begins `delay` 48 kHz samples earlier and runs `hertz` Hz too fast at 16 kHz.
    private func recording(delay: Int, hertz: Int, count: Int) -> [Float] {
        let shifted =
            delay >= 0
            ? [Float](repeating: 0, count: delay) + Self.voice : Array(Self.voice.dropFirst(-delay))
        let plain = Resampler(from: 48000, to: Self.rate).resample(Array(shifted.prefix(3 * count)))
        return hertz == 0 ? plain : Resampler(from: Self.rate, to: Self.rate + hertz).resample(plain)
    }

    private func estimate(_ reference: [Float], _ other: [Float]) throws -> TimeAlignment? {
        try AlignmentEstimator(sampleRate: Self.rate).estimate(
            reference: .init(reference), other: .init(other))
    }

    @Test(
        "Offset and drift are found to 0.005 ms and 1 ppm in clean pairs",
        arguments: [
            (0, 0), (1, 0), (-2, 1), (4801, -1), (-48_000, 2), (90_000, 0), (31, -3),
        ])
    func clean(delay: Int, hertz: Int) throws {
        let reference = recording(delay: 0, hertz: 0, count: 12 * Self.rate)
        let found = try #require(
            try estimate(reference, recording(delay: delay, hertz: hertz, count: 12 * Self.rate)))
        let drift = Double(hertz) / Double(Self.rate) * 1e6
        let offset = Double(delay) / 48000 * (1 + drift * 1e-6)
        #expect(abs(found.offset - offset) < 5e-6, "\(found), expected \(offset) s")
        #expect(abs((found.drift ?? .nan) - drift) < 1, "\(found), expected \(drift) ppm")
    }

    @Test(
        "Through noise, a telephone, a room and automatic gain to 0.1 ms and 10 ppm",
        arguments: DegradationClass.chain)
    func degraded(degradationClass: DegradationClass) throws {
        let reference = recording(delay: 0, hertz: 0, count: 12 * Self.rate)
        for (index, delay) in [7, -12_345, 33_333].enumerated() {
            let other = Degradation(sampleRate: Self.rate).degrade(
                clean: recording(delay: delay, hertz: 1, count: 12 * Self.rate), class: degradationClass,
                snr: 5,
                split: .test, stream: RandomStream(key: "alignment/\(index)")
            ).degraded
            let found = try #require(try estimate(reference, other))
            let offset = Double(delay) / 48000 * (1 + 62.5e-6)
            #expect(abs(found.offset - offset) < 1e-4, "\(found), expected \(offset) s")
            #expect(abs((found.drift ?? .nan) - 62.5) < 10, "\(found), expected 62.5 ppm")
        }
    }

    @Test("Short pairs have an offset and no drift")
    func short() throws {
        let reference = Array(recording(delay: 0, hertz: 0, count: 4 * Self.rate)[8000..<24_000])
        let other = Array(recording(delay: 300, hertz: 0, count: 4 * Self.rate)[8000..<24_000])
        let found = try #require(try estimate(reference, other))
        #expect(abs(found.offset - 0.00625) < 5e-5, "\(found)")
        #expect(found.drift == nil)
        #expect(found.certainDrift == 0)
    }

    @Test("What has nothing in common gives nothing")
    func unrelated() throws {
        var noise = RandomStream(key: "unrelated")
        let reference = recording(delay: 0, hertz: 0, count: 5 * Self.rate)
        let other = reference.indices.map { _ in Float(0.1 * noise.gaussian()) }
        #expect(try estimate(reference, other) == nil)
        #expect(try estimate(reference, [Float](repeating: 0, count: reference.count)) == nil)
        #expect(try estimate([Float](repeating: 0, count: 100), reference) == nil)
        #expect(try estimate([], reference) == nil)
        // Beyond the bound it is not looked for.
        let late = recording(delay: 3 * 48_000, hertz: 0, count: 8 * Self.rate)
        #expect(try estimate(reference, late) == nil)
    }

    @Test("Correction puts a delayed and drifted recording back to 40 dB below it")
    func correction() throws {
        let reference = recording(delay: 0, hertz: 0, count: 12 * Self.rate)
        let other = recording(delay: 1234, hertz: 2, count: 12 * Self.rate)
        let found = try #require(try estimate(reference, other))
        let range = 16_000..<160_000
        let corrected = found.corrected(range, sampleRate: Self.rate, count: other.count) { Array(other[$0]) }
        var (signal, error) = (0.0, 0.0)
        for (index, place) in range.enumerated() {
            signal += Double(reference[place] * reference[place])
            error += Double((corrected[index] - reference[place]) * (corrected[index] - reference[place]))
        }
        let ratio = Mathematics.decibels(gain: (signal / error).squareRoot())
        #expect(ratio > 40, "\(ratio) dB")
        // Cut into pieces it is the same, and beyond the ends it is silent.
        let piece = found.corrected(50_000..<50_100, sampleRate: Self.rate, count: other.count) {
            Array(other[$0])
        }
        #expect(piece == Array(corrected[34_000..<34_100]))
        let behind = found.corrected(
            10_000_000..<10_000_010, sampleRate: Self.rate, count: other.count
        ) { Array(other[$0]) }
        #expect(behind == [Float](repeating: 0, count: 10))
    }
}
