import Audio
import Foundation
import Statistics
import StrictJSON

/// One feature that `workbench features` prints.
struct Feature: Sendable {
    let name: String
    let unit: String
    /// The summary's members; throws `Undefined` or `SoundMeasurementError` for sounds that have none.
    let summarise: @Sendable (FeatureInput) throws -> JSONObject
    /// What it looks like; asked only of sounds that have a summary.
    let picture: @Sendable (FeatureInput) throws -> FeaturePicture

    init(
        _ name: String, unit: String, picture: @escaping @Sendable (FeatureInput) throws -> FeaturePicture,
        _ summarise: @escaping @Sendable (FeatureInput) throws -> JSONObject
    ) {
        self.name = name
        self.unit = unit
        self.picture = picture
        self.summarise = summarise
    }

    /// Why a sound has no such feature.
    struct Undefined: Error {
        let reason: String
    }
}

extension Feature {
    /// All features, in the order of the table. A new one is one line.
    static let all: [Feature] = [
        Feature("level", unit: "dBFS", picture: { .level($0) }) { try level($0.mono) },
        Feature("a_weighted_level", unit: "dBFS(A)", picture: { try .weightedLevel($0) }) {
            try weightedLevel($0)
        },
        Feature("programme_loudness", unit: "LUFS", picture: { try .programmeLoudness($0) }) {
            try programmeLoudness($0)
        },
        Feature("loudness_range", unit: "LU", picture: { try .programmeLoudness($0) }) {
            try loudnessRange($0)
        },
        Feature("true_peak", unit: "dBTP", picture: { .truePeak($0) }) { try truePeak($0) },
        Feature("mel", unit: "dB", picture: { .mel($0) }) { mel($0) },
        Feature("mfcc", unit: "dB", picture: { .mfcc($0) }) { mfcc($0) },
        Feature("centroid", unit: "Hz", picture: { .centroid($0) }) { try shape($0, $0.shape.centroid) },
        Feature("bandwidth", unit: "Hz", picture: { .bandwidth($0) }) { try shape($0, $0.shape.bandwidth) },
        Feature("roll_off", unit: "Hz", picture: { .rollOff($0) }) {
            try shape($0, $0.shape.rollOff(), ["share": 0.85])
        },
        Feature("flatness", unit: "ratio", picture: { .flatness($0) }) {
            try shape($0, $0.shape.flatness(), ["amin": 1e-10])
        },
        Feature("pitch", unit: "Hz", picture: { .pitch($0) }) { try pitch($0) },
        Feature("voicing", unit: "share", picture: { .voicing($0) }) { voicing($0.pitch) },
        Feature("onsets", unit: "s", picture: { .onsets($0) }) { onsets($0) },
        Feature("tempo", unit: "beats/min", picture: { .tempo($0) }) { try tempo($0.rhythm) },
        Feature("beats", unit: "s", picture: { .beats($0) }) { moments($0.rhythm.beats) },
        Feature("loudness", unit: "sone", picture: { try .loudness($0) }) { try loudness($0) },
        Feature("sharpness", unit: "acum", picture: { try .sharpness($0) }) { try sharpness($0) },
    ]

    // MARK: Summaries

    /// Mean power and the largest sample, both against full scale.
    private static func level(_ samples: [Double]) throws -> JSONObject {
        let power = samples.reduce(0) { $0 + $1 * $1 } / Double(samples.count)
        guard power > 0 else { throw Undefined(reason: "digital silence") }
        let peak = samples.reduce(0) { max($0, abs($1)) }
        return ["rms": number(10 * log10(power)), "peak": number(20 * log10(peak))]
    }

    private static func weightedLevel(_ input: FeatureInput) throws -> JSONObject {
        let meter = WeightedLevel(sampleRate: input.waveform.sampleRate, weighting: .a)
        let level = try meter.level(of: input.waveform.mono)
        guard level.isFinite else { throw Undefined(reason: "nothing passes the weighting") }
        return ["value": number(level)]
    }

    private static func programmeLoudness(_ input: FeatureInput) throws -> JSONObject {
        let loudness = try input.programme.get()
        guard let integrated = loudness.integrated else {
            throw Undefined(reason: "no block of 0.4 s is louder than -70 LUFS")
        }
        var object: JSONObject = ["value": number(integrated)]
        if let peak = loudness.momentary.max(), peak.isFinite { object["max_momentary"] = number(peak) }
        if let peak = loudness.shortTerm.max(), peak.isFinite { object["max_short_term"] = number(peak) }
        return object
    }

    private static func loudnessRange(_ input: FeatureInput) throws -> JSONObject {
        guard let range = try input.programme.get().range else {
            throw Undefined(reason: "no block of 3 s is louder than -70 LUFS")
        }
        return ["value": number(range)]
    }

