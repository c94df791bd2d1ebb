import Layers

@testable import Tensor

let linearModules: [String: ConformanceModuleBuilder] = [
    "nn.Linear": { call in
        let settings = Call(values: [:], arguments: call.argument("constructor") ?? .null)
        var stream = RandomStream(seed: 0, "linear")
        let layer = Linear(
            try settings.int("in_features"), try settings.int("out_features"),
            hasBias: try settings.bool("bias", default: true), from: &stream)
        var parameters = ["weight": ConformanceModule.Binding(layer.weight)]
        if let bias = layer.bias { parameters["bias"] = .init(bias) }
        return ConformanceModule(parameters: parameters) { call, mode in
            let input = try call.tensor("input")
            _ = try LinearMap().outputShapes([input.shape, layer.weight.shape])
            return [layer(input, mode: mode)]
        }
    }
]
