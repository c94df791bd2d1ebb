/// The product over one axis, which stays with size 1: pairs are multiplied, then pairs of pairs, so that zeros among
/// the factors need no division in the gradient.
struct Product: Composite {
    static let name = "product"
    let axis: Int

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        let position = try Shape.normalise([axis], rank: inputs[0].count, operation: Self.name)[0]
        var shape = inputs[0]
        shape[position] = 1
        return [shape]
    }

    func compose(_ inputs: [Tensor]) -> [Tensor] {
        var x = inputs[0]
        let position = axis < 0 ? axis + x.rank : axis
        var size = x.shape[position]
        if size == 0 {
            var shape = x.shape
            shape[position] = 1
            // No factors: 1, which depends on nothing.
            return [.ones(shape)]
        }
        while size > 1 {
            let half = size / 2
            let product = x.slice(axis: position, 0..<half) * x.slice(axis: position, half..<2 * half)
            x =
                size % 2 == 0
                ? product
                : .concatenate([product, x.slice(axis: position, size - 1..<size)], axis: position)
            size = half + size % 2
        }
        return [x]
    }
}

extension Tensor {
    /// The product of all elements.
    public func product() -> Tensor { apply(Product(axis: 0), [reshaped([count])])[0].reshaped([]) }

    /// The product over an axis (negative: from the end).
    public func product(axis: Int, keepingAxis: Bool = false) -> Tensor {
        let result = apply(Product(axis: axis), [self])[0]
        return keepingAxis ? result : result.droppingAxes([axis])
    }
}
