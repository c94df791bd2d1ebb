import Foundation
import StrictJSON
import Testing
import Tracking

@testable import Workbench

/// The commands that read a workspace, as the built program.
@Suite struct RunCommandsTests {
    @Test func lsPrintsATable() throws {
        let workspace = try SampleWorkspace(#function.filter(\.isLetter))
        let outcome = try workspace.run("ls")
        #expect(outcome.exitCode == 0 && outcome.error == "")
        let lines = outcome.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        #expect(
            lines[0] == [
                "run", "name", "status", "seed", "last_step", "best", "metric", "duration", "started",
            ])
        #expect(lines[1].prefix(7) == ["run1", "baseline", "finished", "1", "19", "0.5900", "val/loss"])
        #expect(lines[3].prefix(6) == ["run3", "broken", "failed", "3", "1", "-"])
        #expect(!outcome.output.contains("\u{1b}"))
    }

    @Test func lsPrintsJSON() throws {
        let workspace = try SampleWorkspace(#function.filter(\.isLetter))
        let outcome = try workspace.run("ls", "--json", "--limit", "2")
        guard case .object(let object) = try JSONValue(parsing: outcome.output),
            case .array(let runs)? = object["runs"], case .object(let run)? = runs.first
        else {
            Issue.record("not the object: \(outcome.output)")
            return
        }
        #expect(object["version"] == .integer(1) && runs.count == 2)
        #expect(run["run"] == .string("run2") && run["name"] == .string("faster"))
        #expect(run["status"] == .string("finished") && run["last_step"] == .integer(19))
        #expect(run["seed"] == .integer(1) && run["exit_code"] == .integer(0))
        #expect(run["best_metric"] == .string("val/loss") && run["best_step"] == .integer(9))
    }

    @Test func showPrintsEverythingAboutARun() throws {
        let workspace = try SampleWorkspace(#function.filter(\.isLetter))
        let outcome = try workspace.run("show", "baseline")
        #expect(outcome.exitCode == 0)
        for text in [
            "run1  baseline", "status     finished (exit 0)", "config (2 keys)", "optimizer.rate  0.001",
            "train/loss", "test scores on synthetic", "file0.wav", "validation: step 9",
            "si_sdr                N     R          all",
            "input              1.00  4.00  2.50 ± 1.50",
            "all stages (best)  6.00  8.50  7.00 ± 1.39",
            "files: N 3, R 2 (undefined: 1), all 5 (undefined: 1)",
        ] {
            #expect(outcome.output.contains(text), "\(text) is not in\n\(outcome.output)")
        }
        let failed = try workspace.run("show", "run3")
        #expect(failed.output.contains("the loss is nan at step 1"))
    }

    @Test func seriesPrintsACurveOrAllPoints() throws {
        let workspace = try SampleWorkspace(#function.filter(\.isLetter))
        let curve = try workspace.run("series", "run3", "train/loss")
        #expect(curve.exitCode == 0 && curve.output.contains("(1 of 2 values are not finite)"))
        let json = try workspace.run("series", "3", "train/loss", "--json")
        #expect(
            json.output == """
                {"goal":"min","metric":"train/loss","points":[{"step":0,"value":1},{"step":1,"value":"nan"}],\
                "run":"run3","unit":"","version":1}

                """)
        let csv = try workspace.run("series", "last", "train/loss", "--csv")
        #expect(csv.output == "step,value\n0,1.0\n1,nan\n")
    }
}
