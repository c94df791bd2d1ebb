import Tensor

let convolutionOperations: [String: ConformanceOperation] = [
    "nn.functional.conv1d": { call in
        let geometry = try geometry1D(call)
        return try Layout.batched(call.tensor("input"), axes: 3) { x in
            let (x, weight, bias) = (x.channelsLast, try weight(call), try call.optionalTensor("bias"))
            _ = try geometry.outputShape(input: x.shape, weight: weight.shape, bias: bias?.shape)
            return x.convolved1D(weight, bias: bias, geometry).channelsFirst
        }
    },
    "nn.functional.conv_transpose1d": { call in
        let geometry = try geometry1D(call)
        let padding = try call.ints("output_padding")[0]
        return try Layout.batched(call.tensor("input"), axes: 3) { x in
            let (x, weight, bias) = (x.channelsLast, try weight(call), try call.optionalTensor("bias"))
            _ = try geometry.transposedOutputShape(
                input: x.shape, weight: weight.shape, bias: bias?.shape, outputPadding: padding)
            return x.transposedConvolved1D(weight, bias: bias, geometry, outputPadding: padding).channelsFirst
        }
    },
    "nn.functional.conv2d": { call in
        let geometry = try geometry2D(call)
        return try Layout.batched(call.tensor("input"), axes: 4) { x in
            let (x, weight, bias) = (x.channelsLast, try weight(call), try call.optionalTensor("bias"))
            _ = try geometry.outputShape(input: x.shape, weight: weight.shape, bias: bias?.shape)
            return x.convolved(weight, bias: bias, geometry).channelsFirst
        }
    },
    "nn.functional.conv_transpose2d": { call in
        let geometry = try geometry2D(call)
        let padding = try call.ints("output_padding")
        return try Layout.batched(call.tensor("input"), axes: 4) { x in
            let (x, weight, bias) = (x.channelsLast, try weight(call), try call.optionalTensor("bias"))
            _ = try geometry.transposedOutputShape(
                input: x.shape, weight: weight.shape, bias: bias?.shape, outputPaddingY: padding[0],
                outputPaddingX: padding[1])
            return x.transposedConvolved(
                weight, bias: bias, geometry, outputPaddingY: padding[0], outputPaddingX: padding[1]
            ).channelsFirst
        }
    },
]

/// [out, in, kernel...] -> [out, kernel..., in].
private func weight(_ call: Call) throws -> Tensor { try call.tensor("weight").channelsLast }

func geometry1D(_ call: Call) throws -> ConvolutionGeometry1D {
    ConvolutionGeometry1D(
        stride: try call.optionalInts("stride")?[0] ?? 1, padding: try call.optionalInts("padding")?[0] ?? 0,
        dilation: try call.optionalInts("dilation")?[0] ?? 1, groups: try call.int("groups", default: 1))
}

func geometry2D(_ call: Call) throws -> ConvolutionGeometry {
    func pair(_ name: String, _ standard: Int) throws -> (Int, Int) {
        let values = try call.optionalInts(name) ?? [standard]
        return (values[0], values[values.count - 1])
    }
    let (stride, padding) = (try pair("stride", 1), try pair("padding", 0))
    let dilation = try pair("dilation", 1)
    return ConvolutionGeometry(
        strideY: stride.0, strideX: stride.1, paddingY: padding.0, paddingX: padding.1,
        dilationY: dilation.0, dilationX: dilation.1, groups: try call.int("groups", default: 1))
}

/// What the families with positions have in common.
enum Layout {
    /// Calls `body` with a batch axis, which is added and taken away where the input has `axes` - 1 axes.
    static func batched(
        _ x: Tensor, axes: Int, _ body: (Tensor) throws -> Tensor
    ) throws -> [Tensor] {
        guard x.rank == axes - 1 else { return [try body(x)] }
        let result = try body(x.reshaped([1] + x.shape))
        return [result.reshaped(Array(result.shape.dropFirst()))]
    }
}
