import Foundation
import Testing
import Tracking

/// What a shell gets when it asks how a command line could go on.
@Suite struct CompletionTests {
    private func complete(_ words: String..., in folder: URL) throws -> [String] {
        // As the generated scripts ask: the command, the argument, the word and the place in it.
        let outcome = try BuiltProgram.run(
            ["---completion"] + words, environment: ["WORKBENCH_HOME": folder.path, "SAP_SHELL": "fish"])
        #expect(outcome.exitCode == 0, "\(outcome)")
        return outcome.output.split(separator: "\n").map(String.init)
    }

    @Test func runsAndMetricsAreOffered() throws {
        let sample = try SampleWorkspace(#function.filter(\.isLetter))
        let runs = try complete(
            "show", "--", "positional@0", "1", "0", "workbench", "show", "", in: sample.url)
        #expect(runs.starts(with: ["last", "run"]) || runs.first == "last")
        #expect(runs.contains("run1") && runs.contains("baseline"))
        let metrics = try complete(
            "series", "--", "positional@1", "1", "0", "workbench", "series", "run1", "", in: sample.url)
        #expect(metrics.contains("train/loss"))
    }

    /// Asking makes no workspace, and one that is not there is no reason to complain.
    @Test func nothingIsMadeByAsking() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "workbench-completion-\(ProcessInfo.processInfo.processIdentifier)")
        try? FileManager.default.removeItem(at: folder)
        #expect(
            try complete("show", "--", "positional@0", "1", "0", "workbench", "show", "", in: folder).isEmpty)
        #expect(!FileManager.default.fileExists(atPath: folder.path))
    }
}
