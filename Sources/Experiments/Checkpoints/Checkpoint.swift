import Foundation
import Layers
import StrictJSON
import Tensor

/// Which of a run's checkpoints.
public enum CheckpointRole: String, Sendable, CaseIterable {
    /// The newest.
    case last
    /// The one with the lowest validation loss.
    case best
    /// The newest before the discriminator joined.
    case generatorOnly = "generator_only"
}

/// A trained generator with what is needed to use it: weights as safetensors, and a JSON file that names the
/// step and the config. The newest checkpoint also has the state of optimisers and discriminator.
public struct Checkpoint: Sendable {
    public let step: Int
    public let config: ExperimentConfig
    /// Weights and buffers of the generator by path.
    public let weights: [String: Tensor]
    /// Everything else that training needs to go on.
    public let training: [String: Tensor]

    public init(step: Int, config: ExperimentConfig, weights: [String: Tensor], training: [String: Tensor]) {
        self.step = step
        self.config = config
        self.weights = weights
        self.training = training
    }

    /// The generator with these weights.
    public func makeModel() throws -> DualStageModel {
        let model = DualStageModel(config.model, bands: config.audio.melBands, seed: 0)
        do {
            try ParameterTree(model).load(weights)
        } catch {
            throw ExperimentError.checkpoint("the checkpoint does not fit its model: \(error)")
        }
        return model
    }

    private static func description(_ folder: URL, _ role: CheckpointRole) -> URL {
        folder.appending(path: "\(role.rawValue).json")
    }

    /// Writes the files of a role and then removes those of the checkpoint before.
    ///
    /// Weights go to new names that hold the step; the JSON file, which names them, is replaced last and in one
    /// move. Whatever happens before that, the checkpoint before stays whole.
    /// - Parameter withTraining: whether optimisers and discriminator are stored too.
    /// - Returns: the names of the files, the JSON first.
    @discardableResult
    public func write(_ role: CheckpointRole, to folder: URL, withTraining: Bool) throws -> [String] {
        let manager = FileManager.default
        try manager.createDirectory(at: folder, withIntermediateDirectories: true)
        let stem = "\(role.rawValue)-\(step)"
        var files = ["weights": "\(stem).safetensors"]
        if withTraining { files["training"] = "\(stem).training.safetensors" }
        func store(_ state: [String: Tensor], _ name: String) throws {
            try SafetensorsFile.write(
                state.map { .init(name: $0.key, shape: $0.value.shape, values: $0.value.values) },
                metadata: ["step": "\(step)"], to: folder.appending(path: name).path)
        }
        do {
            try store(weights, "\(stem).safetensors")
            if let name = files["training"] { try store(training, name) }
            let object: JSONValue = .object([
                "version": .integer(1), "role": .string(role.rawValue), "step": .integer(step),
                "files": .object(
                    JSONObject(files.sorted { $0.key > $1.key }.map { ($0.key, .string($0.value)) })),
                "config": config.json,
            ])
            try AtomicFile.write(Array(object.prettyText.utf8), to: Self.description(folder, role).path)
        } catch {
            for name in files.values where !Self.isNamed(name, in: folder, role) {
                try? manager.removeItem(at: folder.appending(path: name))
            }
            throw error
        }
        for name in try manager.contentsOfDirectory(atPath: folder.path)
        where name.hasPrefix("\(role.rawValue)-") && !files.values.contains(name) {
            try manager.removeItem(at: folder.appending(path: name))
        }
        return ["\(role.rawValue).json"] + files.values.sorted()
    }

    /// Whether the stored description uses a file.
    private static func isNamed(_ name: String, in folder: URL, _ role: CheckpointRole) -> Bool {
        guard let document = try? JSONDocument(contentsOf: description(folder, role).path) else {
            return false
        }
        return document.value["files"]?.objectValue?.members.contains { $0.value.stringValue == name }
            ?? false
    }

    /// Reads the weights of a role.
    /// - Throws: `ExperimentError.notFound` when there is none, `.checkpoint` when it is damaged.
    public static func read(_ role: CheckpointRole, from folder: URL) throws -> Checkpoint {
        let description = description(folder, role)
        guard FileManager.default.fileExists(atPath: description.path) else {
            let there = CheckpointRole.allCases.filter {
                FileManager.default.fileExists(atPath: Self.description(folder, $0).path)
            }
            throw ExperimentError.notFound(
                "no checkpoint \"\(role.rawValue)\" in \(folder.relativePath); "
                    + (there.isEmpty
                        ? "there is none yet" : "there is: \(there.map(\.rawValue).joined(separator: ", "))"))
        }
        do {
            let document = try JSONDocument(contentsOf: description.path)
            let config = try ExperimentConfig.decode(
                document.value["config"] ?? .null, at: "config", onto: nil)
            guard let name = document.value["files"]?["weights"]?.stringValue, !name.contains("/") else {
                throw ExperimentError.checkpoint("\(description.relativePath): it names no weights")
            }
            let weights = try SafetensorsFile(contentsOf: folder.appending(path: name).path)
            guard let step = (try? Int.decode(document.value["step"] ?? .null, at: "step", onto: nil)),
                weights.metadata["step"] == "\(step)"
            else {
                throw ExperimentError.checkpoint(
                    "\(description.relativePath): its weights are of another step")
            }
            var tensors: [String: Tensor] = [:]
            for entry in weights.entries {
                tensors[entry.name] = Tensor(try weights.floats(entry.name), shape: entry.shape)
            }
            return Checkpoint(step: step, config: config, weights: tensors, training: [:])
        } catch let error as ExperimentError {
            throw error
        } catch {
            throw ExperimentError.checkpoint("\(error)")
        }
    }
}
