import Tensor

/// `op`: one call, its outputs and gradients.
enum OperationKind {
    static func run(_ run: CaseRun) throws {
        let tape = Tape()
        let inputs = try run.inputs(watchedBy: tape)
        let call = Call(values: inputs, arguments: run.instance.arguments)
        let outputs = try tape.record { try CaseRun.call(run.instance.operation, call) }
        try run.checkOutputs(outputs)
        if run.wanted.isEmpty { return }
        guard let total = try run.weighted(outputs, on: tape) else { return }
        let gradients = tape.gradients(of: total)
        for (role, key) in run.wanted {
            let gradient = inputs[role]?.tensor.flatMap { gradients[$0] }
            try run.checkGradient(gradient, key, "gradient of \(role)")
        }
    }
}
