import Foundation
import Hashing
import Tracking

extension GitState {
    /// The name of the changes among the artifacts of a workspace.
    var changesDigest: String? { changes.map { SHA256.hex(of: $0) } }

    /// Stores changes that were not committed with a run, so that its code can be told from that of others.
    func storeChanges(with recorder: RunRecorder) throws {
        guard let changes else { return }
        try recorder.addArtifact(
            .data(changes), kind: "code", role: "diff", name: "uncommitted.diff", mime: "text/x-diff")
    }
}
