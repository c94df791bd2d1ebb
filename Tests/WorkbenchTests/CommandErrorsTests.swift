import Foundation
import Testing
import Tracking

@testable import Workbench

/// What the program says, and how it exits, when something is wrong.
@Suite struct CommandErrorsTests {
    @Test(
        arguments: [
            ([], 0), (["--help"], 0), (["--version"], 0), (["ls", "--help"], 0),
            (["nonsense"], 2), (["ls", "--nonsense"], 2), (["series", "run1"], 2), (["compare", "run1"], 2),
            (["ls", "--limit", "0"], 2), (["ls", "--limit", "x"], 2), (["ls", "--workspace", ""], 2),
            (["series", "run1", "train/loss", "--json", "--csv"], 2), (["compare", "run1", "1"], 2),
            (["compare", "run1", "run2", "--checkpoint", "nonsense"], 2),
            (["compare", "run1", "run2", "--group-by", ","], 2),
            (["compare", "run1", "run2", "--gate", "1 <"], 2),
            (["compare", "run1", "run2", "--paired", "nonsense"], 2),
            (["show", "run9"], 3), (["show", "basline"], 3), (["series", "run1", "train/los"], 3),
            (["compare", "run1", "run9"], 3),
        ] as [([String], Int32)])
    func exitCodes(arguments: [String], exitCode: Int32) throws {
        let workspace = try SampleWorkspace("exit" + arguments.joined().filter(\.isLetter))
        let outcome = try BuiltProgram.run(arguments, environment: ["WORKBENCH_HOME": workspace.url.path])
        #expect(outcome.exitCode == exitCode, "\(outcome)")
        #expect(outcome.output.isEmpty == (exitCode != 0))
        #expect(outcome.error.isEmpty == (exitCode == 0))
        if exitCode == 3 {
            #expect(outcome.error.split(separator: "\n").count == 1, "\(outcome.error)")
        }
    }

    @Test func errorsNameWhatWouldBeAccepted() throws {
        let workspace = try SampleWorkspace(#function.filter(\.isLetter))
        #expect(
            try workspace.run("show", "basline").error
                == "workbench: no run 'basline'; there is baseline (`workbench ls` lists all)\n")
        #expect(
            try workspace.run("series", "run1", "train/los").error
                == "workbench: run1 has no metric 'train/los'; it has train/loss\n")
    }

    @Test func aMissingWorkspaceIsNamedAndNotMade() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "workbench-\(ProcessInfo.processInfo.processIdentifier)-missing")
        try? FileManager.default.removeItem(at: folder)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let outcome = try BuiltProgram.run(["ls"], in: folder)
        #expect(outcome.exitCode == 3 && outcome.output == "")
        #expect(outcome.error.contains(".workbench") && outcome.error.contains("workbench run FILE"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    }

    @Test func aDamagedDatabaseEndsWithSix() throws {
        let workspace = try SampleWorkspace(#function.filter(\.isLetter))
        let database = workspace.url.appendingPathComponent("workbench.sqlite")
        try Data(repeating: 7, count: 5000).write(to: database)
        let outcome = try workspace.run("ls", "--json")
        #expect(outcome.exitCode == 6 && outcome.output == "" && outcome.error.contains("damaged"))
    }

    @Test func everyTrackingErrorIsOneLine() {
        let errors: [TrackingError] = [
            .workspaceMissing(path: "p"), .notWritable(path: "p", reason: "r"), .locked(path: "p"),
            .diskFull(path: "p"), .newerDatabase(path: "p", found: 2, known: 1),
            .damaged(path: "p", reason: "r"), .unknownRun(address: "a", nearest: ["run1"]),
        ]
        #expect(errors.map(ExitStatus.of) == [3, 2, 5, 1, 6, 6, 3])
        #expect(errors.allSatisfy { !$0.description.contains("\n") && !$0.description.isEmpty })
    }
}
