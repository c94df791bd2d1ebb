import Tensor

let poolingOperations: [String: ConformanceOperation] = [
    "nn.functional.avg_pool1d": { try average($0, axes: 3) },
    "nn.functional.avg_pool2d": { try average($0, axes: 4) },
    "nn.functional.max_pool1d": { try maximum($0, axes: 3) },
    "nn.functional.max_pool2d": { try maximum($0, axes: 4) },
    "nn.functional.adaptive_avg_pool1d": { try adaptive($0, axes: 3) },
    "nn.functional.adaptive_avg_pool2d": { try adaptive($0, axes: 4) },
    "nn.functional.interpolate": { call in
        let x = try call.tensor("input").channelsLast
        let mode: InterpolationMode =
            switch try call.text("mode") {
            case "nearest": .nearest
            case "linear", "bilinear": .linear(alignsCorners: try call.bool("align_corners"))
            default: throw Unsupported("the mode \(try call.text("mode"))")
            }
        if let sizes = try call.optionalInts("size") {
            return [x.interpolated(to: sizes, mode).channelsFirst]
        }
        let scales = (call.argument("scale_factor")?.arrayValue ?? []).compactMap(\.doubleValue)
        return [
            x.interpolated(by: scales, mode, recomputesScale: try call.bool("recompute_scale_factor"))
                .channelsFirst
        ]
    },
    "nn.functional.pixel_shuffle": { try shuffled($0, "upscale_factor") },
    "custom.pixel_shuffle_1d": { try shuffled($0, "upscale_factor") },
    "nn.functional.pixel_unshuffle": { try unshuffled($0, "downscale_factor") },
    "custom.pixel_unshuffle_1d": { try unshuffled($0, "downscale_factor") },
]

private func windows(_ call: Call) throws -> [PoolingWindow] {
    let kernel = try call.ints("kernel_size")
    let stride = try call.optionalInts("stride") ?? kernel
    let padding = try call.optionalInts("padding") ?? kernel.map { _ in 0 }
    let dilation = try call.optionalInts("dilation") ?? kernel.map { _ in 1 }
    let ceil = try call.bool("ceil_mode")
    return kernel.indices.map {
        PoolingWindow(
            kernel: kernel[$0], stride: stride[$0], padding: padding[$0], dilation: dilation[$0],
            coversEnd: ceil)
    }
}

private func average(_ call: Call, axes: Int) throws -> [Tensor] {
    let windows = try windows(call)
    let counts = try call.bool("count_include_pad", default: true)
    return try Layout.batched(call.tensor("input"), axes: axes) { x in
        _ = try PoolingWindow.outputShape(x.channelsLast.shape, windows)
        return x.channelsLast.averagePooled(windows, countsPadding: counts).channelsFirst
    }
}

private func maximum(_ call: Call, axes: Int) throws -> [Tensor] {
    let windows = try windows(call)
    return try Layout.batched(call.tensor("input"), axes: axes) { x in
        _ = try PoolingWindow.outputShape(x.channelsLast.shape, windows)
        return x.channelsLast.maximumPooled(windows).channelsFirst
    }
}

private func adaptive(_ call: Call, axes: Int) throws -> [Tensor] {
    let sizes = try call.ints("output_size")
    return try Layout.batched(call.tensor("input"), axes: axes) {
        $0.channelsLast.adaptiveAveragePooled(sizes).channelsFirst
    }
}

private func shuffled(_ call: Call, _ factor: String) throws -> [Tensor] {
    let (x, factor) = (try call.tensor("input").channelsLast, try call.int(factor))
    _ = try Tensor.shuffledShape(x.shape, factor)
    return [x.pixelShuffled(factor).channelsFirst]
}

private func unshuffled(_ call: Call, _ factor: String) throws -> [Tensor] {
    let (x, factor) = (try call.tensor("input").channelsLast, try call.int(factor))
    _ = try Tensor.unshuffledShape(x.shape, factor)
    return [x.pixelUnshuffled(factor).channelsFirst]
}
