import Layers
import Tensor

/// A linear or convolution layer under PyTorch's names, as the parametrisation cases wrap it.
struct WrappedLayer {
    let weight: Parameter
    let bias: Parameter?
    let isTransposed: Bool
    let reparametrise: (any WeightReparametrisation) -> Void
    private let run: (Tensor, Mode) throws -> Tensor

    init(_ call: Call) throws {
        try self.init(try call.text("module"), constructor(call))
    }

    init(_ name: String, _ settings: Call) throws {
        var stream = RandomStream(seed: 0, "wrapped")
        let hasBias = try settings.bool("bias", default: true)
        isTransposed = name.hasPrefix("ConvTranspose")
        switch name {
        case "Linear":
            let layer = Linear(
                try settings.int("in_features"), try settings.int("out_features"), hasBias: hasBias,
                from: &stream)
            (weight, bias) = (layer.weight, layer.bias)
            reparametrise = { layer.reparametrisation = $0 }
            run = { layer($0, mode: $1) }
        case "Conv1d":
            let layer = Convolution1D(
                try settings.int("in_channels"), try settings.int("out_channels"),
                kernel: try settings.ints("kernel_size")[0], geometry: try geometry1D(settings),
                hasBias: hasBias, from: &stream)
            (weight, bias) = (layer.weight, layer.bias)
            reparametrise = { layer.reparametrisation = $0 }
            run = { x, mode in
                _ = try layer.geometry.outputShape(input: x.channelsLast.shape, weight: layer.weight.shape)
                return layer(x.channelsLast, mode: mode).channelsFirst
            }
        case "ConvTranspose1d":
            let layer = TransposedConvolution1D(
                try settings.int("in_channels"), try settings.int("out_channels"),
                kernel: try settings.ints("kernel_size")[0], geometry: try geometry1D(settings),
                outputPadding: try settings.optionalInts("output_padding")?[0] ?? 0, hasBias: hasBias,
                from: &stream)
            (weight, bias) = (layer.weight, layer.bias)
            reparametrise = { layer.reparametrisation = $0 }
            run = { layer($0.channelsLast, mode: $1).channelsFirst }
        case "Conv2d":
            let kernel = try settings.ints("kernel_size")
            let layer = Convolution2D(
                try settings.int("in_channels"), try settings.int("out_channels"),
                kernel: (kernel[0], kernel[kernel.count - 1]), geometry: try geometry2D(settings),
                hasBias: hasBias, from: &stream)
            (weight, bias) = (layer.weight, layer.bias)
            reparametrise = { layer.reparametrisation = $0 }
            run = { layer($0.channelsLast, mode: $1).channelsFirst }
        default: throw Unsupported("there is no layer \(name)")
        }
    }

    /// PyTorch's layout of a weight to ours.
    let load: (Tensor) throws -> Tensor = { $0.channelsLast }
    let store: (Tensor) -> Tensor = { $0.channelsFirst }

    /// Our number of one of PyTorch's axes.
    func axis(_ number: Int) -> Int { number == 1 ? weight.value.rank - 1 : number }

    /// The right singular vector, whose elements follow the axes of the weight behind the first.
    func columns(_ buffer: Buffer) -> ConformanceModule.BufferBinding {
        // Ours: kernel, then input channels; of transposed kernels the same order as PyTorch's.
        let shape = weight.value.shape
        guard !isTransposed, shape.count > 2 else { return .init(buffer) }
        let ours = Array(shape.dropFirst())
        let theirs = [shape[shape.count - 1]] + shape[1..<(shape.count - 1)]
        let last = ours.count - 1
        return .init(
            read: {
                .tensor(
                    buffer.value.reshaped(ours).permuted([last] + Array(0..<last)).reshaped(
                        buffer.value.shape))
            },
            write: { value in
                guard let tensor = value.tensor, tensor.shape == buffer.value.shape else {
                    throw Unsupported("a vector of shape \(value.shape)")
                }
                buffer.value = tensor.reshaped(theirs).permuted(Array(1..<theirs.count) + [0])
                    .reshaped(tensor.shape)
            })
    }

    func module(
        _ parameters: [String: ConformanceModule.Binding],
        buffers: [String: ConformanceModule.BufferBinding] = [:]
    ) -> ConformanceModule {
        var all = parameters
        if let bias { all["bias"] = .init(bias) }
        return ConformanceModule(parameters: all, buffers: buffers) { call, mode in
            [try run(try call.tensor("input"), mode)]
        }
    }
}