    private static func truePeak(_ input: FeatureInput) throws -> JSONObject {
        let peak = try TruePeak.measure(input.waveform).decibels
        guard peak.isFinite else { throw Undefined(reason: "digital silence") }
        return ["value": number(peak)]
    }

    private static func mfcc(_ input: FeatureInput) -> JSONObject {
        let cepstrum = input.cepstrum
        let means = (0..<cepstrum.width).map { index in
            let sum = (0..<cepstrum.frameCount).reduce(0) { $0 + cepstrum[$1, index] }
            return number(sum / Double(cepstrum.frameCount))
        }
        return [
            "coefficient_means": .array(means), "frames": .integer(cepstrum.frameCount),
            "parameters": ["n_mfcc": .integer(cepstrum.width), "n_mels": .integer(FeatureInput.melBands)],
        ]
    }

    /// One value per frame that follows from its magnitudes alone.
    private static func shape(
        _ input: FeatureInput, _ values: [Double], _ extra: JSONObject = [:]
    ) throws -> JSONObject {
        guard input.mono.contains(where: { $0 != 0 }) else { throw Undefined(reason: "digital silence") }
        var object = series(values)
        var parameters = input.spectrumParameters
        for (key, value) in extra.members { parameters[key] = value }
        object["parameters"] = .object(parameters)
        return object
    }

    private static func loudness(_ input: FeatureInput) throws -> JSONObject {
        let loudness = try input.loudness.get()
        var object = series(loudness.loudness)
        object["n5"] = number(loudness.exceeded(percent: 5))
        object["parameters"] = .object(input.calibrationParameters)
        return object
    }

    private static func sharpness(_ input: FeatureInput) throws -> JSONObject {
        let loudness = try input.loudness.get()
        // Of near silence the sharpness says nothing.
        let audible = zip(loudness.sharpness, loudness.loudness).filter { $1 >= 0.1 }.map(\.0)
        guard !audible.isEmpty else { throw Undefined(reason: "nothing is louder than 0.1 sone") }
        var object = series(audible)
        object["parameters"] = .object(input.calibrationParameters)
        return object
    }

    private static func mel(_ input: FeatureInput) -> JSONObject {
        let levels = input.mel
        let bands = levels.width
        let means = (0..<bands).map { band in
            let sum = (0..<levels.frameCount).reduce(0) { $0 + levels[$1, band] }
            return number(sum / Double(levels.frameCount))
        }
        var object = series(levels.values)
        object["band_means"] = .array(means)
        var parameters = input.spectrumParameters
        parameters["n_mels"] = .integer(bands)
        parameters["amin"] = 1e-10
        object["parameters"] = .object(parameters)
        return object
    }

    private static func pitch(_ input: FeatureInput) throws -> JSONObject {
        let voiced = input.pitch.voicedFrequencies.filter { $0 > 0 }
        guard !voiced.isEmpty else { throw Undefined(reason: "no frame is voiced") }
        var object = series(voiced)
        object["parameters"] = .object(input.pitchParameters)
        return object
    }

    private static func voicing(_ track: PitchTrack) -> JSONObject {
        [
            "value": number(track.voicedShare), "frames": .integer(track.frameCount),
            "mean_probability": number(
                track.voicingProbabilities.reduce(0, +) / Double(max(1, track.frameCount))),
        ]
    }

    private static func tempo(_ rhythm: Rhythm) throws -> JSONObject {
        guard let tempo = rhythm.tempo else { throw Undefined(reason: "no onsets that repeat") }
        return ["value": number(tempo.beatsPerMinute), "strength": number(tempo.strength)]
    }

    private static func onsets(_ input: FeatureInput) -> JSONObject {
        var object = moments(input.rhythm.onsets)
        var parameters = input.spectrumParameters
        parameters["n_mels"] = 128
        parameters["top_db"] = 80
        object["parameters"] = .object(parameters)
        return object
    }

    private static func moments(_ times: [Double]) -> JSONObject {
        ["count": .integer(times.count), "times": .array(times.map(number))]
    }

    // MARK: Statistics

    /// The statistics of one value per frame.
    static func series(_ values: [Double]) -> JSONObject {
        let mean = SampleSummary(values)?.mean ?? .nan
        func quantile(_ p: Double) -> JSONValue { number(values.quantile(p) ?? .nan) }
        return [
            "mean": number(mean), "median": quantile(0.5), "p10": quantile(0.1), "p90": quantile(0.9),
            "min": quantile(0), "max": quantile(1), "frames": .integer(values.count),
        ]
    }

    /// Six decimals: more than any of these values is worth.
    static func number(_ value: Double) -> JSONValue { .number((value * 1e6).rounded() / 1e6) }
}
