import Foundation
import Hashing
import StrictJSON

/// A step from raw recordings to what a model is trained with, in the order in which they are done.
public enum PipelineStage: String, ConfigValue, CaseIterable, Sendable {
    /// Any sound file to uncompressed samples.
    case decode
    /// All channels to their mean.
    case mono
    /// The level where the sound is active to a common one.
    case normalise
    /// Any rate to a common one.
    case resample
    /// What models are told beside the sound.
    case features
}

/// How a folder of recordings is prepared: `{"path": "recordings", "stages": ["decode", "resample"]}`.
public struct PipelineConfig: Configurable {
    public var path = ""
    public var into = ""
    public var stages = PipelineStage.allCases
    public var level = -26.0
    public var sampleRate = 16000
    public var features: [Choice<FeatureRegistry>] = [
        Choice(LogMelFeature()), Choice(PitchFeature()), Choice(OnsetFeature()), Choice(LoudnessFeature()),
    ]
    public var keepStages = false

    public init() {}

    public static let fields: [Field<Self>] = [
        Field("path", \.path, "folder of recordings, with subfolders; nothing in it is changed"),
        Field("into", \.into, "folder of the results; empty: datasets/prepared/NAME"),
        Field("stages", \.stages, count: 1..., "what is done, always in this order"),
        Field(
            "level", \.level, in: -60...0,
            "normalise: RMS over the frames within 40 dB of the loudest, dBFS; less if the peak would pass 0.97"
        ),
        Field("sample_rate", \.sampleRate, in: 1000...192_000, "resample: rate of the results, Hz"),
        Field("features", \.features, "features: what is computed of each result"),
        Field("keep_stages", \.keepStages, "whether the sound after each stage is kept below stages/"),
    ]

    public func validate() throws {
        let working: [PipelineStage] = [.mono, .normalise, .resample]
        if let stage = working.first(where: stages.contains), !stages.contains(.decode) {
            throw JSONError(
                at: "stages",
                "\(stage.rawValue) changes the sound, and without decode no sound is written; add decode")
        }
        if stages.contains(.features), features.isEmpty {
            throw JSONError(at: "features", "no feature is named; name some, or leave the stage features out")
        }
        for (index, feature) in features.enumerated()
        where features[..<index].contains(where: { $0.json == feature.json }) {
            throw JSONError(at: JSONPath("features").appending(index), "stands there twice")
        }
    }

    /// Whether a stage is done.
    func does(_ stage: PipelineStage) -> Bool { stages.contains(stage) }

    /// The version of the processing: it goes up when the same keys give other samples.
    private static let processing = 1

    /// Changes when anything does that decides the sound of the results.
    var soundHash: String {
        let stages = PipelineStage.allCases.filter { $0 != .features && does($0) }.map(\.rawValue)
        let text = "\(Self.processing) \(stages.joined(separator: " "))"
        return SHA256.hex(
            of: text + (does(.normalise) ? " \(level)" : "") + (does(.resample) ? " \(sampleRate)" : ""))
    }
}
