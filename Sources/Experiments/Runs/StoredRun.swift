import Foundation
import Tracking

/// A run's trained model, opened for use.
public struct StoredRun {
    public let run: Run
    public let checkpoint: Checkpoint
    public let role: CheckpointRole
    public let model: DualStageModel
    public let frontEnd: FrontEnd

    /// The checkpoints of a run.
    public static func checkpoints(of run: Run, in workspace: Workspace) -> CheckpointFolder {
        CheckpointFolder(workspace.directory(of: run.id).appending(path: "checkpoints"))
    }

    /// - Throws: `TrackingError.unknownRun`, `ExperimentError.notFound` or `.checkpoint`.
    public static func open(
        _ address: String, role: CheckpointRole = .last, in workspace: Workspace
    ) throws -> StoredRun {
        let run = try workspace.run(address)
        let checkpoint = try checkpoints(of: run, in: workspace).read(role)
        return StoredRun(
            run: run, checkpoint: checkpoint, role: role, model: try checkpoint.makeModel(),
            frontEnd: FrontEnd(checkpoint.config.audio))
    }
}
