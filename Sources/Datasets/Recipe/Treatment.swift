import Audio
import StrictJSON

/// What is done with recordings of one role.
public struct Treatment: Configurable {
    public var role = DataRole.speech
    public var trimDecibels = 0.0
    public var paddingMilliseconds = 100.0
    public var level: Double?
    public var gain = 0.0
    public var pieceSeconds = 0.0
    public var trainSeconds = [0.05, 3600]
    public var validationSeconds = [0.05, 3600]
    public var testSeconds = [0.05, 3600]

    public init() {}

    public static let fields: [Field<Self>] = [
        Field("role", \.role, required: true, "the role"),
        Field(
            "trim_decibels", \.trimDecibels, in: 0...120,
            "keeps what lies between the first and the last 25 ms frame within this of the loudest, dB; 0: all"
        ),
        Field("padding_ms", \.paddingMilliseconds, in: 0...1000, "kept around that, ms"),
        Field(
            "level", \.level, in: (-60.0)...0,
            "RMS over the frames within 40 dB of the loudest, dBFS; null: as it is"),
        Field("gain", \.gain, in: (-40.0)...20, "amplification where no level is set, dB"),
        Field(
            "piece_seconds", \.pieceSeconds, in: 0...600,
            "longer recordings are cut to pieces of this, s; 0: whole"),
        Field(
            "train_seconds", \.trainSeconds, count: 2...2, each: 0...36000,
            "shortest and longest for training, s"),
        Field(
            "validation_seconds", \.validationSeconds, count: 2...2, each: 0...36000,
            "shortest and longest for validation, s"),
        Field(
            "test_seconds", \.testSeconds, count: 2...2, each: 0...36000,
            "shortest and longest for the test, s"),
    ]

    /// The accepted durations, in seconds.
    func seconds(_ split: DataSplit) -> ClosedRange<Double> {
        let bounds =
            switch split {
            case .train: trainSeconds
            case .validation: validationSeconds
            case .test: testSeconds
            }
        return bounds[0]...max(bounds[0], bounds[1])
    }

    public func validate() throws {
        for (key, bounds) in [
            ("train_seconds", trainSeconds), ("validation_seconds", validationSeconds),
            ("test_seconds", testSeconds),
        ] where bounds.count == 2 && bounds[0] > bounds[1] {
            throw JSONError(at: JSONPath(key), "the shortest is longer than the longest")
        }
    }
}
