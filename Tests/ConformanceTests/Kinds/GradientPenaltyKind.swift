import Losses
import StrictJSON
import Tensor

/// `gradient_penalty`: R1 and WGAN-GP on small networks, given as lists of PyTorch's modules.
enum GradientPenaltyKind {
    static func run(_ run: CaseRun) throws {
        let arguments = run.instance.arguments
        let call = Call(values: [:], arguments: arguments)
        var parameters: [String: Parameter] = [:]
        for (name, key) in run.instance.keysByName("state") {
            parameters[name] = Parameter(try run.tensor(key))
        }
        let tape = Tape(watching: Array(parameters.values))
        let inputs = try run.inputs(watchedBy: tape)
        let given = Call(values: inputs, arguments: .null)
        let isR1 = try call.text("penalty") == "r1"
        let weight = try call.float("weight")

        let x = try tape.record {
            let real = try given.tensor("real")
            if isR1 { return real }
            // One alpha for each sample.
            let alpha = try given.tensor("alpha")
            let ones = [Int](repeating: 1, count: max(0, real.rank - 1))
            let share = alpha.reshaped([alpha.count] + ones)
            return share * real + (1 - share) * (try given.tensor("fake"))
        }
        let scores = try tape.record { try network(arguments, parameters, x) }
        let total = tape.record { scores.sum() }
        let first = tape.gradients(of: total, differentiable: true, including: [x])
        guard let gradient = first[x] else { throw Mismatch("the scores do not depend on the input") }
        let (penalty, loss) = try tape.record { () throws -> (Tensor, Tensor) in
            let penalty =
                isR1
                ? GradientPenalty.zeroCentred(gradient, weight: weight)
                : GradientPenalty.oneCentred(gradient, weight: weight)
            if try call.bool("add_adversarial") { return (penalty, penalty + (-scores).softplus().mean()) }
            return (penalty, penalty)
        }
        try run.checkOutputs([penalty, scores, gradient, loss])
        let second = tape.gradients(of: loss)
        for (role, key) in run.wanted {
            try run.checkGradient(inputs[role]?.tensor.flatMap { second[$0] }, key, "gradient of \(role)")
        }
        for (name, key) in run.instance.keysByName("grad_state") {
            try run.checkGradient(parameters[name].flatMap { second[$0] }, key, "gradient of \(name)")
        }
    }

    /// PyTorch's module types and the operations that they call.
    private static let operations = [
        "Conv1d": "nn.functional.conv1d", "Conv2d": "nn.functional.conv2d",
        "Linear": "nn.functional.linear", "LeakyReLU": "nn.functional.leaky_relu",
        "Softplus": "nn.functional.softplus", "SiLU": "nn.functional.silu", "GELU": "nn.functional.gelu",
        "Tanh": "tanh", "AvgPool2d": "nn.functional.avg_pool2d",
        "AdaptiveAvgPool2d": "nn.functional.adaptive_avg_pool2d",
        "InstanceNorm2d": "nn.functional.instance_norm", "GroupNorm": "nn.functional.group_norm",
        "LayerNorm": "nn.functional.layer_norm",
    ]

    private static func network(
        _ arguments: JSONValue, _ parameters: [String: Parameter], _ input: Tensor
    ) throws -> Tensor {
        var x = input
        for (index, layer) in (arguments["layers"]?.arrayValue ?? []).enumerated() {
            let type = layer["type"]?.stringValue ?? ""
            if type == "Flatten" {
                x = x.reshaped([x.shape[0], -1])
                continue
            }
            guard let operation = operations[type] else { throw Unsupported("there is no module \(type)") }
            var settings = layer.objectValue ?? JSONObject()
            // What the constructor calls `bias` is a truth value; the operation's bias is a tensor.
            settings["bias"] = nil
            if type == "InstanceNorm2d" { settings["use_input_stats"] = true }
            var values: [String: CaseValue] = ["input": .tensor(x)]
            for role in ["weight", "bias"] {
                if let parameter = parameters["\(index).\(role)"] { values[role] = .tensor(parameter.tensor) }
            }
            x = try CaseRun.call(operation, Call(values: values, arguments: .object(settings)))[0]
        }
        return x
    }
}
