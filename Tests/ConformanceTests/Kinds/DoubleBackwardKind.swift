import Tensor

/// `double_backward`: the gradients g_i, then the gradients of sum <g_i, v_i>.
enum DoubleBackwardKind {
    static func run(_ run: CaseRun) throws {
        let tape = Tape()
        let inputs = try run.inputs(watchedBy: tape)
        guard let upstreamKey = run.instance.outputGradients.first, let upstreamKey else {
            throw BrokenFixture("no upstream gradient")
        }
        let upstream = tape.watch(try run.tensor(upstreamKey))
        let call = Call(
            values: inputs.filter { !$0.key.hasPrefix("v_") }, arguments: run.instance.arguments)
        let outputs = try tape.record { try CaseRun.call(run.instance.operation, call) }
        try run.checkOutputs(outputs)
        guard upstream.shape == outputs[0].shape else {
            throw Mismatch("output 0: shape \(outputs[0].shape), expected \(upstream.shape)")
        }
        let total = tape.record { (outputs[0] * upstream).sum() }
        let gradients = tape.gradients(of: total, differentiable: true)
        var product = Tensor(0)
        for (role, key) in run.wanted {
            let gradient = inputs[role]?.tensor.flatMap { gradients[$0] }
            try run.checkGradient(gradient, key, "gradient of \(role)")
            if let gradient, let direction = inputs["v_" + role]?.tensor {
                product = tape.record { product + (gradient * direction).sum() }
            }
        }
        let second = tape.gradients(of: product)
        for (name, key) in run.instance.keysByName("second_grads") {
            let leaf = name == "gout0" ? upstream : inputs[name]?.tensor
            try run.checkGradient(leaf.flatMap { second[$0] }, key, "second gradient of \(name)")
        }
    }
}
