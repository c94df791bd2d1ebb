import Foundation
import Tensor

/// Loudness of a steady sound by the method of Zwicker, with its distribution over the critical bands.
///
/// Third-octave levels -> core loudness of 20 critical bands -> slopes of the auditory pattern -> specific
/// loudness N'(z) -> N = integral of N'(z) over 0 ... 24 Bark. A 1 kHz tone of 40 dB SPL has 1 sone, and each
/// 10 dB above double the value.
///
/// Source: ISO 532-1:2017, clause 5 (stationary sounds). The standard rounds the total to 0.001 sone (0.01
/// above 16 sone) for its report; here it is not rounded.
public struct StationaryLoudness: Sendable, Equatable {
    /// N, sone.
    public let loudness: Double
    /// 28 third-octave levels, 25 Hz to 12.5 kHz, dB SPL.
    public let thirdOctaveLevels: [Double]
    /// 20 critical bands and a closing zero, sone/Bark.
    public let coreLoudness: [Double]
    /// N' at 0.1, 0.2 ... 24.0 Bark, sone/Bark.
    public let specificLoudness: [Double]
    public let field: SoundField
    /// What the samples meant in pascals; nil when the levels were given.
    public let calibration: Calibration?

    /// LN, phon: the level of the 1 kHz tone that is as loud.
    public var loudnessLevel: Double { LoudnessPattern.level(ofLoudness: loudness) }

    /// Loudness of a spectrum.
    ///
    /// - Parameters:
    ///   - levels: 28 third-octave levels, 25 Hz to 12.5 kHz, dB SPL, at most 120 dB.
    ///   - field: default free.
    public init(thirdOctaveLevels levels: [Double], field: SoundField = .free) {
        self.init(levels: levels, field: field, calibration: nil)
    }

    /// Loudness of a recording, taken as one steady sound.
    ///
    /// - Parameters:
    ///   - samples: one channel.
    ///   - sampleRate: hertz; rates other than 48 kHz are resampled, and rates below carry no high bands.
    ///   - calibration: what the samples mean in pascals.
    ///   - field: default free.
    ///   - skipped: seconds at the start that do not count; default 0. The filters of the lowest bands settle
    ///     within 0.5 s.
    /// - Throws: `SoundMeasurementError` for samples that are not finite and when nothing is left to count.
    public static func measure(
        _ samples: [Float], sampleRate: Int, calibration: Calibration, field: SoundField = .free,
        skipping skipped: Double = 0
    ) throws(SoundMeasurementError) -> StationaryLoudness {
        let levels = try ThirdOctaveBank(calibration: calibration).levels(
            of: samples, sampleRate: sampleRate, skipping: skipped)
        return StationaryLoudness(levels: levels, field: field, calibration: calibration)
    }

    private init(levels: [Double], field: SoundField, calibration: Calibration?) {
        require(
            levels.count == LoudnessTables.thirdOctaveCount,
            "[loudness] expects \(LoudnessTables.thirdOctaveCount) third-octave levels, got \(levels.count)")
        require(levels.allSatisfy { !$0.isNaN }, "[loudness] a third-octave level is not a number")
        thirdOctaveLevels = levels
        self.field = field
        self.calibration = calibration
        var core = [Double](repeating: 0, count: LoudnessTables.coreCount + 1)
        LoudnessPattern.core(levels: levels, field: field, into: &core)
        var specific = [Double](repeating: 0, count: LoudnessTables.stepCount)
        loudness = LoudnessPattern.integrate(core: core, specific: &specific)
        coreLoudness = core
        specificLoudness = specific
    }
}
