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

    private static func file(_ folder: URL, _ role: CheckpointRole, _ ending: String) -> URL {
        folder.appending(path: "\(role.rawValue).\(ending)")
    }

    /// The names of the files of a role, weights first.
    public static func fileNames(_ role: CheckpointRole, withTraining: Bool) -> [String] {
        ["\(role.rawValue).safetensors"] + (withTraining ? ["\(role.rawValue).training.safetensors"] : [])
            + ["\(role.rawValue).json"]
    }

    /// Writes the files one by one, each whole or not at all, the JSON last.
    /// - Parameter withTraining: whether optimisers and discriminator are stored too.
    public func write(_ role: CheckpointRole, to folder: URL, withTraining: Bool) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        func store(_ state: [String: Tensor], _ ending: String) throws {
            try SafetensorsFile.write(
                state.map { .init(name: $0.key, shape: $0.value.shape, values: $0.value.values) },
                metadata: ["step": "\(step)"], to: Self.file(folder, role, ending).path)
        }
        try store(weights, "safetensors")
        if withTraining { try store(training, "training.safetensors") }
        let description: JSONValue = .object([
            "version": .integer(1), "role": .string(role.rawValue), "step": .integer(step),
            "config": config.json,
        ])
        try AtomicFile.write(Array(description.prettyText.utf8), to: Self.file(folder, role, "json").path)
    }

    /// Reads the weights of a role.
    /// - Throws: `ExperimentError.notFound` when there is none, `.checkpoint` when it is damaged.
    public static func read(_ role: CheckpointRole, from folder: URL) throws -> Checkpoint {
        let description = file(folder, role, "json")
        guard FileManager.default.fileExists(atPath: description.path) else {
            let there = CheckpointRole.allCases.filter {
                FileManager.default.fileExists(atPath: file(folder, $0, "json").path)
            }
            throw ExperimentError.notFound(
                "no checkpoint \"\(role.rawValue)\" in \(folder.relativePath); "
                    + (there.isEmpty ? "there is none yet" : "there is: \(there.map(\.rawValue).joined(separator: ", "))"))
        }
        do {
            let document = try JSONDocument(contentsOf: description.path)
            let config = try ExperimentConfig.decode(document.value["config"] ?? .null, at: "config", onto: nil)
            let weights = try SafetensorsFile(contentsOf: file(folder, role, "safetensors").path)
            guard let step = (try? Int.decode(document.value["step"] ?? .null, at: "step", onto: nil)), weights.metadata["step"] == "\(step)" else {
                throw ExperimentError.checkpoint(
                    "\(description.relativePath): weights and description are of different steps; the program was "
                        + "stopped while it wrote them")
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
