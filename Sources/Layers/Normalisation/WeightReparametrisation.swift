import Tensor

/// Computes the weight that a layer uses from the one that is trained.
public protocol WeightReparametrisation: AnyObject {
    func callAsFunction(_ weight: Tensor, mode: Mode) -> Tensor

    /// What PyTorch stores in place of a layer's weight.
    /// - Parameter order: for each axis of the weight in PyTorch the axis here; nil where they agree.
    func torchEntries(of weight: Parameter, order: [Int]?) -> [TorchEntry]
}

/// Weight normalisation (Salimans & Kingma 2016): direction and length are trained apart, weight =
/// magnitude direction / |direction|. The layer's own weight is the direction.
public final class WeightNorm: WeightReparametrisation {
    /// One length for each index of the axis, with size 1 along the others.
    public let magnitude: Parameter
    private let axis: Int

    /// - Parameters:
    ///   - weight: what the layer starts with; its lengths are the first magnitudes.
    ///   - axis: the one whose indices have a length each; default 0, the output channels of a convolution.
    public init(_ weight: Tensor, axis: Int = 0) {
        require((0..<weight.rank).contains(axis), "[weight_norm] \(weight.shape) has no axis \(axis)")
        self.axis = axis
        magnitude = Parameter(Self.length(weight, axis))
    }

    public func callAsFunction(_ weight: Tensor, mode: Mode) -> Tensor {
        weight * (magnitude.tensor / Self.length(weight, axis))
    }

    private static func length(_ weight: Tensor, _ axis: Int) -> Tensor {
        weight.squared().sum(axes: weight.shape.indices.filter { $0 != axis }, keepingAxes: true).squareRoot()
    }
}

/// Spectral normalisation (Miyato et al. 2018): the weight divided by its largest singular value, which is followed
/// by power iterations, some in each call while training.
public final class SpectralNorm: WeightReparametrisation {
    /// The left singular vector, [rows].
    public let left: Buffer
    /// The right singular vector, [columns].
    public let right: Buffer
    let axis: Int
    private let iterations: Int
    private let epsilon: Float

    /// - Parameters:
    ///   - weight: what the layer starts with.
    ///   - axis: the rows of the matrix, the others in their order are its columns; default 0.
    ///   - iterations: in each call while training, 1 or more; default 1.
    ///   - epsilon: smallest length that vectors are divided by, default 1e-12.
    public init(
        _ weight: Tensor, axis: Int = 0, iterations: Int = 1, epsilon: Float = 1e-12,
        from stream: inout RandomStream
    ) {
        require((0..<weight.rank).contains(axis), "[spectral_norm] \(weight.shape) has no axis \(axis)")
        require(iterations > 0, "[spectral_norm] at least one iteration is needed, not \(iterations)")
        let rows = weight.shape[axis]
        self.axis = axis
        self.iterations = iterations
        self.epsilon = epsilon
        left = Buffer(Self.unit(.normal([rows, 1], from: &stream), epsilon).reshaped([rows]))
        let columns = weight.count / max(1, rows)
        right = Buffer(Self.unit(.normal([columns, 1], from: &stream), epsilon).reshaped([columns]))
    }

    public func callAsFunction(_ weight: Tensor, mode: Mode) -> Tensor {
        let rows = weight.shape[axis]
        let order = [axis] + weight.shape.indices.filter { $0 != axis }
        let matrix = weight.permuted(order).reshaped([rows, weight.count / max(1, rows)])
        if mode == .training {
            Tape.withoutRecording {
                let plain = matrix.detached
                var v = right.value.reshaped([right.value.count, 1])
                var u = left.value.reshaped([rows, 1])
                for _ in 0..<iterations {
                    u = Self.unit(plain.matrixProduct(v), epsilon)
                    v = Self.unit(plain.transposed().matrixProduct(u), epsilon)
                }
                left.value = u.reshaped([rows])
                right.value = v.reshaped([right.value.count])
            }
        }
        let u = left.value.reshaped([1, rows])
        let largest = u.matrixProduct(matrix).matrixProduct(right.value.reshaped([right.value.count, 1]))
        return weight / largest.reshaped([])
    }

    private static func unit(_ vector: Tensor, _ epsilon: Float) -> Tensor {
        vector * (1 / max(epsilon, Float(vector.sumOfSquares().squareRoot())))
    }
}
