import Foundation
import StrictJSON
import Testing

/// `workbench sweep ask` and `tell`, `ablate`, `sweep import` and drawings, as a user types them.
@Suite("Driven sweeps and ablate", .serialized)
final class DrivenSweepCommandTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "workbench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder.appending(path: "sweeps"), withIntermediateDirectories: true)
        try write(SweepCommandTests.experiment, to: "mini.json")
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func write(_ text: String, to name: String) throws {
        try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
    }

    private func workbench(_ arguments: String...) throws -> BuiltProgram.Outcome {
        try BuiltProgram.run(arguments, in: folder)
    }

    private func json(_ outcome: BuiltProgram.Outcome) throws -> JSONValue {
        try JSONDocument(outcome.output).value
    }

    private static let grid = #"""
        {"sweep": "grid", "base": "../mini.json", "method": "grid",
         "params": {"optimizer.learning_rate": {"values": [1e-4, 1e-3, 1e-2]}}, "prune": {"min": 5, "eta": 2, "max": 50}}
        """#

    @Test func aDriverAsksAndTells() throws {
        try write(Self.grid, to: "sweeps/grid.json")
        let asked = try workbench("sweep", "ask", "sweeps/grid.json", "--driver", "ann")
        #expect(asked.exitCode == 0 && asked.error.isEmpty, "\(asked.error)")
        for text in ["trial", "optimizer.learning_rate  0.0001", "yours until", "5, 10, 20, 40 steps"] {
            #expect(asked.output.contains(text), "\(text) is not in\n\(asked.output)")
        }
        let again = try json(workbench("sweep", "ask", "grid", "--driver", "ann", "--json"))
        #expect(again["trial"] == 0 && again["try"] == 1 && again["seed"] == 1 && again["token"] == "1/0/1")
        #expect(again["set"] == ["optimizer.learning_rate=0.0001", "seed=1"])
        #expect(again["experiment"]?["optimizer"]?["learning_rate"] == 0.0001)
        let second = try json(workbench("sweep", "ask", "grid", "--json"))
        #expect(second["trial"] == 1)
        #expect(try workbench("sweep", "status", "grid").output.contains("driver ann, until"))

        let goesOn = try workbench("sweep", "tell", "grid", "0", "--step", "5", "--value", "-2.5")
        #expect(goesOn.exitCode == 0 && goesOn.output == "continue\n", "\(goesOn.error)")
        let stop = try workbench("sweep", "tell", "grid", "1", "--step", "5", "--value", "3")
        #expect(
            stop.exitCode == 0 && stop.output == "stop\n"
                && stop.error.contains("sweep1/1 pruned after 5 steps"))
        let told = try json(workbench("sweep", "tell", "grid", "0", "--try", "1", "--value", "-3", "--json"))
        #expect(told["state"] == "finished" && told["continue"] == .bool(false))
        #expect(try workbench("sweep", "tell", "grid", "0", "--value", "-3").exitCode == 0, "said before")
        let other = try workbench("sweep", "tell", "grid", "0", "--value", "4")
        #expect(
            other.exitCode == 7 && other.error.contains("sweep1/0 has finished with -3.0"), "\(other.error)")
        #expect(try workbench("sweep", "tell", "grid", "9", "--value", "4").exitCode == 3)
        #expect(try workbench("sweep", "tell", "grit", "0", "--value", "4").exitCode == 3)
        #expect(try workbench("sweep", "tell", "grid", "0").exitCode == 2)
        #expect(try workbench("sweep", "tell", "grid", "0", "--failed", "x", "--step", "3").exitCode == 2)
        #expect(try workbench("sweep", "ask", "grid", "--lease", "soon").exitCode == 2)

        // The workbench runs what is left beside the driver.
        let swept = try workbench("sweep", "sweeps/grid.json", "--quiet")
        #expect(swept.exitCode == 0, "\(swept.error)")
        let status = try json(workbench("sweep", "status", "grid", "--json"))
        let states = status["trials"]?.arrayValue?.map { $0["state"]?.stringValue ?? "" }
        #expect(status["state"] == "finished" && states == ["finished", "pruned", "finished"])
        let over = try workbench("sweep", "ask", "grid", "--json")
        #expect(try over.exitCode == 3 && json(over)["reason"] == "finished")
    }

    /// Others have all that is left: 5; a break: 75; and `resume --drivers-only` ends it without starting anything.
    @Test func askingSaysWhyThereIsNothing() throws {
        try write(Self.grid, to: "sweeps/grid.json")
        for _ in 0..<3 { #expect(try workbench("sweep", "ask", "sweeps/grid.json").exitCode == 0) }
        let taken = try workbench("sweep", "ask", "grid")
        #expect(taken.exitCode == 5 && taken.error.contains("others work on the last 3 trials"))
        #expect(try workbench("sweep", "tell", "grid", "1", "--failed", "no disk").exitCode == 0)
        #expect(try workbench("sweep", "pause", "grid").exitCode == 0)
        #expect(try workbench("sweep", "ask", "grid").exitCode == 75)
        let resumed = try workbench("sweep", "retry", "grid", "--drivers-only")
        #expect(
            resumed.exitCode == 0 && resumed.error.contains("workbench sweep ask sweep1"), "\(resumed.error)")
        #expect(try json(workbench("sweep", "ask", "grid", "--json"))["try"] == 2)
        #expect(try workbench("sweep", "stop", "grid").exitCode == 0)
        #expect(try workbench("sweep", "ask", "grid").exitCode == 3)
    }

    /// A driver may train with the workbench: the run belongs to the trial.
    @Test func aDriversRunBelongsToItsTrial() throws {
        try write(Self.grid, to: "sweeps/grid.json")
        let asked = try json(workbench("sweep", "ask", "sweeps/grid.json", "--json"))
        try write(asked["experiment"]?.prettyText ?? "", to: "trial.json")
        let token = asked["token"]?.stringValue ?? ""
        let trained = try workbench("run", "trial.json", "--trial", token, "--quiet")
        #expect(trained.exitCode == 0, "\(trained.error)")
        #expect(try workbench("sweep", "tell", "grid", "0", "--value", "1").exitCode == 0)
        let trial = try json(workbench("sweep", "status", "grid", "--json"))["trials"]?.arrayValue?.first
        #expect(trial?["run"] == "run1" && trial?["value"] == 1)
    }

    @Test func anAblationFromTheCommandLine() throws {
        let arguments = [
            "ablate", "mini.json", "--off", "second stage", "--off",
            "one loss: losses=[{\"kind\":\"log_mel\"}]",
            "--seeds", "1..2", "--set", "training.steps=2",
        ]
        func ablate(_ more: String...) throws -> BuiltProgram.Outcome {
            try BuiltProgram.run(arguments + more, in: folder)
        }
        let preview = try json(ablate("--preview", "--json"))
        #expect(preview["trials"]?.arrayValue?.count == 6 && preview["method"] == "ablation")
        let ablated = try ablate("--quiet")
        #expect(ablated.exitCode == 0, "\(ablated.error)")
        for text in [
            "sweep1 mini-ablation: leave-one-out, validation/lsd_db (min, last)", "second stage", "one loss",
        ] {
            #expect(ablated.output.contains(text), "\(text) is not in\n\(ablated.output)")
        }
        // Saved, it is the same sweep, from whatever folder.
        #expect(try ablate("--save", "sweeps/a.json").exitCode == 0)
        let saved = try BuiltProgram.run(
            ["sweep", "a.json", "--quiet", "--json", "--workspace", "../.workbench"],
            in: folder.appending(path: "sweeps"))
        #expect(try saved.exitCode == 0 && json(saved)["sweep"] == "sweep1", "\(saved.error)")
        #expect(try workbench("ablate", "sweeps/a.json", "--preview").exitCode == 0)

        for format in ["e.svg", "e.png"] {
            #expect(try workbench("sweep", "table", "last", "--plot", format).exitCode == 0)
        }
        let picture = try String(contentsOf: folder.appending(path: "e.svg"), encoding: .utf8)
        // A line an effect, a dot a run beside a dot an effect.
        #expect(picture.hasPrefix("<?xml") && picture.hasSuffix("</svg>\n"))
        #expect(picture.components(separatedBy: "class=\"span ").count == 2 + 1)
        #expect(picture.components(separatedBy: "<circle").count == 2 + 6 + 1)
        #expect(picture.contains(">without one loss<") && !picture.contains("nan"))

        let unknown = try workbench("ablate", "mini.json", "--off", "second stag")
        #expect(
            unknown.exitCode == 2 && unknown.error.contains("did you mean \"second stage\"?"),
            "\(unknown.error)")
        let wrong = try workbench("ablate", "mini.json", "--off", "third: model.stage3=null")
        #expect(
            wrong.exitCode == 2
                && wrong.error.hasPrefix("workbench: --off third: \"model.stage3\" is not a key"))
        #expect(try workbench("ablate", "mini.json", "--seeds", "3..1").exitCode == 2)
        #expect(try workbench("ablate", "sweeps/a.json", "--seeds", "1..2").exitCode == 2)
        #expect(try workbench("ablate", "nothing.json").exitCode == 3)
    }

    @Test func aSearchIsDrawn() throws {
        try write(
            #"""
            {"sweep": "tour", "base": "../mini.json", "method": "random", "budget": {"trials": 6},
             "params": {"optimizer.learning_rate": {"log": [1e-4, 1e-2]},
                        "optimizer.schedule": {"values": ["cosine", "constant"]}}}
            """#, to: "sweeps/tour.json")
        #expect(try workbench("sweep", "ask", "sweeps/tour.json").exitCode == 0)
        #expect(
            try workbench("sweep", "table", "tour", "--plot", "s.svg").exitCode == 3, "nothing to draw yet")
        #expect(try workbench("sweep", "tell", "tour", "0", "--failed", "<lost>").exitCode == 0)
        for value in ["3", "1", "2", "0.5", "4"] {
            let trial = try json(workbench("sweep", "ask", "tour", "--json"))["trial"]?.intValue ?? -1
            #expect(try workbench("sweep", "tell", "tour", "\(trial)", "--value", value).exitCode == 0)
        }
        #expect(try workbench("sweep", "table", "tour", "--plot", "s.svg").exitCode == 0)
        let picture = try String(contentsOf: folder.appending(path: "s.svg"), encoding: .utf8)
        // Five trials in the history and over each of two parameters; five ways; one cross.
        #expect(picture.components(separatedBy: "<circle").count == 5 * 3 + 1)
        #expect(picture.components(separatedBy: "class=\"way\"").count == 5 + 1)
        #expect(picture.components(separatedBy: "class=\"failed\"").count == 1 + 1)
        // The best so far falls three times, by two corners each, and ends at the last trial.
        let best =
            picture.components(separatedBy: "class=\"best\" points=\"").last?.prefix { $0 != "\"" } ?? ""
        #expect(best.split(separator: " ").count == 1 + 2 + 2 + 1, "\(best)")
    }

    @Test func weightsAndBiasesFilesAreImported() throws {
        let theirs = #"""
            {"name": "rates", "method": "random", "metric": {"name": "validation/loss", "goal": "minimize"},
             "parameters": {"training.steps": {"value": 2},
                            "optimizer.learning_rate": {"distribution": "log_uniform_values", "min": 1e-4, "max": 1e-2}}}
            """#
        try write(theirs, to: "wandb.json")
        let hint = try workbench("sweep", "wandb.json")
        #expect(hint.exitCode == 2 && hint.error.contains("workbench sweep import"), "\(hint.error)")
        #expect(try workbench("sweep", "import", "wandb.json", "--base", "mini.json").exitCode == 2, "no end")
        let imported = try workbench(
            "sweep", "import", "wandb.json", "--base", "mini.json", "--trials", "2", "-o", "sweeps/rates.json"
        )
        #expect(imported.exitCode == 0, "\(imported.error)")
        let swept = try workbench("sweep", "sweeps/rates.json", "--quiet", "--json")
        #expect(try swept.exitCode == 0 && json(swept)["counts"]?["finished"] == 2, "\(swept.error)")
        let shown = try workbench("sweep", "import", "wandb.json", "--base", "mini.json", "--trials", "2")
        #expect(try json(shown)["base"] == "mini.json")
        try write(theirs.replacing("learning_rate", with: "learning_rat"), to: "wrong.json")
        let wrong = try workbench("sweep", "import", "wrong.json", "--base", "mini.json", "--trials", "2")
        #expect(wrong.exitCode == 2 && wrong.error.contains("wrong.json:3:"), "\(wrong.error)")
        #expect(try workbench("sweep", "import", "sweep.yaml", "--base", "mini.json").exitCode == 2)
        #expect(try workbench("sweep", "import", "none.json", "--base", "mini.json").exitCode == 3)
    }
}
