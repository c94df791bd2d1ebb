import Foundation
import Tensor
import Testing

@testable import Audio

/// Tones of several levels in a row, alike in both channels.
private func stereoTones(_ parts: [(level: Double, seconds: Double)], rate: Int = 48000) -> Waveform {
    var samples: [Float] = []
    for part in parts {
        let amplitude = pow(10, part.level / 20)
        let start = samples.count
        for n in start..<start + Int(part.seconds * Double(rate)) {
            samples.append(Float(amplitude * sin(2 * .pi * 1000 * Double(n) / Double(rate))))
        }
    }
    return Waveform(sampleRate: rate, channels: [samples, samples])
}

@Suite struct ProgrammeLoudnessTests {
    /// EBU Tech 3341, minimum requirements, cases 1 to 5: within 0.1 LU.
    @Test(
        arguments: [
            ([(-23.0, 20.0)], -23.0), ([(-33, 20)], -33),
            ([(-36, 10), (-23, 60), (-36, 10)], -23),
            ([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23),
            ([(-26, 20), (-20, 20.1), (-26, 20)], -23),
        ] as [([(Double, Double)], Double)])
    func integratedLoudnessOfTheTestSignals(parts: [(Double, Double)], expected: Double) throws {
        let loudness = try ProgrammeLoudness.measure(stereoTones(parts.map { (level: $0.0, seconds: $0.1) }))
        #expect(abs(try #require(loudness.integrated) - expected) <= 0.1)
    }

    /// EBU Tech 3341, case 6: five channels.
    @Test func surroundChannelsCountMore() throws {
        let channels = [-28.0, -28, -24, -30, -30].map { level in
            stereoTones([(level: level, seconds: 20)]).channels[0]
        }
        let loudness = try ProgrammeLoudness.measure(Waveform(sampleRate: 48000, channels: channels))
        #expect(abs(try #require(loudness.integrated) + 23) <= 0.1)
        let withEffects = Waveform(
            sampleRate: 48000, channels: Array(channels[0..<3]) + [channels[2]] + Array(channels[3...]))
        #expect(try ProgrammeLoudness.measure(withEffects).integrated == loudness.integrated)
    }

    /// EBU Tech 3342, minimum requirements, cases 1 to 4; the standard allows 1 LU.
    @Test(
        arguments: [
            ([-20.0, -30], 10.0), ([-20, -15], 5), ([-40, -20], 20), ([-50, -35, -20, -35, -50], 15),
        ] as [([Double], Double)])
    func loudnessRangeOfTheTestSignals(levels: [Double], expected: Double) throws {
        let loudness = try ProgrammeLoudness.measure(stereoTones(levels.map { (level: $0, seconds: 20) }))
        #expect(abs(try #require(loudness.range) - expected) <= 0.2)
    }

    /// The re-derived filters have to be those of the standard at its own rate.
    @Test func prototypesGiveThePublishedCoefficients() {
        let published = KWeighting(sampleRate: 48000)
        for (derived, table) in [
            (KWeighting.shelf(sampleRate: 48000), published.shelf),
            (KWeighting.highPass(sampleRate: 48000), published.highPass),
        ] {
            let differences = [
                derived.b0 - table.b0, derived.b1 - table.b1, derived.b2 - table.b2, derived.a1 - table.a1,
                derived.a2 - table.a2,
            ]
            #expect(differences.allSatisfy { abs($0) < 1e-9 }, "\(differences)")
        }
    }

    @Test func silenceShortAndBrokenSignalsHaveNoLoudness() throws {
        let silence = Waveform(sampleRate: 16000, mono: [Float](repeating: 0, count: 64000))
        let quiet = try ProgrammeLoudness.measure(silence)
        #expect(quiet.integrated == nil && quiet.range == nil)
        #expect(quiet.momentary.count == 37 && quiet.shortTerm.count == 11)
        let short = try ProgrammeLoudness.measure(Waveform(sampleRate: 16000, mono: [0.5, 0.5]))
        #expect(short.integrated == nil && short.momentary.isEmpty)
        var samples = [Float](repeating: 0.1, count: 16000)
        samples[700] = .nan
        #expect(
            throws: SoundMeasurementError.notFinite(quantity: "programme loudness", channel: 0, sample: 700)
        ) {
            try ProgrammeLoudness.measure(Waveform(sampleRate: 16000, mono: samples))
        }
        #expect(throws: SoundMeasurementError.self) {
            try ProgrammeLoudness.measure(
                Waveform(sampleRate: 16000, channels: Array(repeating: [0, 0], count: 7)))
        }
        #expect(throws: SoundMeasurementError.self) {
            try ProgrammeLoudness.measure(Waveform(sampleRate: 2000, mono: [0, 0]))
        }
    }
}

