import Audio
import StrictJSON
import Tensor

/// Fundamental frequency and voicing by pYIN: `{"kind": "pitch"}`.
public struct PitchFeature: AudioFeature {
    public static let kind = "pitch"
    public static let summary = "fundamental frequency and voicing every 10 ms, [frames x 3]"
    public static let version = 1
    public static let columns = "frequency Hz, voiced (0 or 1), voicing probability"

    public var lowest = 65.0
    public var highest = 1000.0

    public init() {}

    public static let fields: [Field<Self>] = [
        Field("lowest", \.lowest, in: 20...10_000, "lowest pitch that is looked for, Hz"),
        Field("highest", \.highest, in: 21...20_000, "highest pitch that is looked for, Hz"),
    ]

    public func validate() throws {
        guard lowest < highest else {
            throw JSONError(at: "lowest", "\(lowest) Hz is not below highest = \(highest) Hz")
        }
    }

    public func compute(_ samples: [Float], sampleRate: Int) throws -> NumpyArray {
        guard highest <= Double(sampleRate) / 4 else {
            throw DatasetError.recipe(
                "pitch.highest: \(highest) Hz is too high for recordings of \(sampleRate) Hz; accepted: at most a "
                    + "quarter of the rate")
        }
        let frames = PitchFrames(
            sampleRate: sampleRate, minimumFrequency: lowest, maximumFrequency: highest)
        let track = ProbabilisticYIN(frames).track(samples.map(Double.init))
        return NumpyArray(
            columns: [track.frequencies, track.isVoiced.map { $0 ? 1 : 0 }, track.voicingProbabilities])
    }
}

/// The onset envelope, from which rhythm is found: `{"kind": "onset"}`.
public struct OnsetFeature: AudioFeature {
    public static let kind = "onset"
    public static let summary = "strength of onsets every 10 ms, [frames x 1]"
    public static let version = 1
    public static let columns = "mean rise of the mel bands' levels, dB"

    public init() {}

    public static let fields: [Field<Self>] = []

    public func compute(_ samples: [Float], sampleRate: Int) -> NumpyArray {
        NumpyArray(
            columns: [OnsetStrength(sampleRate: sampleRate).envelope(of: samples.map(Double.init)).values])
    }
}

/// Loudness and sharpness over time: `{"kind": "loudness", "full_scale_db_spl": 94}`.
public struct LoudnessFeature: AudioFeature {
    public static let kind = "loudness"
    public static let summary = "loudness (ISO 532-1) and sharpness (DIN 45692) every 2 ms, [frames x 2]"
    public static let version = 1
    public static let columns = "loudness sone, sharpness acum"

    /// What the samples mean in the air; stored with the feature, because its numbers depend on it.
    public var fullScaleLevel = 94.0

    public init() {}

    public static let fields: [Field<Self>] = [
        Field(
            "full_scale_db_spl", \.fullScaleLevel, in: 0...200,
            "sound pressure level of a sine of full scale, dB SPL")
    ]

    public func compute(_ samples: [Float], sampleRate: Int) throws -> NumpyArray {
        do {
            let loudness = try TimeVaryingLoudness.measure(
                samples, sampleRate: sampleRate,
                calibration: Calibration(fullScaleSineLevel: fullScaleLevel))
            return NumpyArray(columns: [loudness.loudness, loudness.sharpness])
        } catch {
            throw DatasetError.recipe("loudness: \(error)")
        }
    }
}
