import Layers
import Tensor

let convolutionModules: [String: ConformanceModuleBuilder] = [
    "nn.Conv1d": { try convolution("Conv1d", $0) },
    "nn.Conv2d": { try convolution("Conv2d", $0) },
    "nn.ConvTranspose1d": { try convolution("ConvTranspose1d", $0) },
]

private func convolution(_ name: String, _ call: Call) throws -> ConformanceModule {
    let layer = try WrappedLayer(name, constructor(call))
    return layer.module(["weight": .init(layer.weight, load: layer.load, store: layer.store)])
}
