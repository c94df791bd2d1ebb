import Foundation
import Tensor
import Tracking

/// What a run keeps about its data: the split it was made with, and the recordings that were left out.
struct DataRecord {
    private let dataset: any Dataset
    private let recorder: RunRecorder
    private let reporter: any RunReporter
    private let before: Int

    init(_ dataset: any Dataset, recorder: RunRecorder, reporter: any RunReporter) {
        self.dataset = dataset
        self.recorder = recorder
        self.reporter = reporter
        before = dataset.issues.count
    }

    /// Stores the split as `split.json` in the run's folder, and tells what was left out at opening. An earlier
    /// attempt at the run may have done so.
    func begin() throws {
        let stored = try recorder.workspace.artifacts(of: recorder.run)
        if stored.contains(where: { $0.kind == "data" && $0.role == "split" }) { return }
        if let list = dataset.splitList {
            let name = "split.json"
            try FileManager.default.createDirectory(at: recorder.directory, withIntermediateDirectories: true)
            try list.write(to: recorder.directory.appending(path: name).path)
            try recorder.addArtifact(
                .runFile(name), kind: "data", role: "split", name: name, mime: "application/json")
        }
        try tell(Array(dataset.issues.prefix(before)), when: "before training")
    }

    /// Tells what was left out since.
    func end() throws { try tell(Array(dataset.issues.dropFirst(before)), when: "during the run") }

    private func tell(_ issues: [DataIssue], when: String) throws {
        guard !issues.isEmpty else { return }
        let title = "\(issues.count) recordings left out \(when)"
        try recorder.event(.warning, title, body: issues.map(\.description).joined(separator: "\n"))
        reporter.message("warning: \(title)")
        for issue in issues.prefix(5) { reporter.message("  \(issue)") }
        if issues.count > 5 { reporter.message("  ... all of them: workbench show \(recorder.address)") }
    }
}