@Suite struct TruePeakTests {
    @Test func peaksBetweenSamplesAreFound() throws {
        // The maximum of the pulse lies midway between samples 100 and 101.
        let samples = (0..<201).map { n in
            let x = Double.pi * (Double(n) - 100.5)
            return Float(0.8 * sin(0.8 * x) / (0.8 * x))
        }
        let peak = try TruePeak.measure(Waveform(sampleRate: 48000, mono: samples))
        #expect(abs(peak.amplitude - 0.8) < 0.002)
        #expect((samples.map(abs).max() ?? 0) < 0.65)
    }

    /// Blocks that cannot hold the peak are not interpolated; backwards, those are other blocks.
    @Test func thePeakIsTheSameBackwards() throws {
        var stream = RandomStream(seed: 5, "true peak test", 0)
        for length in [1, 63, 64, 65, 5000] {
            let samples = (0..<length).map { Float(stream.gaussian()) * ($0 % 700 < 90 ? 0.3 : 0.1) }
            let interpolator = PeakInterpolator(factor: 8)
            let forwards = interpolator.peak(of: samples)
            let backwards = interpolator.peak(of: samples.reversed())
            #expect(forwards >= Double(samples.map(abs).max() ?? 0))
            #expect(abs(forwards - backwards) < 1e-5 * forwards, "\(length) samples")
        }
    }

    @Test func silenceHasNoPeak() throws {
        let peak = try TruePeak.measure(Waveform(sampleRate: 8000, channels: [[0, 0], [0, 0.25]]))
        #expect(peak.amplitudes[0] == 0 && peak.amplitudes[1] >= 0.25)
        #expect(try TruePeak.measure(Waveform(sampleRate: 8000, mono: [])).decibels == -.infinity)
    }
}

@Suite struct WeightedLevelTests {
    @Test func framesOfASineHaveItsLevel() throws {
        let samples = (0..<48000).map { Float(0.5 * sin(2 * .pi * 1000 * Double($0) / 48000)) }
        let expected = 20 * log10(0.5) - 10 * log10(2.0)
        for weighting in FrequencyWeighting.allCases {
            let meter = WeightedLevel(sampleRate: 48000, weighting: weighting)
            #expect(abs(try meter.level(of: samples) - expected) < 0.01)
            let frames = try meter.levels(of: samples, frameLength: 4800, hopLength: 2400)
            #expect(frames.count == 19)
            #expect(frames.allSatisfy { abs($0 - expected) < 0.01 })
        }
    }

    @Test func aWeightingTakesBassAway() throws {
        let samples = (0..<48000).map { Float(0.5 * sin(2 * .pi * 100 * Double($0) / 48000)) }
        let flat = try WeightedLevel(sampleRate: 48000, weighting: .none).level(of: samples)
        let weighted = try WeightedLevel(sampleRate: 48000).level(of: samples)
        #expect(abs(flat - weighted - 19.1) < 0.1)
    }

    @Test func emptyAndShortSignalsAreRefused() {
        let meter = WeightedLevel(sampleRate: 16000)
        #expect(throws: SoundMeasurementError.self) { try meter.level(of: []) }
        #expect(throws: SoundMeasurementError.self) {
            try meter.levels(of: [0, 0, 0], frameLength: 4, hopLength: 2)
        }
        #expect(throws: SoundMeasurementError.self) { try meter.level(of: [0, .infinity]) }
    }

    @Test func lengthsToTransformAreClose() {
        #expect(WeightedLevel.transformLength(atLeast: 1) == 1)
        #expect(WeightedLevel.transformLength(atLeast: 1025) == 1280)
        #expect(WeightedLevel.transformLength(atLeast: 1281) == 1536)
    }
}

@Suite struct CalibrationTests {
    @Test func fullScaleSineAndPascalsAreTwoWaysToSayTheSame() throws {
        let calibration = Calibration(fullScaleSineLevel: 94)
        #expect(abs(calibration.pascalsPerUnit - 2e-5 * pow(10, 94.0 / 20) * 2.0.squareRoot()) < 1e-12)
        #expect(abs(calibration.fullScaleSineLevel - 94) < 1e-9)
        #expect(abs(calibration.level(meanSquare: 0.5) - 94) < 1e-9)
        #expect(calibration.level(meanSquare: 0) == -.infinity)
        #expect(calibration.description == "full-scale sine = 94.00 dB SPL")
        let stored = try JSONEncoder().encode(calibration)
        #expect(try JSONDecoder().decode(Calibration.self, from: stored) == calibration)
    }
}
