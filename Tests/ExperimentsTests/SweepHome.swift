import Foundation
import StrictJSON
import Tracking

@testable import Experiments

/// A workspace beside the miniature experiment, for sweeps that train nothing.
struct SweepHome {
    private let folder: Miniature.Folder
    let workspace: Workspace

    init() throws {
        folder = try Miniature.Folder()
        try Miniature.text.write(
            to: folder.url.appending(path: "base.json"), atomically: true, encoding: .utf8)
        workspace = try Workspace(directory: folder.url.appending(path: "home"))
    }

    /// A sweep of the miniature, entered: the members of its file besides name and base.
    func enter(_ members: String) throws -> (sweep: Sweep, plan: SweepPlan) {
        let plan = try SweepPlan(
            JSONDocument("{\"sweep\": \"s\", \"base\": \"base.json\", \(members)}"),
            folder: folder.url.path + "/")
        let sweep = try workspace.enterSweep(
            name: "s", specJSON: plan.stored.compactText, specHash: plan.identity
        ).sweep
        return (sweep, plan)
    }
}
