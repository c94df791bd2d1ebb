import Tensor

/// A layer that PyTorch stores under other names or in another layout than ours.
public protocol TorchStored {
    /// Names below the layer's own, as in PyTorch's `state_dict`.
    var torchEntries: [TorchEntry] { get }
}

/// One entry of a PyTorch state dict, and where its numbers live here.
public struct TorchEntry {
    /// What holds the numbers.
    public enum Place {
        case parameter(Parameter)
        case buffer(Buffer)
        /// What PyTorch stores and the layer has no use for.
        case constant(Tensor)
    }

    public let name: String
    public let place: Place
    /// For each axis in PyTorch the axis here.
    let order: [Int]?

    /// - Parameter order: for each axis in PyTorch the axis here; nil where they agree.
    public init(_ name: String, _ place: Place, order: [Int]? = nil) {
        (self.name, self.place, self.order) = (name, place, order)
    }

    /// The value in PyTorch's layout.
    public var value: Tensor {
        let own: Tensor =
            switch place {
            case .parameter(let parameter): parameter.value
            case .buffer(let buffer): buffer.value
            case .constant(let tensor): tensor
            }
        return toTorch(own)
    }

    /// A tensor of the entry's kind, such as its gradient, in PyTorch's layout.
    public func toTorch(_ tensor: Tensor) -> Tensor { order.map { tensor.permuted($0) } ?? tensor }

    /// The shape in PyTorch.
    var shape: [Int] { value.shape }

    /// Takes a value in PyTorch's layout, whose shape has been checked.
    func store(_ tensor: Tensor) {
        var own = tensor
        if let order {
            var inverse = order
            for (position, axis) in order.enumerated() { inverse[axis] = position }
            own = tensor.permuted(inverse)
        }
        // Row-major, so that it is written and read as any other value.
        own = Tensor(own.values, shape: own.shape)
        switch place {
        case .parameter(let parameter): parameter.value = own
        case .buffer(let buffer): buffer.value = own
        case .constant: break
        }
    }

    func prefixed(_ path: String) -> TorchEntry {
        TorchEntry(path.isEmpty ? name : path + "." + name, place, order: order)
    }
}

extension Convolution2D: TorchStored {
    /// [out, height, width, in] here, [out, in, height, width] there.
    public var torchEntries: [TorchEntry] {
        [TorchEntry("weight", .parameter(weight), order: [0, 3, 1, 2])]
            + (bias.map { [TorchEntry("bias", .parameter($0))] } ?? [])
    }
}

extension TransposedConvolution2D: TorchStored {
    /// [in, height, width, out] here, [in, out, height, width] there.
    public var torchEntries: [TorchEntry] {
        [TorchEntry("weight", .parameter(weight), order: [0, 3, 1, 2])]
            + (bias.map { [TorchEntry("bias", .parameter($0))] } ?? [])
    }
}

extension Linear: TorchStored {
    public var torchEntries: [TorchEntry] {
        [TorchEntry("weight", .parameter(weight))] + (bias.map { [TorchEntry("bias", .parameter($0))] } ?? [])
    }
}

extension BatchNorm: TorchStored {
    /// PyTorch always has a count of batches beside running statistics; a layer that does not count stores 0.
    public var torchEntries: [TorchEntry] {
        var entries: [TorchEntry] = []
        if let weight, let bias {
            entries = [TorchEntry("weight", .parameter(weight)), TorchEntry("bias", .parameter(bias))]
        }
        guard let runningMean, let runningVariance else { return entries }
        entries.append(TorchEntry("running_mean", .buffer(runningMean)))
        entries.append(TorchEntry("running_var", .buffer(runningVariance)))
        entries.append(
            TorchEntry("num_batches_tracked", batchCount.map { .buffer($0) } ?? .constant(Tensor(0))))
        return entries
    }
}
