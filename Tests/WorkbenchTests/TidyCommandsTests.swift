import Foundation
import Hashing
import StrictJSON
import Testing
import Tracking

@testable import Workbench

/// Finding, tidying and exchanging runs, with the built program.
@Suite struct TidyCommandsTests {
    private static func object(_ outcome: BuiltProgram.Outcome) throws -> JSONObject {
        #expect(outcome.exitCode == 0, "\(outcome)")
        return try #require(try JSONValue(parsing: outcome.output).objectValue)
    }

    private static func names(_ workspace: SampleWorkspace, _ arguments: [String]) throws -> [String] {
        let outcome = try BuiltProgram.run(
            ["ls", "--csv", "--cols", "name", "--workspace", workspace.url.path] + arguments)
        #expect(outcome.exitCode == 0, "\(outcome)")
        return outcome.output.split(separator: "\n").dropFirst().map(String.init)
    }

    @Test func lsFiltersSortsAndChoosesColumns() throws {
        let workspace = try SampleWorkspace(#function.filter(\.isLetter))
        func names(_ arguments: String...) throws -> [String] { try Self.names(workspace, arguments) }
        #expect(try names("-F", "status = finished and optimizer.rate > 0.001") == ["faster"])
        #expect(try names("--filter", "train/loss = nan or name contains BASE") == ["baseline", "broken"])
        #expect(
            try names("-F", "started > 1h and not status = failed", "--sort", "-run") == [
                "faster", "baseline",
            ])
        #expect(try names("--sort", "best:val/loss", "-n", "1") == ["faster"])
        #expect(try names("--sort", "-started") == ["broken", "faster", "baseline"])
        #expect(try names("-F", "score:best:si_sdr > 7.5") == ["faster"])
        let markdown = try workspace.run(
            "ls", "--md", "--cols", "run,best:val/loss,optimizer.rate,model.depth")
        #expect(
            markdown.output.hasPrefix(
                "| run | best:val/loss | optimizer.rate | model.depth |\n|---|---:|---:|---:|\n"))
        #expect(markdown.output.contains("| run2 | 0.4900 | 0.003 | 4 |"))
        let added = try workspace.run("ls", "--cols", "+optimizer.rate", "--json")
        let runs = try #require(try Self.object(added)["runs"]?.arrayValue)
        #expect(runs[0]["values"]?["optimizer.rate"] == "0.001" && runs[0]["best_step"] == 9)
        let empty = try workspace.run("ls", "-F", "name = nobody")
        #expect(empty.exitCode == 0 && empty.output == "" && empty.error == "no run fits the filter\n")
    }

    @Test func filterErrorsPointAtTheCharacter() throws {
        let workspace = try SampleWorkspace(#function.filter(\.isLetter))
        let syntax = try workspace.run("ls", "-F", "status = finished && seed = 1")
        #expect(syntax.exitCode == 2 && syntax.output == "")
        #expect(
            syntax.error == """
                workbench: '&&' is no operator; write 'and'
                  status = finished && seed = 1
                                    ^^

                """)
        let unknown = try workspace.run("ls", "-F", "optimizer.rte > 1")
        #expect(unknown.exitCode == 3 && unknown.error.contains("did you mean 'optimizer.rate'?\n"))
        #expect(unknown.error.contains("\n  optimizer.rte > 1\n  ^^^^^^^^^^^^^\n"))
        #expect(try workspace.run("ls", "--sort", "val/los").exitCode == 3)
        #expect(try workspace.run("ls", "--cols", "val/los").exitCode == 3)
        #expect(try workspace.run("ls", "--json", "--csv").exitCode == 2)
    }

    @Test func addressesWorkInEveryCommand() throws {
        let workspace = try SampleWorkspace(#function.filter(\.isLetter))
        #expect(try workspace.run("show", "best:val/loss").output.hasPrefix("run2  faster"))
        #expect(try workspace.run("show", "last~1").output.hasPrefix("run2"))
        #expect(
            try workspace.run("series", "min:val/loss", "val/loss", "--csv").output.hasPrefix(
                "step,value\n9,0.49"))
        let many = try workspace.run("show", "1..2")
        #expect(many.exitCode == 2 && many.error.contains("'1..2' names several runs: run1, run2"))
        #expect(try workspace.run("show", "best:val/los").error.contains("did you mean \"val/loss\"?"))
        #expect(try workspace.run("show", "best:val/los").exitCode == 3)
        #expect(try workspace.run("show", "3..1").exitCode == 2)
    }

    @Test func tagsNotesAndPins() throws {
        let workspace = try SampleWorkspace(#function.filter(\.isLetter))
        #expect(
            try workspace.run("tag", "add", "keep", "run1", "-F", "status = failed").error
                == "tagged keep: run1, run3\n")
        #expect(try Self.names(workspace, ["-F", "tag = keep"]) == ["baseline", "broken"])
        #expect(try workspace.run("tag", "list", "run1").output == "keep\n")
        #expect(try workspace.run("tag", "list").output.contains("keep     2"))
        #expect(
            try Self.object(workspace.run("tag", "rm", "keep", "1..3", "--json"))["untagged"] == [
                "run1", "run3",
            ])
        #expect(try workspace.run("tag", "remove", "keep", "run1").exitCode == 3)
        #expect(try workspace.run("tag", "add", "keep").exitCode == 2)

        #expect(try workspace.run("note", "run1", "lower rate").exitCode == 0)
        #expect(try workspace.run("note", "run1", "--append", "again").exitCode == 0)
        #expect(try workspace.run("note", "run1").output == "lower rate\nagain\n")
        #expect(try workspace.run("note", "run1", "--edit").exitCode == 2, "there is no terminal")
        let show = try workspace.run("show", "run1")
        #expect(show.output.contains("note       lower rate again"))
        #expect(try workspace.run("note", "run1", "").exitCode == 0)
        #expect(try workspace.run("note", "run1").output == "")

        #expect(try workspace.run("pin", "run2").exitCode == 0)
        #expect(try workspace.run("ls").output.contains("pinned"))
        let refused = try workspace.run("rm", "run1", "run2")
        #expect(refused.exitCode == 7 && refused.error.contains("unpin run2"))
        #expect(try workspace.run("unpin", "run2").exitCode == 0)
    }

    @Test func removingRestoringAndCleaning() throws {
        let workspace = try SampleWorkspace(#function.filter(\.isLetter))
        #expect(
            try Self.object(workspace.run("rm", "run1", "broken", "--json"))["archived"] == ["run1", "run3"])
        #expect(try Self.names(workspace, []) == ["faster"])
        #expect(try Self.names(workspace, ["--archived"]) == ["baseline", "faster", "broken"])
        #expect(try workspace.run("show", "last").output.hasPrefix("run2"))
        #expect(try workspace.run("restore", "broken").error == "restored: run3\n")
        let trial = try Self.object(workspace.run("gc", "--dry-run", "--json"))
        #expect(trial["items"]?.arrayValue?.compactMap { $0["name"]?.stringValue } == ["run1"])
        #expect(try workspace.run("show", "run1").exitCode == 0)
        #expect(try workspace.run("gc", "--older-than", "1d").error.contains("archived not long ago"))
        let removed = try workspace.run("gc", "--compact")
        #expect(removed.exitCode == 0 && removed.output.contains("run1") && removed.error.contains("1 items"))
        #expect(try workspace.run("show", "run1").exitCode == 3)
        #expect(try workspace.run("gc", "--older-than", "soon").exitCode == 2)
        #expect(try workspace.run("gc", "--keep", "worst").exitCode == 2)
        #expect(try workspace.run("gc").error == "nothing to remove\n")
    }

    @Test func diffShowsOnlyWhatDiffers() throws {
        let sample = try SampleWorkspace(#function.filter(\.isLetter))
        let outcome = try sample.run("diff", "baseline", "faster")
        #expect(
            outcome.output
                == "config (1 of 2 keys)\nkey             run1   run2\noptimizer.rate  0.001  0.003\n")
        #expect(try sample.run("diff", "run1", "run1").error == "nothing differs\n")
        let workspace = try Workspace(directory: sample.url)
        for (index, body) in ["+one\n+two\n", "+one\n+three\n"].enumerated() {
            let diff =
                "diff --git a/x.swift b/x.swift\nindex 1..\(index)\n--- a/x.swift\n+++ b/x.swift\n@@ -1 +1,2 @@\n"
                + body
            let recorder = try workspace.startRun(
                RunDescription(
                    name: "code\(index)", seed: 1, configJSON: "{}", gitCommit: "c\(index)", gitDirty: true,
                    threads: index + 1, codeHash: "build\(index)", gitDiffSHA: SHA256.hex(of: diff)))
            try recorder.addArtifact(
                .data(Data(diff.utf8)), kind: "code", role: "diff", name: "uncommitted.diff",
                mime: "text/x-diff")
            try recorder.finish(.finished)
        }
        let code = try sample.run("diff", "code0", "code1", "--code")
        #expect(code.output.contains("commit  c0 -> c1"))
        #expect(code.output.contains("program  build0 -> build1  (different builds)"))
        #expect(
            code.output.contains(
                "uncommitted changes to x.swift\n...\n @@ -1 +1,2 @@\n +one\n-+two\n++three\n"))
        let json = try Self.object(sample.run("diff", "code0", "code1", "--json"))
        #expect(json["code"]?["files"]?[0]?["path"] == "x.swift" && json["env"]?[0]?["key"] == "threads")
        #expect(try sample.run("diff", "code0", "run9").exitCode == 3)
    }

    @Test func seriesInPieces() throws {
        let sample = try SampleWorkspace(#function.filter(\.isLetter))
        let workspace = try Workspace(directory: sample.url)
        let recorder = try workspace.startRun(RunDescription(name: "long", seed: 1, configJSON: "{}"))
        for step in 0..<20_000 {
            try recorder.log("loss", step: step, value: step == 12_345 ? 1000 : sin(Double(step)))
        }
        try recorder.finish(.finished)
        let csv = try sample.run("series", "long", "loss", "--points", "50", "--csv").output.split(
            separator: "\n")
        #expect(csv.count == 51 && csv.contains { $0.contains(",1000.0,") })
        #expect(
            try sample.run("series", "long", "loss", "--csv").output.split(separator: "\n").count == 20_001)
        let json = try Self.object(sample.run("series", "long", "loss", "--points", "7", "--json"))
        let pieces = try #require(json["pieces"]?.arrayValue)
        #expect(pieces.compactMap { $0["count"]?.intValue }.reduce(0, +) == 20_000)
        let chart = try sample.run("series", "long", "loss")
        #expect(chart.output.contains("20000 points") && chart.output.contains("1000"), "the spike is seen")
        #expect(try sample.run("series", "long", "los", "--points", "5").exitCode == 3)
        #expect(try sample.run("series", "long", "loss", "--points", "0").exitCode == 2)
    }

    @Test func exportAndImport() throws {
        let source = try SampleWorkspace(#function.filter(\.isLetter))
        let target = try SampleWorkspace(#function.filter(\.isLetter) + "target")
        let folder = source.url.appendingPathComponent("out")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

        let csv = try source.run("export", "run3", "--to", "csv")
        #expect(csv.output.hasPrefix("run,metric,step,value,time\nrun3,train/loss,0,1.0,"))
        #expect(csv.output.contains("\nrun3,train/loss,1,nan,"))
        #expect(try source.run("export", "1..2", "--to", "csv", "-o", path("a.csv")).exitCode == 0)
        #expect(
            try target.run("import", path("a.csv"), "--from", "csv").output.contains(
                "run4  run1  2 metrics, 22 points"))

        #expect(
            try source.run("export", "1..3", "--to", "tensorboard", "-o", path("tb"), "--quiet").exitCode == 0
        )
        let board = try target.run("import", path("tb"), "--from", "tensorboard", "--json")
        #expect(try Self.object(board)["imported"]?.arrayValue?.count == 3)

        #expect(
            try source.run("export", "-F", "status = finished", "--to", "json", "-o", path("all")).exitCode
                == 0)
        // The two workspaces were made alike, but no run is the same one.
        let imported = try target.run("import", path("all"), "--from", "export")
        #expect(imported.output.split(separator: "\n").count == 2, "\(imported)")
        #expect(try target.run("show", "last").output.contains("all stages (best)"))
        let again = try target.run("import", path("all"), "--from", "export")
        #expect(again.exitCode == 0 && again.output == "" && again.error.contains("is here already"))

        #expect(try source.run("export", "run1", "--to", "json", "-o", path("all")).exitCode == 7)
        #expect(try source.run("export", "run1", "--to", "json").exitCode == 2)
        #expect(try source.run("export", "run1", "--to", "xml").exitCode == 2)
        #expect(try target.run("import", path("nothing"), "--from", "csv").exitCode == 3)
        let wrong = try target.run("import", path("a.csv"), "--from", "tensorboard")
        #expect(wrong.exitCode == 2 && wrong.error.contains("does not begin as an event file"))
    }

    @Test func sqlReadsAndRefuses() throws {
        let workspace = try SampleWorkspace(#function.filter(\.isLetter))
        let query = "SELECT run_id, count(*) AS n FROM points GROUP BY run_id"
        #expect(try workspace.run("sql", query, "--csv").output == "run_id,n\n1,22\n2,22\n3,2\n")
        #expect(try workspace.run("sql", query, "--md").output.hasPrefix("| run_id | n |\n|---:|---:|\n"))
        let cut = try workspace.run("sql", query, "--limit", "1", "--json")
        #expect(try Self.object(cut)["cut"] == true && cut.error.contains("--limit 0"))
        let wrong = try workspace.run("sql", "SELECT nme FROM runs")
        #expect(wrong.exitCode == 2)
        #expect(
            wrong.error
                == "workbench: no such column: nme; did you mean name?\n  SELECT nme FROM runs\n         ^^^\n"
        )
        #expect(try workspace.run("sql", "DELETE FROM runs").exitCode == 2)
    }

    @Test func completionsOfThreeShells() throws {
        for (shell, text) in [("bash", "complete "), ("zsh", "#compdef workbench"), ("fish", "complete -c")] {
            let outcome = try BuiltProgram.run(["completions", shell])
            #expect(outcome.exitCode == 0 && outcome.output.contains(text), "\(shell)")
            #expect(outcome.output.contains("restore"))
        }
        #expect(try BuiltProgram.run(["completions", "tcsh"]).exitCode == 2)
    }
}
