import Foundation
import StrictJSON
import Tensor

extension CheckpointFolder {
    /// What was written for a role.
    public struct Written: Sendable {
        public let role: CheckpointRole
        public let step: Int
        /// The JSON file first.
        public let files: [CheckpointFile]
    }

    /// Writes a checkpoint under one or more roles and then removes the files that it replaces.
    ///
    /// What was `last` becomes `previous`.
    /// - Parameters:
    ///   - roles: what it is; weights are written once.
    ///   - observed: what whoever watches the training wants back when it goes on.
    /// - Returns: the files by role, those of a new `previous` included.
    /// - Throws: `FileWriteError`; all checkpoints from before are whole then.
    @discardableResult
    public func write(
        _ checkpoint: Checkpoint, as roles: [CheckpointRole], observed: JSONObject = [:]
    ) throws -> [Written] {
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        var fresh: [CheckpointFile] = []
        var replaced: [CheckpointFile] = []
        do {
            let weights = try CheckpointFile(
                writing: checkpoint.weights, step: checkpoint.step, ending: ".safetensors", to: url)
            fresh.append(weights)
            var training: CheckpointFile?
            if roles.contains(where: \.canBeResumed) {
                training = try CheckpointFile(
                    writing: checkpoint.training.tensors, step: checkpoint.step,
                    ending: ".training.safetensors", to: url)
                fresh += training.map { [$0] } ?? []
            }
            // The newest one last: until it is there, training would go on from the one before.
            var written: [Written] = []
            for role in roles.sorted(by: { $0 != .last && $1 == .last }) {
                if role == .last, var before = try? CheckpointDescription(.last, in: url),
                    before.step != checkpoint.step
                {
                    before.role = .previous
                    replaced += filesNamed(by: .previous)
                    try before.write(to: url)
                    written.append(try result(before))
                }
                replaced += filesNamed(by: role)
                let description = CheckpointDescription(
                    role: role, step: checkpoint.step, weights: weights,
                    training: role.canBeResumed ? training : nil, counters: checkpoint.training.counters,
                    progress: checkpoint.training.progress, observed: observed,
                    config: checkpoint.config.json)
                try description.write(to: url)
                written.append(try result(description))
            }
            try remove(replaced)
            return written
        } catch {
            try? remove(fresh + replaced)
            throw error
        }
    }

    /// Makes a checkpoint the last one and removes those of later steps: training goes on from it.
    ///
    /// - Parameter resumable: where; nil to begin anew, which removes all checkpoints.
    public func rewind(to resumable: Resumable?) throws {
        guard FileManager.default.fileExists(atPath: url.path) else { return }
        if let resumable, resumable.role != .last {
            var description = try CheckpointDescription(resumable.role, in: url)
            description.role = .last
            try description.write(to: url)
        }
        let step = resumable?.checkpoint.step ?? -1
        for role in roles where role != .last || resumable == nil {
            // A description that cannot be read is of no use to anybody.
            if let description = try? CheckpointDescription(role, in: url), description.step <= step {
                continue
            }
            try FileManager.default.removeItem(at: CheckpointDescription.url(role, in: url))
        }
        // Arrays of the removed ones and what a killed program was writing.
        let named = namedFiles
        for name in try FileManager.default.contentsOfDirectory(atPath: url.path)
        where name.hasSuffix(".partial") || name.hasSuffix(".safetensors") && !named.contains(name) {
            try FileManager.default.removeItem(at: url.appending(path: name))
        }
    }

    /// All checkpoints with their files.
    public func listed() throws -> [Written] {
        try roles.map { try result(CheckpointDescription($0, in: url)) }
    }

    /// Names, sizes and hashes of a written checkpoint's files.
    private func result(_ description: CheckpointDescription) throws -> Written {
        Written(
            role: description.role, step: description.step,
            files: [try CheckpointFile(existing: "\(description.role.rawValue).json", in: url)]
                + description.files)
    }

    private func filesNamed(by role: CheckpointRole) -> [CheckpointFile] {
        (try? CheckpointDescription(role, in: url))?.files ?? []
    }

    private var namedFiles: Set<String> { Set(roles.flatMap(filesNamed).map(\.name)) }

    /// Removes files that no checkpoint names any more.
    private func remove(_ files: [CheckpointFile]) throws {
        let named = namedFiles
        for name in Set(files.map(\.name)).subtracting(named) {
            let file = url.appending(path: name)
            if FileManager.default.fileExists(atPath: file.path) {
                try FileManager.default.removeItem(at: file)
            }
        }
    }
}
