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

    @Test func comparePrintsWhatDiffers() throws {
        let workspace = try SampleWorkspace(#function.filter(\.isLetter))
        let outcome = try workspace.run("compare", "run1", "run2")
        #expect(outcome.exitCode == 0 && outcome.error == "")
        for text in [
            "config diff (1 of 2 keys)", "optimizer.rate  0.001  0.003",
            "val/loss     0.5900   0.4900   -0.1000  run2",
            "by class: best (others: --checkpoint input)",
            "[+1.000, +1.000]", "100%", "* run1 baseline", "+ run2 faster",
        ] {
            #expect(outcome.output.contains(text), "\(text) is not in\n\(outcome.output)")
        }
        #expect(!outcome.output.contains("the test sets differ"))
        let input = try workspace.run("compare", "run1", "run2", "--checkpoint", "input")
        #expect(input.output.contains("+0.000"))
    }

    @Test func comparePrintsJSON() throws {
        let workspace = try SampleWorkspace(#function.filter(\.isLetter))
        let outcome = try workspace.run("compare", "1", "2", "--json")
        guard case .object(let object) = try JSONValue(parsing: outcome.output),
            case .array(let test)? = object["test"]
        else {
            Issue.record("not the object: \(outcome.output)")
            return
        }
        #expect(object["same_eval_set"] == .bool(true) && object["config_keys"] == .integer(2))
        #expect(
            object["config_diff"]
                == .array([
                    .object([
                        "key": .string("optimizer.rate"),
                        "values": .object(["run1": .string("0.001"), "run2": .string("0.003")]),
                    ])
                ]))
        let best = test.compactMap { row -> JSONObject? in
            guard case .object(let members) = row, members["checkpoint"] == .string("best") else {
                return nil
            }
            return members
        }
        #expect(best.map { $0["class"] } == [.string("N"), .string("R"), .string("all")])
        #expect(best.map { $0["files"] } == [.integer(3), .integer(2), .integer(5)])
        #expect(best.allSatisfy { $0["difference"] == .integer(1) && $0["share_better"] == .integer(1) })
    }

    /// In different test sets a file's name says nothing: only equal contents are paired.
    @Test func compareTellsDifferentTestSetsApart() throws {
        let sample = try SampleWorkspace(#function.filter(\.isLetter))
        let workspace = try Workspace(directory: sample.url)
        for (hash, value) in [("a", 1.0), ("b", 3.0)] {
            let recorder = try workspace.startRun(
                RunDescription(name: "set-\(hash)", seed: 1, configJSON: "{}", evalHash: hash))
            let scores = [("named", nil), ("known", "5a5a")].map { file, digest in
                FileScore(file: file, sha256: digest, metric: "si_sdr", result: .value(value))
            }
            try recorder.addFileScores(checkpoint: "last", dataset: "folders", scores)
            try recorder.finish(.finished)
        }
        let outcome = try sample.run("compare", "set-a", "set-b")
        #expect(outcome.exitCode == 0)
        #expect(outcome.output.contains("the test sets differ: only files known to be the same are paired"))
        #expect(outcome.output.contains("all stages (last)  all    si_sdr      1  1.000   3.000  +2.000"))
    }

    /// The same content under another name in another list is the same file.
    @Test func compareFindsEqualFilesInOverlappingTestSets() throws {
        let sample = try SampleWorkspace(#function.filter(\.isLetter))
        let workspace = try Workspace(directory: sample.url)
        for (hash, prefix, files) in [("a", "old", 0..<4), ("b", "new", 2..<7)] {
            let recorder = try workspace.startRun(
                RunDescription(name: "overlap-\(hash)", seed: 1, configJSON: "{}", evalHash: hash))
            let scores = files.map { file in
                FileScore(
                    file: "\(prefix)-\(file)", sha256: "digest\(file)", metric: "si_sdr",
                    result: .value(Double(file) + (hash == "b" ? 0.5 : 0)))
            }
            try recorder.addFileScores(checkpoint: "last", dataset: prefix, scores)
            try recorder.finish(.finished)
        }
        let outcome = try sample.run("compare", "overlap-a", "overlap-b")
        #expect(outcome.output.contains("all stages (last)  all    si_sdr      2  2.500   3.000  +0.500"))
    }

    /// Where the test sets are equal, names are enough: older runs have no digests.
    @Test func comparePairsByNameInEqualTestSets() throws {
        let sample = try SampleWorkspace(#function.filter(\.isLetter))
        let workspace = try Workspace(directory: sample.url)
        for (name, digest) in [("plain", nil), ("digested", "5a5a")] {
            let recorder = try workspace.startRun(
                RunDescription(name: name, seed: 1, configJSON: "{}", evalHash: "same"))
            let score = FileScore(file: "x", sha256: digest, metric: "si_sdr", result: .value(1))
            try recorder.addFileScores(checkpoint: "last", dataset: "folders", [score])
            try recorder.finish(.finished)
        }
        let outcome = try sample.run("compare", "plain", "digested")
        #expect(outcome.output.contains("all stages (last)  all    si_sdr      1  1.000   1.000"))
    }

    /// Three runs: the third was never tested and has other keys.
    @Test func compareTakesMoreThanTwoRuns() throws {
        let workspace = try SampleWorkspace(#function.filter(\.isLetter))
        let outcome = try workspace.run("compare", "run1", "run2", "run3")
        #expect(outcome.exitCode == 0)
        #expect(outcome.output.contains("config diff (3 of 3 keys)") && outcome.output.contains("(absent)"))
    }
}
