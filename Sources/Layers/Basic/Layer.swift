import Tensor

/// Whether a layer is learning (batch statistics, dropout) or being used (running statistics).
public enum Mode: Sendable {
    case training, evaluation
}

/// A part of a network: parameters and a function.
///
/// Parameters, buffers and sub-layers are stored properties; their names, joined by dots, are the keys of a
/// checkpoint (`ParameterTree`).
public protocol Layer: AnyObject {
    func callAsFunction(_ input: Tensor, mode: Mode) -> Tensor
}

/// A tensor that belongs to a layer's state but is not trained, such as a running mean.
public final class Buffer {
    public var value: Tensor {
        didSet {
            require(
                value.shape == oldValue.shape,
                "[buffer] new value has shape \(value.shape), buffer has \(oldValue.shape)")
        }
    }

    public init(_ value: Tensor) { self.value = value.detached }
}
