import Audio
import Foundation
import StrictJSON
import Tensor

/// Examples of a dataset as files that people can hear and see: the pair before and after augmentation, its
/// spectrograms, and everything that was drawn.
public struct ExamplePreview {
    public let dataset: any Dataset
    public let sampleRate: Int

    public init(dataset: any Dataset, sampleRate: Int) {
        self.dataset = dataset
        self.sampleRate = sampleRate
    }

    /// One example's files and draws.
    public struct Entry {
        public let name: String
        public let files: [String]
        public let json: JSONValue
    }

    /// Writes training examples: the first ones of a training with this seed.
    ///
    /// - Parameters:
    ///   - samples: of each example.
    ///   - progress: called with the number of examples done.
    public func writeTraining(
        count: Int, seed: UInt64, samples: Int, to folder: URL, progress: (Int) -> Void,
        shouldStop: () -> Bool
    ) throws -> [Entry] {
        try (0..<count).map { index in
            if shouldStop() { throw CancellationError() }
            let name = "train_" + String(format: "%03d", index)
            var sounds: [(label: String, samples: [Float])] = []
            var object: JSONObject = ["name": .string(name)]
            let pair: AlignedPair
            if let augmented = dataset as? AugmentedDataset {
                let result = try augmented.augmented(seed: seed, index: index, samples: samples)
                pair = result.pair
                object["augmentation"] = .object(result.drawn)
                if !result.drawn.isEmpty {
                    sounds += [
                        ("input_before", result.original.degraded), ("target_before", result.original.clean),
                    ]
                }
            } else {
                pair = try dataset.trainingPair(seed: seed, index: index, samples: samples)
            }
            sounds += [("input", pair.degraded), ("target", pair.clean)]
            if let record = pair.record { object["degradation"] = record.json }
            let entry = try write(name, sounds, object, to: folder)
            progress(index + 1)
            return entry
        }
    }

    /// Writes the first items of a frozen list.
    public func writeItems(
        of split: EvaluationSplit, count: Int, to folder: URL, progress: (Int) -> Void,
        shouldStop: () -> Bool
    ) throws -> [Entry] {
        try dataset.items(split).prefix(count).enumerated().map { index, item in
            if shouldStop() { throw CancellationError() }
            let pair = try dataset.pair(item, of: split)
            var object: JSONObject = ["name": .string(item.name), "class": .string(item.category)]
            if let record = pair.record { object["degradation"] = record.json }
            let entry = try write(
                item.name, [("input", pair.degraded), ("target", pair.clean)], object, to: folder)
            progress(index + 1)
            return entry
        }
    }

    private func write(
        _ name: String, _ sounds: [(label: String, samples: [Float])], _ object: JSONObject, to folder: URL
    ) throws -> Entry {
        var files: [String] = []
        for (label, samples) in sounds {
            files.append("\(name)_\(label).wav")
            try AudioFile.write(
                Waveform(sampleRate: sampleRate, mono: samples),
                to: folder.appending(path: files[files.count - 1]))
        }
        files.append("\(name).png")
        try SpectrogramPicture().write(
            sounds.map { .init($0.label.replacing("_", with: " "), $0.samples) }, sampleRate: sampleRate,
            to: folder.appending(path: "\(name).png"))
        var object = object
        object["files"] = JSONValue(files)
        return Entry(name: name, files: files, json: .object(object))
    }
}
