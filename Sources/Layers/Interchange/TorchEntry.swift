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
    /// What the elements of a vector are numbered by, if `order` is about that.
    let flattened: [Int]?

    /// - Parameters:
    ///   - order: for each axis in PyTorch the axis here; nil where they agree.
    ///   - flattened: the axes that a vector runs over; `order` is theirs. Default: the value's own axes.
    public init(_ name: String, _ place: Place, order: [Int]? = nil, flattened: [Int]? = nil) {
        (self.name, self.place, self.order, self.flattened) = (name, place, order, flattened)
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
    public func toTorch(_ tensor: Tensor) -> Tensor {
        guard let order else { return tensor }
        return tensor.reshaped(flattened ?? tensor.shape).permuted(order).reshaped(shape(of: tensor))
    }

    /// The shape in PyTorch of a tensor of the entry's kind.
    private func shape(of tensor: Tensor) -> [Int] {
        guard let order, flattened == nil else { return tensor.shape }
        return order.map { tensor.shape[$0] }
    }

    /// The shape in PyTorch.
    var shape: [Int] { value.shape }

    /// Takes a value in PyTorch's layout, whose shape has been checked.
    func store(_ tensor: Tensor) {
        var own = tensor
        if let order {
            var inverse = order
            for (position, axis) in order.enumerated() { inverse[axis] = position }
            own = tensor.reshaped(flattened.map { axes in order.map { axes[$0] } } ?? tensor.shape)
                .permuted(inverse)
            if flattened != nil { own = own.reshaped(tensor.shape) }
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
        renamed(path.isEmpty ? name : path + "." + name)
    }

    func renamed(_ name: String) -> TorchEntry {
        TorchEntry(name, place, order: order, flattened: flattened)
    }
}
