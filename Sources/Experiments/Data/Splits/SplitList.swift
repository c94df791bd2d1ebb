import Audio
import Foundation
import StrictJSON
import Tensor

/// A frozen split: which recording is in which part, with a hash over all of it.
///
/// As a file: `{"format": 1, "hash": "...", "train": ["a", ...], "validation": [...], "test": [...]}`.
public struct SplitList: Sendable, Equatable {
    private let parts: [String: DataSplit]

    init(_ parts: [String: DataSplit]) { self.parts = parts }

    subscript(name: String) -> DataSplit? { parts[name] }

    /// The names of a part, sorted.
    public func names(_ split: DataSplit) -> [String] {
        parts.filter { $0.value == split }.map(\.key).sorted()
    }

    var allNames: [String] { parts.keys.sorted() }

    /// Changes when any recording's part does.
    public var hash: String {
        JSONValue.array(DataSplit.allCases.map { JSONValue(names($0)) }).stableHash()
    }

    /// The file's text.
    public var text: String {
        var object: JSONObject = ["format": .integer(1), "hash": .string(hash)]
        for split in DataSplit.allCases { object[split.rawValue] = JSONValue(names(split)) }
        return JSONValue.object(object).prettyText + "\n"
    }

    /// Writes the file, all or nothing.
    public func write(to path: String) throws {
        try AtomicFile.write(Array(text.utf8), to: path)
    }

    /// Reads a file.
    ///
    /// - Throws: `ExperimentError` if it is missing, was changed, or has a name in two parts.
    public init(contentsOf path: String) throws {
        guard FileManager.default.fileExists(atPath: path) else {
            throw ExperimentError.notFound(
                "dataset.split_file: \(path): no such file; `workbench data split EXPERIMENT --out \(path)` makes it"
            )
        }
        let file = try JSONDocument(contentsOf: path).decode(SplitFile.self)
        var parts: [String: DataSplit] = [:]
        for (split, names) in [
            (DataSplit.train, file.train), (.validation, file.validation), (.test, file.test),
        ] {
            for name in names {
                if let other = parts[name] {
                    throw ExperimentError.data(
                        "\(path): \(quoted(name)) stands in both \(other.rawValue) and \(split.rawValue); "
                            + "a recording has one use")
                }
                parts[name] = split
            }
        }
        self.init(parts)
        guard file.hash == hash else {
            throw ExperimentError.data(
                "\(path): the list was changed after it was made (its hash is \(hash), the file says \(file.hash)); "
                    + "make it again with `workbench data split`, or set its hash to \"\(hash)\" if the change is meant"
            )
        }
    }
}

private struct SplitFile: Configurable {
    var format = 1
    var hash = ""
    var train: [String] = []
    var validation: [String] = []
    var test: [String] = []

    static let fields: [Field<Self>] = [
        Field("format", \.format, oneOf: [1], required: true, "version of this layout"),
        Field("hash", \.hash, required: true, "over the three lists"),
        Field("train", \.train, required: true, "recordings for training"),
        Field("validation", \.validation, required: true, "recordings for validation"),
        Field("test", \.test, required: true, "recordings for the test"),
    ]
}
