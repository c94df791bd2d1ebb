import StrictJSON

@testable import Tensor

let shapeOperations: [String: ConformanceOperation] = [
    "reshape": { try attempt(Reshape(shape: try $0.ints("shape")), [$0.tensor("input")]) },
    "view": { try attempt(Reshape(shape: try $0.ints("shape")), [$0.tensor("input")]) },
    "permute": { call in
        let input = try call.tensor("input")
        return try attempt(
            Permute(order: try call.ints("dims").map { $0 < 0 ? $0 + input.rank : $0 }), [input])
    },
    "transpose": { call in
        let input = try call.tensor("input")
        let swap = SwapAxes(first: try call.int("dim0"), second: try call.int("dim1"))
        return try attempt(swap, [withAxis(input)]).map { input.rank == 0 ? $0.reshaped([]) : $0 }
    },
    "expand": { call in
        let input = try call.tensor("input")
        let size = try call.ints("size")
        let lead = size.count - input.rank
        let whole = size.enumerated().map { $1 == -1 && $0 >= lead ? input.shape[$0 - lead] : $1 }
        return try attempt(Broadcast(shape: whole), [input])
    },
    "repeat": { try attempt(Repeat(counts: try $0.ints("repeats")), [$0.tensor("input")]) },
    "flip": { try attempt(Flip(axes: try $0.ints("dims")), [$0.tensor("input")]) },
    "roll": { call in
        try attempt(
            Roll(shifts: try call.ints("shifts"), axes: try call.optionalInts("dims")), [call.tensor("input")]
        )
    },
    "cat": { call in
        let tensors = try call.list("tensors")
        let axis = try call.int("dim")
        let position = axis < 0 ? axis + (tensors.first?.rank ?? 0) : axis
        return try attempt(Concatenate(axis: position), tensors)
    },
    "stack": { try attempt(Stack(axis: try $0.int("dim")), try $0.list("tensors")) },
    "chunk": { call in
        let input = try call.tensor("input")
        let axis = try call.int("dim")
        let position = try Shape.normalise([axis], rank: input.rank, operation: "chunk")[0]
        let chunks = max(1, try call.int("chunks"))
        let size = (input.shape[position] + chunks - 1) / chunks
        return try attempt(
            Split(axis: axis, sizes: Split.pieces(of: size, in: input.shape[position])), [input])
    },
    "split": { call in
        let input = try call.tensor("input")
        let axis = try call.int("dim")
        if let size = call.argument("split_size_or_sections")?.intValue {
            let position = try Shape.normalise([axis], rank: input.rank, operation: "split")[0]
            return try attempt(
                Split(axis: axis, sizes: Split.pieces(of: size, in: input.shape[position])), [input])
        }
        return try attempt(Split(axis: axis, sizes: try call.ints("split_size_or_sections")), [input])
    },
    "narrow": { call in
        let input = try call.tensor("input")
        let axis = try call.int("dim")
        let position = try Shape.normalise([axis], rank: input.rank, operation: "narrow")[0]
        let length = try call.int("length")
        var start = try call.int("start")
        if start < 0 { start += input.shape[position] }
        guard length >= 0, start >= 0 else {
            throw ShapeError("[narrow] \(length) elements from \(start) are no range")
        }
        return try attempt(Slice(axis: position, range: start..<start + length), [input])
    },
    "slice": { call in
        let input = try call.tensor("input")
        let position = try Shape.normalise([try call.int("dim")], rank: input.rank, operation: "slice")[0]
        let size = input.shape[position]
        func bound(_ name: String, _ standard: Int) throws -> Int {
            guard let value = try call.optionalInt(name) else { return standard }
            return min(max(value < 0 ? value + size : value, 0), size)
        }
        let start = try bound("start", 0)
        let end = max(start, try bound("end", size))
        return try attempt(
            Slice(axis: position, range: start..<end, step: try call.int("step", default: 1)), [input])
    },
    "index_select": { call in
        let input = try call.tensor("input")
        let x = withAxis(input)
        let position = try Shape.normalise([try call.int("dim")], rank: x.rank, operation: "index_select")[0]
        let result = try attempt(
            TakeAtIndices(axis: position, indices: try call.indices("index").values), [x])
        return result.map { input.rank == 0 ? $0.reshaped([]) : $0 }
    },
    "gather": { call in
        let input = try call.tensor("input")
        let index = try call.indices("index")
        let x = withAxis(input)
        let position = try Shape.normalise([try call.int("dim")], rank: x.rank, operation: "gather")[0]
        let whole = index.rank == 0 ? index.reshaped([1]) : index
        return try attempt(Gather(axis: position, index: whole), [x]).map { $0.reshaped(index.shape) }
    },
    "masked_fill": { call in
        try attempt(
            Select(mask: try call.mask("mask")), [Tensor(call.float("value")), call.tensor("input")])
    },
    "nn.functional.pad": { try padding($0) },
    "unfold": { call in
        let windows = Windows(
            axis: try call.int("dimension"), size: try call.int("size"), step: try call.int("step"))
        return try attempt(windows, [withAxis(call.tensor("input"))])
    },
    "nn.functional.unfold": { call in
        let patches = try attempt(
            Patches(geometry: try geometry(call)), [call.tensor("input").channelsLast])[0]
        let s = patches.shape
        return [patches.permuted([0, 5, 3, 4, 1, 2]).reshaped([s[0], s[5] * s[3] * s[4], s[1] * s[2]])]
    },
    "nn.functional.fold": { call in
        let input = try call.tensor("input")
        let geometry = try geometry(call)
        let size = try call.ints("output_size")
        guard size.count == 2, input.rank == 3 else { throw Unsupported("fold of \(input.shape)") }
        let positions = try geometry.positions(height: size[0], width: size[1], operation: "fold")
        let (kh, kw) = (geometry.kernelHeight, geometry.kernelWidth)
        let apart = try attempt(
            Reshape(
                shape: [
                    input.shape[0], input.shape[1] / (kh * kw), kh, kw, positions.rows, positions.columns,
                ]),
            [input])[0]
        return try attempt(
            FoldedPatches(geometry: geometry, height: size[0], width: size[1]),
            [apart.permuted([0, 4, 5, 2, 3, 1])]
        ).map(\.channelsFirst)
    },
]

/// PyTorch lets a scalar have one axis where axes are named.
private func withAxis(_ tensor: Tensor) -> Tensor { tensor.rank == 0 ? tensor.reshaped([1]) : tensor }

private func pair(_ call: Call, _ name: String) throws -> (Int, Int) {
    let values = try call.ints(name)
    guard values.count == 2 else { throw Unsupported("\(name) is \(values)") }
    return (values[0], values[1])
}

private func geometry(_ call: Call) throws -> PatchGeometry {
    PatchGeometry(
        kernel: try pair(call, "kernel_size"), stride: try pair(call, "stride"),
        padding: try pair(call, "padding"), dilation: try pair(call, "dilation"))
}

/// PyTorch lists the padding of the last axis first, then of the one before it.
private func padding(_ call: Call) throws -> [Tensor] {
    let pad = try call.ints("pad")
    let mode: PaddingMode =
        switch try call.text("mode") {
        case "constant": .constant(try call.float("value", default: 0))
        case "reflect": .reflect
        case "replicate": .replicate
        case "circular": .circular
        case let other: throw Unsupported("padding mode \(other)")
        }
    var x = try call.tensor("input")
    for index in 0..<pad.count / 2 {
        x = try attempt(
            Padding(
                axis: x.rank - 1 - index, before: pad[2 * index], after: pad[2 * index + 1], mode: mode), [x])[
                0]
    }
    return [x]
}
