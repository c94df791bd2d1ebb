import Foundation
import StrictJSON
import Testing

@testable import Experiments

/// What a sweep's file may say, and what it is told when it says something else.
@Suite struct SweepSpecTests {
    private let folder: Miniature.Folder

    init() throws {
        folder = try Miniature.Folder()
        try Miniature.text.write(
            to: folder.url.appending(path: "base.json"), atomically: true, encoding: .utf8)
    }

    private func plan(_ members: String) throws -> SweepPlan {
        let file = folder.url.appending(path: "sweep.json")
        let base = folder.url.appending(path: "base.json").path
        try "{\"sweep\": \"s\", \"base\": \"\(base)\",\n \(members)}".write(
            to: file, atomically: true, encoding: .utf8)
        return try SweepPlan(contentsOf: file.path)
    }

    private func refusal(_ members: String) -> String {
        do {
            _ = try plan(members).configurations()
            return "accepted"
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: [
        (#""method": "grid", "parms": {}"#, #"parms: unknown key "parms"; did you mean "params"?"#),
        (#""method": "gird""#, #"did you mean "grid"?"#),
        (#""method": "grid""#, "params: there is nothing to vary"),
        (
            #""method": "grid", "params": {"optim.learning_rate": {"values": [1e-3]}}"#,
            #"params.optim.learning_rate: "optim.learning_rate" is not a key of"#
        ),
        (
            #""method": "grid", "params": {"optim.learning_rate": {"values": [1e-3]}}"#,
            #"did you mean "optimizer.learning_rate"?"#
        ),
        (
            #""method": "grid", "params": {"optimizer.learning_rate": {"values": [1e-3, -1]}}"#,
            "params.optimizer.learning_rate: -1 is out of range; accepted: above 0"
        ),
        (
            #""method": "grid", "params": {"optimizer.learning_rate": {"log": [1e-4, 1e-2]}}"#,
            "a grid needs single values; add \"points\""
        ),
        (#""method": "grid", "params": {"seed": {"values": [1, 2]}}"#, "list them under \"seeds\""),
        (
            #""method": "grid", "params": {"training.steps": {"int": [5, 2]}}"#,
            "training.steps.int: [5, 2]: the first must be below the second"
        ),
        (
            #""method": "random", "params": {"training.steps": {"int": [1, 2]}}"#,
            "budget.trials: method \"random\" has no end of its own"
        ),
        (
            #""method": "tpe", "budget": {"trials": 4}, "params": {"model.stage1.depth": {"int": [1, 12]}}"#,
            "params.model.stage1.depth: 12 is out of range; accepted: 1 to 8"
        ),
        (
            #""method": "random", "budget": {"trials": 4}, "params": {"training.steps": {"log": [0, 2]}}"#,
            "0 has no logarithm; accepted: numbers above 0"
        ),
        (
            #""method": "random", "budget": {"trials": 4}, "params": {"training.steps": {"log": [1, 9, 4]}}"#,
            "the step 4 would round to zero; accepted: a lower end above half a step"
        ),
        (
            #""method": "random", "budget": {"trials": 4}, "params": {"training.steps": {"normal": [1, 0]}}"#,
            "[1,0]; accepted: [mean, deviation], the deviation above 0"
        ),
        (
            #""method": "grid", "params": {"optimizer.learning_rate": {"log_normal": [-7, 1]}}"#,
            "a grid needs single values"
        ),
        (
            #""method": "grid", "seeds": [1, 1], "params": {"training.steps": {"values": [1]}}"#,
            "a seed is given twice"
        ),
        (#""method": "ablation""#, "an ablation needs the key \"ablation\""),
        (
            #""method": "ablation", "ablation": {"factors": {"a": {"off": {"model.stage3": null}}}}"#,
            #"ablation.factors.a.off.model.stage3: "model.stage3" is not a key of"#
        ),
        (
            #""method": "ablation", "ablation": {"factors": {"a": {"off": {"augmentation": []}}}}"#,
            "\"without a\" is the same experiment as \"full\""
        ),
        (
            #"""
            "method": "ablation", "ablation": {"design": "full-factorial", "factors": {
            "a": {"off": {"model.stage2": null}}, "b": {"off": {"model.stage2.depth": 1}}}}
            """#, #"it sets "model.stage2.depth", which the factor "a" sets"#
        ),
        (
            #""method": "ablation", "prune": {"min": 1, "max": 2}, "ablation": {"factors": {"a": {"off": {"task": {"kind": "supervised"}}}}}"#,
            "prune: an ablation needs every run to its end"
        ),
        (
            #"""
            "method": "random", "budget": {"trials": 4}, "params": {"training.steps": {"int": [1, 2]}},
            "objective": {"metric": "test/si_sdr"}, "prune": {"min": 1, "max": 2}
            """#, "objective.metric: \"test/si_sdr\" is known when a run is over"
        ),
    ])
    func saysWhatIsWrong(_ members: String, _ text: String) {
        let message = refusal(members)
        #expect(message.contains(text), "\(message)")
        #expect(message.contains("sweep.json:"), "no place: \(message)")
    }

    @Test func saysThatTheBaseIsMissing() throws {
        let file = folder.url.appending(path: "sweep.json")
        try
            #"{"sweep": "s", "base": "nowhere.json", "method": "grid", "params": {"training.steps": {"values": [1]}}}"#
            .write(to: file, atomically: true, encoding: .utf8)
        let error = #expect(throws: JSONError.self) { try SweepPlan(contentsOf: file.path) }
        #expect(error?.kind == .notFound && error?.path == "base")
    }

    /// The base lies where the sweep's file says, seen from there, wherever one works.
    @Test func theBaseIsFoundFromTheSweepsFolder() throws {
        let inner = folder.url.appending(path: "inner")
        try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
        let text =
            #"{"sweep": "s", "base": "../base.json", "method": "grid", "params": {"training.steps": {"values": [1]}}}"#
        try text.write(to: inner.appending(path: "s.json"), atomically: true, encoding: .utf8)
        let plan = try SweepPlan(contentsOf: inner.appending(path: "s.json").path)
        #expect(plan.spec.base == "../base.json" && plan.experiment.base["name"] == "miniature")
        // The same sweep from elsewhere is the same sweep.
        let moved = text.replacing("../base.json", with: "base.json")
        try moved.write(to: folder.url.appending(path: "s.json"), atomically: true, encoding: .utf8)
        #expect(
            try SweepPlan(contentsOf: folder.url.appending(path: "s.json").path).identity == plan.identity)
        // Tests run in the package's folder, where this path would lead to a file.
        let wrong = text.replacing("../base.json", with: "experiments/gan_unet.json")
        try wrong.write(to: inner.appending(path: "w.json"), atomically: true, encoding: .utf8)
        let error = #expect(throws: JSONError.self) {
            try SweepPlan(contentsOf: inner.appending(path: "w.json").path)
        }
        #expect(
            error?.kind == .notFound && error?.message.contains("inner/experiments/gan_unet.json") == true)
    }

    @Test func aLossThatChangesItsMeaningIsNoticed() throws {
        let params = #""method": "grid", "params": {"losses": {"values": [[{"kind": "log_mel"}]]}}"#
        #expect(
            try plan(params).warnings.first?.contains("\"losses\" changes what \"validation/loss\" means")
                == true)
        #expect(try plan(params + #", "objective": {"metric": "validation/lsd_db"}"#).warnings.isEmpty)
        #expect(
            try plan(#""method": "grid", "params": {"training.steps": {"values": [1]}}"#).warnings.isEmpty)
    }

    /// What an experiment has is a factor, with the change that switches it off.
    @Test func knownFactorsOfAnExperiment() throws {
        let all = AblationFactor.known(
            in: try Miniature.config("training.ema_decay=0.9", #"augmentation=[{"kind":"gain"}]"#))
        #expect(
            all.names == [
                "second stage", "discriminator", "augmentation", "weight average",
                "loss noise_to_signal first",
                "loss noise_to_signal final", "loss log_mel final",
            ])
        for factor in all.members {
            for change in factor.value.off.members {
                _ = try Miniature.config(
                    "training.ema_decay=0.9", #"augmentation=[{"kind":"gain"}]"#,
                    "\(change.name)=\(change.value.compactText)")
            }
        }
        let few = AblationFactor.known(
            in: try Miniature.config(
                #"losses=[{"kind":"log_mel"}]"#, "model.stage2=null", #"task={"kind":"supervised"}"#))
        #expect(few.isEmpty)
    }

    @Test func aGridHasEveryCombination() throws {
        let planned =
            try plan(
                #"""
                "method": "grid", "params": {"training.steps": {"range": [2, 6, 2]},
                "optimizer.learning_rate": {"log": [1e-4, 1e-2], "points": 3}, "model.stage1.depth": {"int": [1, 2]}}
                """#
            ).configurations() ?? []
        #expect(planned.count == 3 * 3 * 2)
        #expect(Set(planned.map(\.hash)).count == planned.count)
        #expect(
            planned[0].assignment.overrides(seed: 7) == [
                "training.steps=2", "optimizer.learning_rate=0.0001", "model.stage1.depth=1", "seed=7",
            ])
        #expect(
            planned[17].assignment.text
                == "training.steps=6 optimizer.learning_rate=0.01 model.stage1.depth=2")
    }

    /// A parameter under a condition exists only where the condition holds, by the sweep's choice or by the base.
    @Test func conditionsDecideWhichParametersExist() throws {
        let planned =
            try plan(
                #"""
                "method": "grid",
                "params": {"task": {"values": [{"kind": "supervised"}, {"kind": "adversarial"}]}},
                "when": [{"if": {"task.kind": "adversarial"}, "params": {"task.weight": {"values": [0.1, 0.2]}}},
                         {"if": {"audio.mel_bands": 99}, "params": {"audio.mel_bands": {"values": [8]}}},
                         {"if": {"training.steps": 4}, "params": {"training.batch_size": {"values": [2, 3]}}}]
                """#
            ).configurations() ?? []
        #expect(planned.count == 2 + 4)
        #expect(
            planned.allSatisfy {
                ($0.assignment["task.weight"] != nil) == ($0.assignment["task"]?["kind"] == "adversarial")
            })
        #expect(planned.allSatisfy { $0.assignment["audio.mel_bands"] == nil })
    }

    @Test func designsSwitchTheRightThingsOff() throws {
        func cases(_ design: String) throws -> [(String, String)] {
            try plan(
                #"""
                "method": "ablation", "ablation": {"design": "\#(design)", "factors": {
                "stage2": {"off": {"model.stage2": null}},
                "judge": {"off": {"task": {"kind": "supervised"}}, "on": {"task.weight": 0.2}}}}
                """#
            ).configurations()?.map { ($0.name ?? "", $0.assignment.text) } ?? []
        }
        let leaveOneOut = try cases("leave-one-out")
        #expect(leaveOneOut.map(\.0) == ["full", "without stage2", "without judge"])
        #expect(leaveOneOut[0].1 == "task.weight=0.2")
        #expect(leaveOneOut[1].1 == "model.stage2=null task.weight=0.2")
        #expect(leaveOneOut[2].1 == #"task={"kind":"supervised"}"#)
        let oneAtATime = try cases("one-at-a-time")
        #expect(oneAtATime.map(\.0) == ["none", "stage2 alone", "judge alone"])
        #expect(oneAtATime[1].1 == #"task={"kind":"supervised"}"#)
        let factorial = try cases("full-factorial")
        #expect(factorial.map(\.0) == ["full", "stage2", "judge", "none"])
    }

    /// More seeds or a larger budget continue a sweep; other values make another one.
    @Test func identityIsWhatDecidesTheTrials() throws {
        let members = #""method": "random", "params": {"training.steps": {"int": [1, 2]}}"#
        let one = try plan(members + #", "budget": {"trials": 4}"#)
        let more = try plan(members + #", "budget": {"trials": 8}, "seeds": [1, 2], "jobs": 2"#)
        let other = try plan(members + #", "budget": {"trials": 4}, "seed": 2"#)
        #expect(one.identity == more.identity && one.identity != other.identity)
        #expect(try SweepPlan(storedAs: one.stored).identity == one.identity)
    }

    /// Every sweep that is shipped: its trials decode, and the first of them trains.
    @Test func shippedSweepsAreAccepted() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../..")
        let files = try FileManager.default.contentsOfDirectory(
            at: root.appending(path: "experiments"), includingPropertiesForKeys: nil
        ).filter { $0.pathExtension == "json" }
        var found = 0
        for file in files where try JSONDocument(contentsOf: file.path).value["sweep"] != nil {
            found += 1
            let plan = try SweepPlan(contentsOf: file.path)
            let planned = try #require(try plan.configurations()?.first)
            var config = try plan.experiment.config(planned.assignment, seed: 1)
            config.training.steps = 2
            config.training.batchSize = 2
            config.evaluation.validationItems = 1
            let recorder = Recorder()
            let trainer = try Trainer(config, dataset: config.makeDataset(), observers: [recorder])
            try trainer.calibrate()
            #expect(try trainer.run() == .finished)
            #expect(!recorder.losses.contains { !$0.isFinite }, "\(file.lastPathComponent)")
        }
        #expect(found > 0)
    }
}
