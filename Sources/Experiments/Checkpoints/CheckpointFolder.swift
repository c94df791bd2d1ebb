import Foundation
import StrictJSON
import Tensor

/// The checkpoints of one run.
///
/// Each is a JSON file with the name of its role, which names the files of its arrays with their sizes and
/// SHA-256. Arrays go to names that no other content has, the JSON file is replaced last and in one move: at
/// any moment, also after a crash or on a full disk, every JSON file names whole files.
public struct CheckpointFolder: Sendable {
    public let url: URL

    public init(_ url: URL) { self.url = url }

    /// Whether there is a checkpoint of a role.
    public func has(_ role: CheckpointRole) -> Bool {
        FileManager.default.fileExists(atPath: CheckpointDescription.url(role, in: url).path)
    }

    /// The roles there are checkpoints of, the kept ones by step at the end.
    public var roles: [CheckpointRole] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
        let found = Set(
            names.filter { $0.hasSuffix(".json") }
                .compactMap { CheckpointRole(rawValue: String($0.dropLast(5))) })
        let kept = found.subtracting(CheckpointRole.singular)
        func step(_ role: CheckpointRole) -> Int { if case .step(let step) = role { step } else { -1 } }
        return CheckpointRole.singular.filter(found.contains) + kept.sorted { step($0) < step($1) }
    }

    // MARK: Reading

    /// Reads the weights of a checkpoint.
    /// - Throws: `ExperimentError.notFound` when there is none, `.checkpoint` when it is damaged.
    public func read(_ role: CheckpointRole) throws -> Checkpoint {
        guard has(role) else {
            let there = roles.map(\.rawValue).joined(separator: ", ")
            throw ExperimentError.notFound(
                "no checkpoint \"\(role.rawValue)\" in \(url.relativePath); "
                    + (there.isEmpty ? "there is none yet" : "there is: \(there)"))
        }
        return try CheckpointDescription(role, in: url).open(in: url, withTraining: false)
    }

    /// Where a training can go on.
    public struct Resumable: Sendable {
        public let role: CheckpointRole
        public let checkpoint: Checkpoint
        /// What whoever watched the training had stored.
        public let observed: JSONObject
        /// SHA-256 of its weights.
        public let sha256: String?
    }

    /// The step of the newest checkpoint from which training could go on, whole or not; nil without one.
    public var newestResumableStep: Int? {
        roles.filter(\.canBeResumed).compactMap { try? CheckpointDescription($0, in: url).step }.max()
    }

    /// The newest whole checkpoint from which training can go on, and what is wrong with newer ones.
    ///
    /// - Parameter logged: the last step whose values the log holds. A checkpoint of a later step is passed over
    ///   while there is an older one: the values between would be missing.
    public func newestResumable(logged: Int?) -> (found: Resumable?, problems: [String]) {
        var problems: [String] = []
        var candidates: [CheckpointDescription] = []
        for role in roles where role.canBeResumed {
            do {
                candidates.append(try CheckpointDescription(role, in: url))
            } catch {
                problems.append("\(error)")
            }
        }
        // Of equal steps the one with the shorter way: last before previous before kept.
        let newestFirst = candidates.enumerated().sorted {
            ($1.element.step, $0.offset) < ($0.element.step, $1.offset)
        }.map(\.element)
        var early: [CheckpointDescription] = []
        for description in newestFirst {
            if description.step > logged ?? -1 {
                early.append(description)
            } else if let found = open(description, &problems) {
                return (found, problems + early.map { tooEarly($0, logged) })
            }
        }
        for description in early {
            if let found = open(description, &problems) {
                return (found, problems + [tooEarly(description, logged)])
            }
        }
        return (nil, problems)
    }

    private func open(_ description: CheckpointDescription, _ problems: inout [String]) -> Resumable? {
        do {
            return Resumable(
                role: description.role, checkpoint: try description.open(in: url, withTraining: true),
                observed: description.observed, sha256: description.weights.sha256)
        } catch {
            problems.append("\(error)")
            return nil
        }
    }

    private func tooEarly(_ description: CheckpointDescription, _ logged: Int?) -> String {
        "checkpoint \"\(description.role.rawValue)\" is of step \(description.step), "
            + (logged.map { "the log ends at step \($0)" } ?? "the log is empty")
    }
}
