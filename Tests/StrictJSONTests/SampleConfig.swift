import StrictJSON

enum Window: String, CaseIterable, ConfigValue { case hann, hamming, sqrtHann = "sqrt_hann" }

struct OptimizerConfig: Configurable {
    var learningRate = 1e-3
    var betas = [0.9, 0.999]

    static let fields: [Field<Self>] = [
        Field("learning_rate", \.learningRate, in: Above(0, through: 1), "step size of Adam"),
        Field("betas", \.betas, count: 2...2, each: 0..<1, "decay of the moments"),
    ]
}

struct StageConfig: Configurable {
    var depth = 2

    static let fields: [Field<Self>] = [Field("depth", \.depth, in: 1...8, "levels")]
}

protocol SampleDataset { var length: Int { get } }

struct SyntheticDataset: Component, SampleDataset {
    static let kind = "synthetic"
    static let summary = "made by the program"
    var count = 100
    var length: Int { count }

    static let fields: [Field<Self>] = [Field("count", \.count, in: 1..., "number of performances")]
}

struct FolderDataset: Component, SampleDataset {
    static let kind = "paired_folders"
    static let summary = "files matched by name"
    var path = ""
    var limit: Int?
    var length: Int { limit ?? 0 }

    static let fields: [Field<Self>] = [
        Field("path", \.path, required: true, "the folder"),
        Field("limit", \.limit, in: 1..., "at most that many files"),
    ]
}

enum SampleDatasets: Registry {
    typealias Item = any SampleDataset
    static let name = "dataset"
    static let kinds: [any Component.Type] = [SyntheticDataset.self, FolderDataset.self]
}

struct SampleConfig: Configurable {
    var name = "unnamed"
    var epochs = 10
    var rate = 16_000
    var window = Window.hann
    var seed: Int?
    var isQuiet = false
    var optimizer = OptimizerConfig(learningRate: 3e-4)
    var stages = [StageConfig(), StageConfig(depth: 3)]
    var dataset = Choice<SampleDatasets>(SyntheticDataset(count: 7))
    var extras: [Choice<SampleDatasets>] = []

    static let fields: [Field<Self>] = [
        Field("name", \.name, "what the run is called"),
        Field("epochs", \.epochs, in: 1...1000, "passes over the data"),
        Field("rate", \.rate, oneOf: [16_000, 48_000], "sample rate in Hz"),
        Field("window", \.window, "of the STFT"),
        Field("seed", \.seed, in: 0..., "of all random draws; null takes a new one"),
        Field("quiet", \.isQuiet, "no progress"),
        Field("optimizer", \.optimizer, "how weights move"),
        Field("stages", \.stages, count: 1...2, "the autoencoders, in order"),
        Field("dataset", \.dataset, "what to train on"),
        Field("extras", \.extras, "further datasets"),
    ]

    func validate() throws {
        if epochs == 13 { throw JSONError(at: "epochs", "13 brings bad luck; accepted: any other number") }
    }
}

/// The text of the error that decoding a document with `--set` arguments gives; `nil` if it gives none.
func decodingError(_ text: String, _ overrides: String...) -> String? {
    do {
        var document = try JSONDocument(text, file: "a.json")
        for argument in overrides { try document.apply(Override(argument)) }
        _ = try document.decode(SampleConfig.self)
        return nil
    } catch {
        return error.description
    }
}

/// The config that a document with `--set` arguments gives.
func decodeSample(_ text: String, _ overrides: String...) throws -> SampleConfig {
    var document = try JSONDocument(text)
    for argument in overrides { try document.apply(Override(argument)) }
    return try document.decode()
}
