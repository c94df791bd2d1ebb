import Tensor

/// The weight and bias of a layer, or what a reparametrisation makes them of.
///
/// - Parameter order: for each axis of the weight in PyTorch the axis here.
private func weightEntries(
    _ weight: Parameter, _ bias: Parameter?, _ reparametrisation: (any WeightReparametrisation)?,
    order: [Int]? = nil
) -> [TorchEntry] {
    let entries =
        reparametrisation?.torchEntries(of: weight, order: order)
        ?? [TorchEntry("weight", .parameter(weight), order: order)]
    return entries + (bias.map { [TorchEntry("bias", .parameter($0))] } ?? [])
}

extension Convolution2D: TorchStored {
    /// [out, height, width, in] here, [out, in, height, width] there.
    public var torchEntries: [TorchEntry] {
        weightEntries(weight, bias, reparametrisation, order: [0, 3, 1, 2])
    }
}

extension TransposedConvolution2D: TorchStored {
    /// [in, height, width, out] here, [in, out, height, width] there.
    public var torchEntries: [TorchEntry] {
        weightEntries(weight, bias, reparametrisation, order: [0, 3, 1, 2])
    }
}

extension Convolution1D: TorchStored {
    /// [out, kernel, in] here, [out, in, kernel] there.
    public var torchEntries: [TorchEntry] {
        weightEntries(weight, bias, reparametrisation, order: [0, 2, 1])
    }
}

extension TransposedConvolution1D: TorchStored {
    /// [in, kernel, out] here, [in, out, kernel] there.
    public var torchEntries: [TorchEntry] {
        weightEntries(weight, bias, reparametrisation, order: [0, 2, 1])
    }
}

extension Linear: TorchStored {
    public var torchEntries: [TorchEntry] { weightEntries(weight, bias, reparametrisation) }
}

/// Running statistics, beside which PyTorch always has a count of batches; a layer that does not count stores 0.
private func statisticsEntries(_ mean: Buffer?, _ variance: Buffer?, _ count: Buffer?) -> [TorchEntry] {
    guard let mean, let variance else { return [] }
    return [
        TorchEntry("running_mean", .buffer(mean)), TorchEntry("running_var", .buffer(variance)),
        TorchEntry("num_batches_tracked", count.map { .buffer($0) } ?? .constant(Tensor(0))),
    ]
}

private func affineEntries(_ weight: Parameter?, _ bias: Parameter?) -> [TorchEntry] {
    (weight.map { [TorchEntry("weight", .parameter($0))] } ?? [])
        + (bias.map { [TorchEntry("bias", .parameter($0))] } ?? [])
}

extension BatchNorm: TorchStored {
    public var torchEntries: [TorchEntry] {
        affineEntries(weight, bias) + statisticsEntries(runningMean, runningVariance, batchCount)
    }
}

extension InstanceNorm: TorchStored {
    public var torchEntries: [TorchEntry] {
        affineEntries(weight, bias) + statisticsEntries(runningMean, runningVariance, nil)
    }
}

extension LayerNorm: TorchStored {
    public var torchEntries: [TorchEntry] { affineEntries(weight, bias) }
}

extension GroupNorm: TorchStored {
    public var torchEntries: [TorchEntry] { affineEntries(weight, bias) }
}

extension Embedding: TorchStored {
    public var torchEntries: [TorchEntry] { [TorchEntry("weight", .parameter(weight))] }
}

extension RecurrentStack {
    /// Names with the number of the layer, and `_reverse` for its second direction. Gates have one order.
    var torchEntries: [TorchEntry] {
        weights.enumerated().flatMap { layer, both in
            both.enumerated().flatMap { direction, weights -> [TorchEntry] in
                let suffix = "_l\(layer)" + (direction == 1 ? "_reverse" : "")
                let parts: [(String, Parameter?)] = [
                    ("weight_ih", weights.input), ("weight_hh", weights.recurrent),
                    ("bias_ih", weights.inputBias), ("bias_hh", weights.recurrentBias),
                ]
                return parts.compactMap { name, parameter in
                    parameter.map { TorchEntry(name + suffix, .parameter($0)) }
                }
            }
        }
    }
}

extension GRU: TorchStored {
    public var torchEntries: [TorchEntry] { RecurrentStack(weights: weights).torchEntries }
}

extension LSTM: TorchStored {
    public var torchEntries: [TorchEntry] { RecurrentStack(weights: weights).torchEntries }
}

extension MultiHeadAttention: TorchStored {
    public var torchEntries: [TorchEntry] {
        let parts: [(String, Parameter?)] = [
            ("in_proj_weight", input), ("in_proj_bias", inputBias), ("out_proj.weight", output),
            ("out_proj.bias", outputBias),
        ]
        return parts.compactMap { name, parameter in
            parameter.map { TorchEntry(name, .parameter($0)) }
        }
    }
}

extension WeightNorm {
    /// As `torch.nn.utils.parametrizations.weight_norm` stores it: lengths, then directions.
    public func torchEntries(of weight: Parameter, order: [Int]?) -> [TorchEntry] {
        [
            TorchEntry("parametrizations.weight.original0", .parameter(magnitude), order: order),
            TorchEntry("parametrizations.weight.original1", .parameter(weight), order: order),
        ]
    }
}

extension SpectralNorm {
    /// As `torch.nn.utils.parametrizations.spectral_norm` stores it. The right singular vector is numbered by the axes of
    /// the weight other than that of the rows, in their order there.
    public func torchEntries(of weight: Parameter, order: [Int]?) -> [TorchEntry] {
        let columns = weight.shape.indices.filter { $0 != axis }
        let theirs = (order ?? Array(weight.shape.indices)).filter { $0 != axis }
        return [
            TorchEntry("parametrizations.weight.original", .parameter(weight), order: order),
            TorchEntry("parametrizations.weight.0._u", .buffer(left)),
            TorchEntry(
                "parametrizations.weight.0._v", .buffer(right),
                order: theirs.compactMap { columns.firstIndex(of: $0) },
                flattened: columns.map { weight.shape[$0] }),
        ]
    }
}
