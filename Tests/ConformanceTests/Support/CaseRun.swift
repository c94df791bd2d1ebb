import StrictJSON
import Tensor

/// A case being run: its tensors, and the comparison of results with expected ones.
struct CaseRun {
    let instance: ConformanceCase
    let tensors: SafetensorsFile

    func value(_ key: String) throws -> CaseValue { try CaseValue(key, in: tensors) }

    func tensor(_ key: String) throws -> Tensor {
        guard let tensor = try value(key).tensor else { throw BrokenFixture("\(key) holds no floats") }
        return tensor
    }

    /// The inputs by role.
    func inputs() throws -> [String: CaseValue] {
        var result: [String: CaseValue] = [:]
        for key in instance.inputs { result[instance.role(key)] = try value(key) }
        return result
    }

    /// The inputs that want a gradient, with the key of the expected one.
    var wanted: [(role: String, expected: String)] {
        zip(instance.inputs, instance.inputGradients).compactMap { input, gradient in
            gradient.map { (instance.role(input), $0) }
        }
    }

    /// The inputs by role, those that want a gradient watched by `tape`.
    func inputs(watchedBy tape: Tape) throws -> [String: CaseValue] {
        var result = try inputs()
        for (role, _) in wanted {
            if let tensor = result[role]?.tensor { result[role] = .tensor(tape.watch(tensor)) }
        }
        return result
    }

    /// Compares with the expected tensor of that key.
    func check(_ actual: CaseValue, _ key: String, _ what: String) throws {
        try Comparison.check(actual, try value(key), instance.tolerance(key), what)
    }

    func check(_ actual: Tensor, _ key: String, _ what: String) throws {
        try check(.tensor(actual), key, what)
    }

    /// Compares a gradient; one that does not exist is zero.
    func checkGradient(_ actual: Tensor?, _ key: String, _ what: String) throws {
        let expected = try value(key)
        try Comparison.check(
            .tensor(actual ?? .zeros(expected.shape)), expected, instance.tolerance(key), what)
    }

    func checkOutputs(_ outputs: [Tensor]) throws {
        guard outputs.count >= instance.outputs.count else {
            throw Mismatch("\(outputs.count) outputs, expected \(instance.outputs.count)")
        }
        for (index, key) in instance.outputs.enumerated() {
            try check(outputs[index], key, "output \(index)")
        }
    }

    /// sum over outputs of <output, upstream gradient>; nil if there is none.
    func weighted(_ outputs: [Tensor], on tape: Tape) throws -> Tensor? {
        var total: Tensor?
        for (index, key) in instance.outputGradients.enumerated() {
            guard let key else { continue }
            guard outputs.indices.contains(index) else { throw Mismatch("output \(index) is missing") }
            let upstream = try tensor(key)
            guard upstream.shape == outputs[index].shape else {
                throw Mismatch("output \(index): shape \(outputs[index].shape), expected \(upstream.shape)")
            }
            let term = tape.record { (outputs[index] * upstream).sum() }
            total = total.map { sum in tape.record { sum + term } } ?? term
        }
        return total
    }

    /// Calls an operation from the tables.
    static func call(_ operation: String, _ call: Call) throws -> [Tensor] {
        guard let handler = ConformanceTables.operations[operation] else {
            throw Unsupported("there is no operation \(operation)")
        }
        return try handler(call)
    }
}
