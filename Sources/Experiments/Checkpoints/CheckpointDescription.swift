import Foundation
import StrictJSON
import Tensor

/// The JSON file of a checkpoint: it names the others, and a checkpoint exists once this file does.
struct CheckpointDescription {
    var role: CheckpointRole
    let step: Int
    let weights: CheckpointFile
    /// Optimisers and discriminator; nil if training cannot go on from it.
    let training: CheckpointFile?
    let counters: [String: Int]
    let progress: TrainingProgress
    /// What whoever watched the training wants back when it goes on.
    let observed: JSONObject
    let config: JSONValue

    static func url(_ role: CheckpointRole, in folder: URL) -> URL {
        folder.appending(path: "\(role.rawValue).json")
    }

    var files: [CheckpointFile] { [weights] + (training.map { [$0] } ?? []) }
}

extension CheckpointDescription {
    // MARK: JSON

    func write(to folder: URL) throws {
        var files: JSONObject = ["weights": weights.json]
        if let training { files["training"] = training.json }
        let object: JSONValue = .object([
            "version": .integer(2), "role": .string(role.rawValue), "step": .integer(step),
            "files": .object(files),
            "counters": .object(
                JSONObject(counters.sorted { $0.key < $1.key }.map { ($0.key, .integer($0.value)) })),
            "progress": progress.json, "observed": .object(observed), "config": config,
        ])
        try AtomicFile.write(Array((object.prettyText + "\n").utf8), to: Self.url(role, in: folder).path)
    }

    /// - Throws: `ExperimentError.checkpoint` for anything but a whole description.
    init(_ role: CheckpointRole, in folder: URL) throws {
        let url = Self.url(role, in: folder)
        func damaged(_ reason: String) -> ExperimentError { .checkpoint("\(url.relativePath): \(reason)") }
        let value: JSONValue
        do {
            value = try JSONDocument(contentsOf: url.path).value
        } catch {
            throw ExperimentError.checkpoint("\(error)")
        }
        guard let step = value["step"]?.intValue, step >= 0 else { throw damaged("it names no step") }
        guard let weights = value["files"]?["weights"].flatMap(CheckpointFile.init) else {
            throw damaged("it names no weights")
        }
        self.role = role
        self.step = step
        self.weights = weights
        config = value["config"] ?? .null
        guard weights.sha256 != nil else {
            // A checkpoint of a program that could not resume: good to use, not to train on.
            (training, counters, progress, observed) = (nil, [:], TrainingProgress(), [:])
            return
        }
        training = value["files"]?["training"].flatMap(CheckpointFile.init)
        counters = (value["counters"]?.objectValue?.members ?? []).reduce(into: [:]) {
            $0[$1.key] = $1.value.intValue
        }
        observed = value["observed"]?.objectValue ?? [:]
        do {
            progress = try TrainingProgress.decode(value["progress"] ?? .null, at: "progress", onto: nil)
        } catch {
            throw damaged("\(error)")
        }
    }

    /// Reads and checks the files.
    /// - Throws: `ExperimentError.checkpoint` when one is missing or is not what was written.
    func open(in folder: URL, withTraining: Bool) throws -> Checkpoint {
        do {
            let config = try ExperimentConfig.decode(config, at: "config", onto: nil)
            var state = TrainingState(counters: counters, progress: progress)
            if withTraining {
                guard let training else {
                    throw ExperimentError.checkpoint(
                        "\(Self.url(role, in: folder).relativePath): it holds no state to train on from")
                }
                state.tensors = try training.read(in: folder, step: step)
            }
            return Checkpoint(
                step: step, config: config, weights: try weights.read(in: folder, step: step), training: state
            )
        } catch let error as ExperimentError {
            throw error
        } catch {
            throw ExperimentError.checkpoint("\(error)")
        }
    }
}
