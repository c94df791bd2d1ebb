import Foundation
import Tensor
import Testing

@testable import Audio

private func tone(_ frequency: Double, seconds: Double, rate: Int = 48000) -> [Float] {
    (0..<Int(seconds * Double(rate))).map { Float(sin(2 * .pi * frequency * Double($0) / Double(rate))) }
}

@Suite struct StationaryLoudnessTests {
    /// By definition of the sone; the standard tolerates 5 % or 0.1 sone.
    @Test(arguments: [(40.0, 1.0), (50, 2), (60, 4), (70, 8), (80, 16)])
    func tenDecibelsDoubleTheLoudness(level: Double, sone: Double) throws {
        let loudness = try StationaryLoudness.measure(
            tone(1000, seconds: 1), sampleRate: 48000, calibration: Calibration(fullScaleSineLevel: level),
            skipping: 0.5)
        #expect(abs(loudness.loudness - sone) < max(0.1, 0.05 * sone))
        #expect(abs(loudness.loudnessLevel - level) < 1)
        #expect(loudness.calibration == Calibration(fullScaleSineLevel: level))
    }

    @Test func otherRatesGiveTheSame() throws {
        let calibration = Calibration(fullScaleSineLevel: 70)
        let reference = try StationaryLoudness.measure(
            tone(2000, seconds: 1), sampleRate: 48000, calibration: calibration, skipping: 0.3)
        for rate in [16000, 22050, 44100] {
            let loudness = try StationaryLoudness.measure(
                tone(2000, seconds: 1, rate: rate), sampleRate: rate, calibration: calibration, skipping: 0.3)
            #expect(abs(loudness.loudness / reference.loudness - 1) < 0.002, "\(rate) Hz")
        }
    }

    /// The total is the integral of what is stored, to the width of a step.
    @Test func specificLoudnessAddsUpToLoudness() throws {
        let levels = (0..<28).map { 40 + 30 * sin(Double($0) * 1.3) }
        for field in SoundField.allCases {
            let loudness = StationaryLoudness(thirdOctaveLevels: levels, field: field)
            let sum = loudness.specificLoudness.reduce(0, +) * 0.1
            #expect(loudness.specificLoudness.count == 240)
            #expect(abs(sum / loudness.loudness - 1) < 0.02)
        }
    }

    @Test func silenceIsNotLoud() throws {
        let silence = [Float](repeating: 0, count: 4800)
        let calibration = Calibration(pascalsPerUnit: 1)
        let loudness = try StationaryLoudness.measure(silence, sampleRate: 48000, calibration: calibration)
        #expect(loudness.loudness == 0 && loudness.loudnessLevel == 3)
        #expect(Sharpness.allCases.allSatisfy { $0.value(of: loudness) == 0 })
        let none = StationaryLoudness(thirdOctaveLevels: [Double](repeating: -.infinity, count: 28))
        #expect(none.loudness == 0)
    }

    @Test func brokenAndEmptySignalsAreRefused() {
        let calibration = Calibration(pascalsPerUnit: 1)
        #expect(
            throws: SoundMeasurementError.notFinite(quantity: "third-octave levels", channel: 0, sample: 1)
        ) {
            try StationaryLoudness.measure([0, .nan], sampleRate: 48000, calibration: calibration)
        }
        #expect(throws: SoundMeasurementError.self) {
            try StationaryLoudness.measure([0, 0], sampleRate: 48000, calibration: calibration, skipping: 1)
        }
        #expect(throws: SoundMeasurementError.self) {
            try TimeVaryingLoudness.measure([], sampleRate: 48000, calibration: calibration)
        }
    }
}

@Suite struct TimeVaryingLoudnessTests {
    private let calibration = Calibration(fullScaleSineLevel: 60)

    /// A steady tone ends up as loud as the stationary method says.
    @Test func steadyTonesMeetTheStationaryMethod() throws {
        let samples = tone(1000, seconds: 1)
        let stationary = try StationaryLoudness.measure(
            samples, sampleRate: 48000, calibration: calibration, skipping: 0.5)
        let moving = try TimeVaryingLoudness.measure(samples, sampleRate: 48000, calibration: calibration)
        #expect(moving.loudness.count == 500 && moving.sharpness.count == 500)
        #expect(moving.specificLoudness.count == 100 * 240 && moving.specificStep == 5)
        #expect(abs(moving.loudness[490] / stationary.loudness - 1) < 0.01)
        #expect(abs(moving.sharpness[490] - Sharpness.din45692.value(of: stationary)) < 0.01)
        #expect(moving.maximum >= moving.exceeded(percent: 5))
        #expect(moving.exceeded(percent: 5) >= moving.exceeded(percent: 95))
    }

    /// Long tones ring on longer than short ones (the reason for the two capacitors).
    @Test func loudnessFadesSlowerBehindLongTones() throws {
        let rate = 48000
        func loudness(after seconds: Double) throws -> Double {
            let tone = tone(1000, seconds: seconds)
            let samples = tone + [Float](repeating: 0, count: rate / 4)
            let curve = try TimeVaryingLoudness.measure(samples, sampleRate: rate, calibration: calibration)
            let end = tone.count / 96
            return curve.specificLoudness[(end + 20) / 5 * 240..<((end + 20) / 5 + 1) * 240].reduce(0) {
                $0 + Double($1)
            }
        }
        let (long, short) = (try loudness(after: 0.3), try loudness(after: 0.01))
        #expect(long > 1.5 * short, "\(long) \(short)")
    }

    @Test func threadsDoNotMatter() throws {
        let samples = tone(700, seconds: 0.3).enumerated().map { $1 * Float($0 % 5000) / 5000 }
        let first = try TimeVaryingLoudness.measure(samples, sampleRate: 48000, calibration: calibration)
        let before = ThreadPool.shared.threadCount
        defer { ThreadPool.shared.threadCount = before }
        ThreadPool.shared.threadCount = before == 1 ? 3 : 1
        let second = try TimeVaryingLoudness.measure(samples, sampleRate: 48000, calibration: calibration)
        #expect(first == second)
    }

    /// Digital silence behind a sound must not make arithmetic slow (subnormal numbers) or leave a rest.
    @Test func silenceBehindASoundIsSilent() throws {
        let samples = tone(1000, seconds: 0.1) + [Float](repeating: 0, count: 96000)
        let curve = try TimeVaryingLoudness.measure(samples, sampleRate: 48000, calibration: calibration)
        #expect(curve.loudness.last.map { $0 < 1e-6 } == true)
        #expect(curve.sharpness.last == 0)
        #expect(curve.loudness.allSatisfy { $0 >= 0 && $0.isFinite })
    }
}

@Suite struct SharpnessTests {
    /// One critical band of noise around 1 kHz at 60 dB defines 1 acum; a third-octave band is close to it.
    @Test func aBandAtOneKilohertzHasOneAcum() {
        var levels = [Double](repeating: 0, count: 28)
        levels[16] = 60
        let loudness = StationaryLoudness(thirdOctaveLevels: levels)
        for kind in Sharpness.allCases {
            #expect(abs(kind.value(of: loudness) - 1) < 0.1, "\(kind)")
        }
    }

    @Test func higherBandsAreSharper() {
        func sharpness(of band: Int) -> Double {
            var levels = [Double](repeating: 0, count: 28)
            levels[band] = 60
            return Sharpness.din45692.value(of: StationaryLoudness(thirdOctaveLevels: levels))
        }
        #expect(sharpness(of: 10) < sharpness(of: 16) && sharpness(of: 16) < sharpness(of: 24))
    }
}
