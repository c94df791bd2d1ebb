import Audio
import Experiments
import Foundation
import StrictJSON

/// One feature that `workbench features` prints.
struct Feature {
    let name: String
    let unit: String
    /// The summary's members; throws `Undefined` for sounds that have none.
    let summarise: (FeatureInput) throws -> JSONObject

    init(_ name: String, unit: String, _ summarise: @escaping (FeatureInput) throws -> JSONObject) {
        self.name = name
        self.unit = unit
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
        Feature("level", unit: "dBFS") { try level($0.mono) },
        Feature("mel", unit: "dB") { mel($0) },
        Feature("pitch", unit: "Hz") { try pitch($0) },
        Feature("voicing", unit: "share") { voicing($0.pitch) },
        Feature("onsets", unit: "s") { onsets($0) },
        Feature("tempo", unit: "beats/min") { try tempo($0.rhythm) },
        Feature("beats", unit: "s") { moments($0.rhythm.beats) },
    ]

    // MARK: Summaries

    /// Mean power and the largest sample, both against full scale.
    private static func level(_ samples: [Double]) throws -> JSONObject {
        let power = samples.reduce(0) { $0 + $1 * $1 } / Double(samples.count)
        guard power > 0 else { throw Undefined(reason: "digital silence") }
        let peak = samples.reduce(0) { max($0, abs($1)) }
        return ["rms": number(10 * log10(power)), "peak": number(20 * log10(peak))]
    }

    private static func mel(_ input: FeatureInput) -> JSONObject {
        let (levels, bands) = (input.mel, FeatureInput.melBands)
        let frames = levels.count / bands
        let means = (0..<bands).map { band in
            number((0..<frames).reduce(0) { $0 + levels[$1 * bands + band] } / Double(frames))
        }
        var object = series(levels)
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
        let sorted = values.sorted()
        return [
            "mean": number(values.reduce(0, +) / Double(values.count)),
            "median": number(Quantile.of(sorted, 0.5)), "p10": number(Quantile.of(sorted, 0.1)),
            "p90": number(Quantile.of(sorted, 0.9)), "min": number(sorted.first ?? .nan),
            "max": number(sorted.last ?? .nan), "frames": .integer(values.count),
        ]
    }

    /// Six decimals: more than any of these values is worth.
    static func number(_ value: Double) -> JSONValue { .number((value * 1e6).rounded() / 1e6) }
}
