import Layers
import StrictJSON
import Tensor

/// `optimizer`: parameters moved by given gradients, or by those of a least-squares problem.
enum OptimiserKind {
    static func run(_ run: CaseRun) throws {
        let arguments = run.instance.arguments
        let call = Call(values: try run.inputs(), arguments: arguments)
        let parameters = try call.list("param").map { Parameter($0) }
        let optimisers = try makeOptimisers(run, parameters)
        let steps = try call.int("steps")
        let gradients = try call.list("grad")
        var trajectories = parameters.map { _ in [Float]() }
        var losses: [Float] = []
        for step in 0..<steps {
            let tape = Tape(watching: parameters)
            let loss = try tape.record {
                if call.argument("objective") != nil {
                    let a = try call.tensor("A")
                    let product = a.matrixProduct(parameters[0].tensor.reshaped([a.shape[1], 1]))
                    let error = product.reshaped([a.shape[0]]) - (try call.tensor("b"))
                    return error.squared().mean()
                }
                // The gradient of <p, g> is g.
                return zip(parameters, gradients).reduce(Tensor(0)) { sum, pair in
                    let g = pair.1.slice(axis: 0, step..<step + 1).reshaped(pair.0.shape)
                    return sum + (pair.0.tensor * g).sum()
                }
            }
            losses.append(loss.item)
            let found = tape.gradients(of: loss)
            for optimiser in optimisers { optimiser.step(found) }
            for index in parameters.indices { trajectories[index] += parameters[index].value.values }
        }
        var outputs = zip(trajectories, parameters).map { Tensor($0, shape: [steps] + $1.shape) }
        if call.argument("objective") != nil { outputs.append(Tensor(losses)) }
        try run.checkOutputs(outputs)
    }

    /// One optimiser, or one for each group of parameters.
    private static func makeOptimisers(
        _ run: CaseRun, _ parameters: [Parameter]
    ) throws -> [any Optimiser] {
        let arguments = run.instance.arguments
        let name = String(run.instance.operation.split(separator: ".").last ?? "")
        let settings = arguments["kwargs"] ?? .null
        func named(_ indices: [Int]) -> [(path: String, parameter: Parameter)] {
            indices.map { ("\($0)", parameters[$0]) }
        }
        guard let groups = arguments["param_groups"]?.arrayValue else {
            return [try OptimiserFactory.optimiser(name, settings, named(Array(parameters.indices)))]
        }
        return try groups.map { group in
            var merged = settings.objectValue ?? JSONObject()
            for (key, value) in group.objectValue?.members ?? [] where key != "params" {
                merged[key] = value
            }
            let indices = try Call(values: [:], arguments: group).ints("params")
            guard indices.allSatisfy(parameters.indices.contains) else {
                throw BrokenFixture("a group names a parameter that is not there")
            }
            return try OptimiserFactory.optimiser(name, .object(merged), named(indices))
        }
    }
}
