import StrictJSON
import Tensor

/// `graph`: a program over named tensors, then backward calls whose gradients add up in the leaves.
enum GraphKind {
    static func run(_ run: CaseRun) throws { try execute(run) }

    static func execute(_ run: CaseRun) throws {
        let arguments = run.instance.arguments
        let constants = Set((arguments["constants"]?.arrayValue ?? []).compactMap(\.stringValue))
        let tape = Tape()
        var values = try run.inputs()
        var leaves: [String: Tensor] = [:]
        for (role, value) in values {
            guard !constants.contains(role), let tensor = value.tensor else { continue }
            let leaf = tape.watch(tensor)
            leaves[role] = leaf
            values[role] = .tensor(leaf)
        }
        for step in arguments["program"]?.arrayValue ?? [] {
            try perform(step, on: tape, &values)
        }
        let returns = (arguments["returns"]?.arrayValue ?? []).compactMap(\.stringValue)
        for (name, key) in zip(returns, run.instance.outputs) {
            guard let value = values[name] else { throw BrokenFixture("no value \(name)") }
            try run.check(value, key, name)
        }
        let sums = try backward(run, tape, values, leaves)
        for (role, key) in run.wanted { try run.checkGradient(sums[role], key, "gradient of \(role)") }
        for name in (run.instance.json["none_grads"]?.arrayValue ?? []).compactMap(\.stringValue)
        where sums[name] != nil {
            throw Mismatch("\(name) has a gradient and should have none")
        }
    }

    private static func perform(
        _ step: JSONValue, on tape: Tape, _ values: inout [String: CaseValue]
    ) throws {
        guard let operation = step["op"]?.stringValue else { throw BrokenFixture("a step without op") }
        var inputs: [String: CaseValue] = [:]
        for (role, source) in step["in"]?.objectValue?.members ?? [] {
            if let name = source.stringValue {
                inputs[role] = values[name]
            } else {
                for (index, name) in (source.arrayValue ?? []).enumerated() {
                    inputs["\(role).\(index)"] = name.stringValue.flatMap { values[$0] }
                }
            }
        }
        let call = Call(values: inputs, arguments: step["args"] ?? .object(JSONObject()))
        let results: [Tensor]
        if operation == "detach" {
            results = [try call.tensor("input").detached]
        } else if step["no_grad"]?.boolValue == true {
            results = try CaseRun.call(operation, call).map(\.detached)
        } else {
            results = try tape.record { try CaseRun.call(operation, call) }
        }
        let names = (step["out"]?.arrayValue ?? []).compactMap(\.stringValue)
        guard results.count >= names.count else { throw Mismatch("\(operation): \(results.count) results") }
        for (name, result) in zip(names, results) { values[name] = .tensor(result) }
    }

    /// The gradients of the leaves after all backward calls.
    private static func backward(
        _ run: CaseRun, _ tape: Tape, _ values: [String: CaseValue], _ leaves: [String: Tensor]
    ) throws -> [String: Tensor] {
        let after = run.instance.json["grads_after_each"]?.arrayValue
        var sums: [String: Tensor] = [:]
        for (index, step) in (run.instance.arguments["backward"]?.arrayValue ?? []).enumerated() {
            guard let name = step["output"]?.stringValue, let output = values[name]?.tensor else {
                throw BrokenFixture("a backward call without output")
            }
            let seedKey =
                run.instance.outputGradients.indices.contains(index)
                ? run.instance.outputGradients[index] : nil
            let gradients = try tape.attemptGradients(
                of: output, seed: try seedKey.map { try run.tensor($0) },
                retaining: step["retain_graph"]?.boolValue ?? false)
            for (role, leaf) in leaves {
                guard let gradient = gradients[leaf] else { continue }
                sums[role] = sums[role].map { $0 + gradient } ?? gradient
            }
            for (role, key) in after?[index].objectValue?.members ?? [] {
                guard let key = key.stringValue else { continue }
                try run.checkGradient(sums[role], key, "gradient of \(role) after call \(index + 1)")
            }
        }
        return sums
    }
}
