import Foundation
import StrictJSON
import Testing

@testable import Experiments

/// Sweep files of Weights & Biases, as its documentation describes them.
@Suite struct WandbSweepTests {
    private let folder: Miniature.Folder
    private let base: String

    init() throws {
        folder = try Miniature.Folder()
        let file = folder.url.appending(path: "base.json")
        try Miniature.text.write(to: file, atomically: true, encoding: .utf8)
        base = file.path
    }

    private func sweep(_ text: String, trials: Int? = nil) throws -> WandbSweep {
        try WandbSweep(
            JSONDocument(text, file: "w.json"), .init(base: base, baseName: "base.json", trials: trials))
    }

    private func parameter(_ text: String) throws -> JSONValue {
        let sweep = try sweep(
            "{\"method\": \"random\", \"run_cap\": 3, \"parameters\": {\"optimizer.learning_rate\": \(text), "
                + "\"training.steps\": {\"values\": [2, 4]}}}")
        return sweep.spec["params"]?["optimizer.learning_rate"] ?? sweep.spec["set"]?[
            "optimizer.learning_rate"] ?? .null
    }

    @Test(arguments: [
        (#"{"value": 0.5}"#, "0.5"), (#"{"distribution": "constant", "value": 0.5}"#, "0.5"),
        (#"{"values": [0.1, 0.2]}"#, #"{"values": [0.1, 0.2]}"#),
        (#"{"values": [0.1]}"#, "0.1"),
        (#"{"values": [0.1, 0.2], "probabilities": [0.5, 0.5]}"#, #"{"values": [0.1, 0.2]}"#),
        (#"{"min": 0.1, "max": 0.2}"#, #"{"range": [0.1, 0.2]}"#),
        (#"{"distribution": "uniform", "min": 0.5, "max": 1}"#, #"{"range": [0.5, 1]}"#),
        (
            #"{"distribution": "q_uniform", "min": 0.1, "max": 0.52, "q": 0.1}"#,
            #"{"range": [0.1, 0.5, 0.1]}"#
        ),
        (#"{"distribution": "log_uniform_values", "min": 1e-4, "max": 0.1}"#, #"{"log": [1e-4, 0.1]}"#),
        (#"{"distribution": "inv_log_uniform_values", "min": 1e-4, "max": 0.1}"#, #"{"log": [1e-4, 0.1]}"#),
        // e^-3 and e^-1; the reciprocals of e^1 and e^3.
        (
            #"{"distribution": "log_uniform", "min": -3, "max": -1}"#,
            #"{"log": [0.0497870683679, 0.367879441171]}"#
        ),
        (
            #"{"distribution": "inv_log_uniform", "min": 1, "max": 3}"#,
            #"{"log": [0.0497870683679, 0.367879441171]}"#
        ),
        (
            #"{"distribution": "q_log_uniform_values", "min": 0.2, "max": 0.8, "q": 0.2}"#,
            #"{"log": [0.2, 0.8, 0.2]}"#
        ),
        (#"{"distribution": "normal", "mu": 0.5, "sigma": 0.1}"#, #"{"normal": [0.5, 0.1]}"#),
        (#"{"distribution": "log_normal", "mu": -7, "sigma": 1}"#, #"{"log_normal": [-7, 1]}"#),
    ])
    func parametersBecomeDomains(_ theirs: String, _ ours: String) throws {
        #expect(try parameter(theirs) == JSONValue(parsing: ours))
    }

    @Test(arguments: [
        (#"{"min": 1, "max": 9}"#, #"{"int": [1, 9]}"#),
        (#"{"distribution": "q_uniform", "min": 1, "max": 9}"#, #"{"int": [1, 9]}"#),
        (#"{"distribution": "q_log_uniform_values", "min": 1, "max": 9}"#, #"{"log_int": [1, 9]}"#),
        (#"{"distribution": "int_uniform", "min": 1, "max": 9}"#, #"{"int": [1, 9]}"#),
    ])
    func wholeParametersStayWhole(_ theirs: String, _ ours: String) throws {
        let sweep = try sweep(
            "{\"method\": \"random\", \"run_cap\": 3, \"parameters\": {\"training\": {\"parameters\": {\"steps\": \(theirs)}}}}"
        )
        #expect(
            sweep.spec["params"]?["training.steps"] == (try JSONValue(parsing: ours)),
            "nested keys are joined")
    }

    @Test func theRestOfTheFile() throws {
        let sweep = try sweep(
            #"""
            {"name": "n", "method": "bayes", "program": "train.py", "metric": {"name": "validation/si_sdr", "goal": "maximize"},
             "parameters": {"training.steps": {"value": 400}, "training.validate_every": {"value": 10},
                            "optimizer.learning_rate": {"min": 0.001, "max": 0.01}},
             "early_terminate": {"type": "hyperband", "max_iter": 27, "s": 2, "eta": 3}}
            """#, trials: 7)
        let expected = try JSONValue(
            parsing: #"""
                {"sweep": "n", "base": "base.json", "method": "tpe",
                 "objective": {"metric": "validation/si_sdr", "goal": "max"},
                 "set": {"training.steps": 400, "training.validate_every": 10},
                 "params": {"optimizer.learning_rate": {"range": [0.001, 0.01]}},
                 "prune": {"type": "asha", "min": 30, "eta": 3, "max": 270, "on": "each run"},
                 "budget": {"trials": 7}}
                """#)
        #expect(JSONValue.object(sweep.spec) == expected)
        #expect(sweep.notes.contains { $0.hasPrefix("program: left out") })
        // It is a sweep of ours, whole.
        let plan = try SweepPlan(
            JSONDocument(JSONValue.object(sweep.spec).compactText), folder: folder.url.path + "/")
        #expect(plan.spec.method == .tpe && plan.configurationLimit == 7)
        // Without a metric the first decision after five validations.
        let other = try self.sweep(
            #"{"method": "grid", "parameters": {"training.batch_size": {"values": [1, 2]}, "training.steps": {"value": 40}}, "early_terminate": {"type": "hyperband", "min_iter": 5}}"#
        )
        #expect(other.spec["prune"]?["min"] == 10 && other.spec["prune"]?["max"] == 40)
    }

    @Test(arguments: [
        (#"{"method": "grid"}"#, "parameters: expected an object of parameters"),
        (
            #"{"method": "anneal", "parameters": {}}"#,
            #"method: "anneal" has no counterpart; accepted: grid, random, bayes"#
        ),
        (#"{"method": "grid", "parameters": {"seed": 3}}"#, "parameters.seed: expected an object"),
        (
            #"{"method": "grid", "parameters": {"training.steps": {"min": 1}}}"#,
            "parameters.training.steps: there is neither"
        ),
        (
            #"{"method": "grid", "parameters": {"training.steps": {"value": 1, "q": 2}}}"#,
            #"parameters.training.steps.q: "q" does not go with the distribution "constant""#
        ),
        (
            #"{"method": "grid", "parameters": {"training.steps": {"distribution": "q_beta", "min": 1}}}"#,
            #"parameters.training.steps.distribution: "q_beta" has no counterpart"#
        ),
        (
            #"{"method": "grid", "parameters": {"training.steps": {"distribution": "unifrom", "min": 1}}}"#,
            #"did you mean "uniform"?"#
        ),
        (
            #"{"method": "grid", "parameters": {"task": {"values": ["a", "b"], "probabilities": [0.1, 0.9]}}}"#,
            "parameters.task.probabilities: values that are not equally likely have no counterpart"
        ),
        (
            #"{"method": "random", "run_cap": 2, "parameters": {"training": {"parameters": {"stepz": {"values": [1, 2]}}}}}"#,
            #"w.json:1:79: parameters.training.parameters.stepz: "training.stepz" is not a key of"#
        ),
        (
            #"{"method": "grid", "parameters": {"training.steps": {"value": -4}}}"#,
            "parameters.training.steps: "
        ),
        (
            #"{"method": "random", "parameters": {"training.steps": {"values": [1, 2]}}}"#,
            "run_cap: there is none"
        ),
        (#"{"method": "grid", "queue": 1, "parameters": {}}"#, "queue: this key has no counterpart"),
        (
            #"{"method": "grid", "metric": {"name": "a", "target": 1}, "parameters": {}}"#,
            "metric.target: this key has no counterpart"
        ),
        (
            #"{"method": "grid", "parameters": {"training.steps": {"values": [1, 2]}}, "early_terminate": {"type": "hyperband", "min_iter": 1, "strict": true}}"#,
            "early_terminate.strict: strict pruning has no counterpart"
        ),
        (
            #"{"method": "grid", "parameters": {"training.batch_size": {"values": [1, 2]}}, "early_terminate": {"type": "hyperband", "min_iter": 9}}"#,
            "early_terminate: 4 is not above prune.min = 18"
        ),
    ])
    func whatHasNoCounterpartIsNamed(_ text: String, _ message: String) {
        let error = #expect(throws: JSONError.self) { try sweep(text) }
        #expect("\(error.map { "\($0)" } ?? "")".contains(message), "\(String(describing: error))")
        #expect(error?.file == "w.json")
    }
}
