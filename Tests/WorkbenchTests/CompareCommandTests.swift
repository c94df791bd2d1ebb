import Foundation
import StrictJSON
import Testing
import Tracking

@testable import Workbench

/// `workbench compare` as it is typed.
@Suite struct CompareCommandTests {
    private func contains(_ text: String, _ parts: [String]) {
        for part in parts { #expect(text.contains(part), "\(part) is not in\n\(text)") }
    }

    private func object(_ text: String) throws -> JSONObject {
        guard case .object(let object) = try JSONValue(parsing: text) else { return [:] }
        return object
    }

    @Test func textShowsWhatDiffers() throws {
        let workspace = try SampleWorkspace(#function.filter(\.isLetter))
        let outcome = try workspace.run("compare", "run1", "run2")
        #expect(outcome.exitCode == 0 && outcome.error == "")
        contains(
            outcome.output,
            [
                "config diff (1 of 2 keys)", "optimizer.rate  0.001  0.003",
                "val/loss     0.5900   0.4900   -0.1000  run2", "test scores: all stages (best)",
                "test/si_sdr      5  7.000  8.000  +1.000  [+1.000, +1.000]    100% (5/5)  0.025     0.025  better",
                "by class: all stages (best)", "nothing about training again", "no file is worse",
                "* run1 baseline", "+ run2 faster",
            ])
        #expect(!outcome.output.contains("the test sets differ"))
        let input = try workspace.run("compare", "run1", "run2", "--checkpoint", "input")
        contains(input.output, ["+0.000", "same"])
    }

    @Test func jsonHoldsTheSame() throws {
        let workspace = try SampleWorkspace(#function.filter(\.isLetter))
        let object = try object(try workspace.run("compare", "1", "2", "--json").output)
        #expect(object["same_eval_set"] == .bool(true) && object["config_keys"] == .integer(2))
        let difference = JSONValue.object([
            "key": .string("optimizer.rate"),
            "values": .object(["run1": .string("0.001"), "run2": .string("0.003")]),
        ])
        #expect(object["config_diff"] == .array([difference]))
        let test = (object["test"]?.arrayValue ?? []).filter { $0["checkpoint"] == .string("best") }
        #expect(test.map { $0["class"] } == [.string("all"), .string("N"), .string("R")])
        #expect(test.map { $0["files"] } == [.integer(5), .integer(3), .integer(2)])
        #expect(test.allSatisfy { $0["difference"] == .integer(1) && $0["share_better"] == .integer(1) })
    }

    // MARK: Test sets

    /// Two runs with their own test sets and two files of equal content under other names.
    private func overlapping(_ name: String) throws -> SampleWorkspace {
        let sample = try SampleWorkspace(name)
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
        return sample
    }

    @Test func differentTestSetsAreRefused() throws {
        let sample = try overlapping(#function.filter(\.isLetter))
        let refused = try sample.run("compare", "overlap-a", "overlap-b")
        #expect(refused.exitCode == 7 && refused.output == "")
        #expect(
            refused.error.hasPrefix("workbench: the test sets differ (run4 a, run5 b)"), "\(refused.error)")
        #expect(refused.error.contains("--force"))

        // The same content under another name in another list is the same file.
        let forced = try sample.run("compare", "overlap-a", "overlap-b", "--force")
        #expect(forced.exitCode == 0)
        contains(
            forced.output,
            [
                "note: the test sets differ: only files whose content is known to be the same are paired",
                "test/si_sdr      2  2.500  3.000  +0.500", "means over each side's own test set",
                "run4  old       test/si_sdr      4  1.500", "run5  new       test/si_sdr      5  4.500",
            ])
        let json = try object(try sample.run("compare", "4", "5", "--force", "--json").output)
        #expect(json["same_eval_set"] == .bool(false))
    }

    /// Where the test sets are equal, names are enough: older runs have no digests.
    @Test func equalTestSetsArePairedByName() throws {
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
        contains(outcome.output, ["test/si_sdr      1  1.000  1.000", "same"])
    }

    /// Three runs: the third failed, was never tested and has other keys.
    @Test func unfinishedRunsAreTold() throws {
        let workspace = try SampleWorkspace(#function.filter(\.isLetter))
        let outcome = try workspace.run("compare", "run1", "run2", "run3")
        #expect(outcome.exitCode == 0)
        contains(
            outcome.output,
            [
                "config diff (3 of 3 keys)", "(absent)", "note: run3 did not finish (failed at step 1)",
                "note: the test set is not known of run3",
            ])
    }

    // MARK: Seeds

    @Test func seedsFormGroups() throws {
        let workspace = try SeededWorkspace(#function.filter(\.isLetter))
        let outcome = try BuiltProgram.run(
            ["compare"] + SeededWorkspace.all + ["--workspace", workspace.url.path])
        #expect(outcome.exitCode == 0 && outcome.error == "")
        contains(
            outcome.output,
            [
                "runs, by configuration", "seed        1..6", "over seeds: test/si_sdr", "a plain",
                "b better",
                "reference", "0.031", "better", "what it says: training again with other seeds",
                "* a plain, n 6", "+ b better, n 6", "band: Student's 95 % over seeds",
            ])
        let three = try workspace.run(
            "compare", "run1", "run2", "run3", "run7", "run8", "run9", "--metric", "test/si_sdr")
        contains(three.output, ["n=3: cannot reach 0.05 (at best 0.25, 6 seeds could)"])
        let both = try BuiltProgram.run(
            ["compare"] + SeededWorkspace.all + ["--paired", "both", "--workspace", workspace.url.path])
        contains(both.output, ["over seeds and files", "narrower with more", "other files like these"])
        let files = try BuiltProgram.run(
            ["compare"] + SeededWorkspace.all + ["--paired", "files", "--workspace", workspace.url.path])
        contains(files.output, ["Wilcoxon's signed-rank test", "averaged over seeds"])
    }

    @Test func groupsFollowTheKeys() throws {
        let workspace = try SeededWorkspace(#function.filter(\.isLetter))
        let alone = try object(
            try workspace.run("compare", "1", "2", "7", "8", "--group-by", "none", "--json").output)
        #expect(alone["sides"]?.arrayValue?.count == 4 && alone["seeds"] == .array([]))
        let keys = try object(
            try workspace.run("compare", "1", "2", "7", "8", "--group-by", "model.gain", "--json").output)
        #expect(keys["sides"]?.arrayValue?.count == 2 && keys["seeds"]?.arrayValue?.count == 1)
        let repeats = try workspace.run("compare", "run1", "run2", "run3")
        contains(repeats.output, ["over 3 seeds of one configuration", "differ in their seed alone"])
        let unknown = try workspace.run("compare", "1", "2", "--group-by", "model.gian")
        #expect(unknown.exitCode == 3 && unknown.error.contains("did you mean 'model.gain'?"))
        #expect(try workspace.run("compare", "1", "2", "--group-by", "a,!b").exitCode == 2)
        let none = try workspace.run("compare", "1", "7", "--paired", "seeds")
        #expect(none.exitCode == 2 && none.error.contains("--paired files"))
    }

    // MARK: Gates

    @Test(
        arguments: [
            ("b.test/si_sdr > a.test/si_sdr", 0), ("b.test/si_sdr < a.test/si_sdr", 4),
            ("b.test/si_sdr >", 2), ("b.test/si_sd > 0", 3), ("c.test/si_sdr > 0", 3),
            ("run7.val/loss < run1.val/loss", 0), ("p(b.test/si_sdr) < 0.01 and low(b.test/si_sdr) > 0", 0),
        ] as [(String, Int32)])
    func gates(expression: String, exitCode: Int32) throws {
        let workspace = try SeededWorkspace("gates" + expression.filter(\.isLetter) + "\(exitCode)")
        let outcome = try workspace.run("compare", "run1", "run7", "--gate", expression, "--json")
        #expect(outcome.exitCode == exitCode, "\(outcome)")
        // A gate that was read is answered beside the comparison, a mistake instead of it.
        #expect(outcome.output.isEmpty == (exitCode == 2 || exitCode == 3))
        if !outcome.output.isEmpty {
            let gate = try #require(try object(outcome.output)["gates"]?.arrayValue?.first)
            #expect(gate["holds"] == .bool(exitCode == 0) && gate["expression"] == .string(expression))
        }
    }

    @Test func gateErrorsPointAtTheCharacter() throws {
        let workspace = try SeededWorkspace(#function.filter(\.isLetter))
        let outcome = try workspace.run("compare", "run1", "run7", "--gate", "b.test/si_sdr > a.test/psq")
        #expect(
            outcome.error == """
                workbench: --gate, character 17: no metric 'test/psq'; there are test/si_sdr, test/si_sdr[N], \
                test/si_sdr[R], val/loss
                    b.test/si_sdr > a.test/psq
                                    ^^^^^^^^^^

                """)
    }

    // MARK: Formats

    @Test func csvAndMarkdown() throws {
        let workspace = try SeededWorkspace(#function.filter(\.isLetter))
        let csv = try workspace.run("compare", "run1", "run7", "--csv").output.split(separator: "\n")
        #expect(
            csv.first == """
                table,side,runs,dataset,checkpoint,class,metric,goal,n,value,difference,low,high,share_better,\
                p,p_holm,smallest_p_holm,minimum_detectable,speaker,clusters,n_clusters
                """)
        let commas = Set(csv.map { $0.count { $0 == "," } })
        #expect(commas == [20] && csv.count == 1 + 2 + 6, "\(csv)")
        #expect(csv.contains { $0.hasPrefix("test,b,run7,set,last,all,si_sdr,max,8,") })
        let markdown = try workspace.run("compare", "run1", "run7", "--md").output
        contains(markdown, ["## config diff (2 of 3 keys)", "| model.gain | 0 | 0.1 |", "|---|---|---|"])
        #expect(try workspace.run("compare", "run1", "run7", "--md", "--csv").exitCode == 2)
    }

    @Test func onlyDifferencesAreKept() throws {
        let workspace = try SampleWorkspace(#function.filter(\.isLetter))
        let outcome = try workspace.run("compare", "run1", "run2", "--only-diff")
        #expect(outcome.output.contains("config diff (1 of 2 keys)"))
        // The inputs are the same, and no curve is drawn.
        #expect(!outcome.output.contains("+0.000") && !outcome.output.contains("└"))
    }

    @Test func metricsAreChosen() throws {
        let workspace = try SeededWorkspace(#function.filter(\.isLetter))
        let outcome = try workspace.run("compare", "run1", "run7", "--metric", "val/loss", "--at", "last")
        #expect(outcome.output.contains("metrics (last value)") && !outcome.output.contains("test/si_sdr"))
        let unknown = try workspace.run("compare", "run1", "run7", "--metric", "val/los")
        #expect(
            unknown.exitCode == 3 && unknown.error.contains("did you mean 'val/loss'?"), "\(unknown.error)")
    }

    // MARK: The page

    @Test func thePageStandsAlone() throws {
        let workspace = try SeededWorkspace(#function.filter(\.isLetter), keepsAudio: true)
        let file = workspace.url.appendingPathComponent("report.html")
        let outcome = try workspace.run("compare", "run1", "run7", "--html", file.path)
        #expect(outcome.exitCode == 0 && outcome.error.contains("wrote \(file.path)"), "\(outcome.error)")
        let page = try String(contentsOf: file, encoding: .utf8)
        contains(
            page,
            [
                "<svg", "<polyline", "data:image/png;base64,", "<h2>listen</h2>", "a run1", "b run7",
                "target",
                "prefers-color-scheme: dark", "config diff (2 of 3 keys)",
            ])
        #expect(page.components(separatedBy: "src=\"data:audio/wav;base64,").count == 5)
        // Nothing is fetched from anywhere.
        for outside in ["http://", "https://", "<link", "@import", "url("] {
            #expect(!page.contains(outside), "\(outside) is in the page")
        }
        let nowhere = try workspace.run("compare", "run1", "run7", "--html", "/nonexistent/report.html")
        #expect(nowhere.exitCode != 0 && nowhere.error.contains("/nonexistent"), "\(nowhere)")
    }

    @Test func namesAreEscapedInThePage() throws {
        let sample = try SampleWorkspace(#function.filter(\.isLetter))
        let workspace = try Workspace(directory: sample.url)
        for seed in [1, 2] {
            let recorder = try workspace.startRun(
                RunDescription(
                    name: "</script><script>alert(1)</script>", seed: UInt64(seed),
                    configJSON: #"{"seed":\#(seed)}"#))
            for step in 0..<3 { try recorder.log("val/<b>loss", step: step, value: 1) }
            try recorder.finish(.finished)
        }
        let file = sample.url.appendingPathComponent("report.html")
        #expect(try sample.run("compare", "run4", "run5", "--html", file.path).exitCode == 0)
        let page = try String(contentsOf: file, encoding: .utf8)
        #expect(!page.contains("<script>alert") && !page.contains("<b>loss"))
        #expect(page.contains("&lt;script&gt;alert(1)") && page.contains("val/&lt;b&gt;loss"))
    }
}
