import Datasets
import Experiments
import Foundation
import StrictJSON

/// The files that the dataset of an experiment, or a dataset file, uses.
struct DatasetListing {
    let dataset: any ExampleSource
    let files: [ListedFile]
    let leftOut: [(path: String, reason: String)]

    /// Opens what a path names; nil if it is neither an experiment nor a dataset file of its kind.
    ///
    /// - Parameters:
    ///   - overrides: changes of keys, as in `path=value`.
    ///   - rate: of a dataset file, hertz; an experiment has its own.
    /// - Throws: what is wrong with the file or the dataset; recordings that cannot be used are listed instead.
    static func open(_ path: String, overrides: [String] = [], rate: Int = 16000) throws -> DatasetListing? {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue,
            path.hasSuffix(".json"), URL(fileURLWithPath: path).lastPathComponent != PreparedSet.manifestName
        else { return nil }
        var document = try JSONDocument(contentsOf: path)
        let isExperiment = document.value["dataset"] != nil
        let kind = document.value["kind"]?.stringValue
        // A folder of pairs is checked as such, files that are in no pair included.
        guard isExperiment || kind != nil && kind != PairedFoldersConfig.kind else { return nil }
        for override in overrides { try document.apply(Override(override)) }
        let prefix = isExperiment ? "dataset." : ""
        // Everything that is wrong is to be told, and not the first thing alone.
        if isExperiment ? hasPolicy(document.value["dataset"]?["kind"]) : hasPolicy(document.value["kind"]) {
            try document.apply(Override("\(prefix)policy=skip"))
        }
        let dataset: any ExampleSource
        if isExperiment {
            let config = try document.decode(ExperimentConfig.self)
            dataset = try config.dataset.item.open(sampleRate: config.audio.sampleRate)
        } else {
            dataset = try document.decode(Choice<DatasetRegistry>.self).item.open(sampleRate: rate)
        }
        guard !dataset.recordings.isEmpty else {
            throw DatasetError.recipe("\(path): the dataset uses no recordings; there is nothing to look at")
        }
        return DatasetListing(dataset)
    }

    private init(_ dataset: any ExampleSource) {
        self.dataset = dataset
        files = dataset.recordings.map {
            ListedFile(path: $0.url.relativePath, split: $0.split, role: $0.role, voice: $0.voice)
        }
        leftOut = dataset.issues.map { ($0.path, $0.problem) }
    }

    private static func hasPolicy(_ kind: JSONValue?) -> Bool {
        let keys = kind?.stringValue.flatMap(DatasetRegistry.type)?.descriptions ?? []
        return keys.contains { "\($0.path)" == "policy" }
    }
}
