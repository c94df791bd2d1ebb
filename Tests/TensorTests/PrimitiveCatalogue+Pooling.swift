@testable import Tensor

extension PrimitiveCatalogue {
    /// Values that are half a unit apart, in random order: a maximum stays one when they move a little.
    static func distinct(_ shape: [Int], _ stream: inout RandomStream) -> Tensor {
        let order = stream.permutation(shape.reduce(1, *))
        return Tensor(order.map { 0.5 * Float($0 - order.count / 2) }, shape: shape)
    }

    private static let windows = [
        (PoolingWindow(kernel: 2), PoolingWindow(kernel: 3, stride: 1, padding: 1)),
        (
            PoolingWindow(kernel: 2, stride: 1, dilation: 2),
            PoolingWindow(kernel: 3, stride: 2, padding: 1, coversEnd: true)
        ),
    ]

    static let pooling: [CatalogueRow] =
        [
            (
                "means",
                SparseRows.means(5, PoolingWindow(kernel: 3, stride: 2, padding: 1), countsPadding: false)
            ),
            ("adaptive", .adaptiveMeans(5, count: 3)),
            ("linear", .linear(5, count: 8, step: 0.625, alignsCorners: false)),
            ("nearest", .nearest(5, count: 9, step: 5 / 9)),
        ].flatMap { variant, map in
            [0, 1, 2].map { axis in
                var shape = [3, 2, 4]
                shape[axis] = 5
                let size = shape
                return CatalogueRow(
                    primitive: "axis_resampling", variant: "\(variant) axis \(axis)",
                    inputs: { [signed(size, &$0)] },
                    call: { apply(AxisResampling(axis: axis, map: map), $0) })
            }
        }
        + windows.flatMap { y, x in
            [
                CatalogueRow(
                    primitive: "maximum_pooling", variant: "\(y.kernel)x\(x.kernel)",
                    inputs: { [distinct([1, 5, 6, 2], &$0)] },
                    call: { apply(MaximumPooling(y: y, x: x), $0) }),
                CatalogueRow(
                    primitive: "maximum_pooling_gradient", variant: "\(y.kernel)x\(x.kernel)",
                    inputs: { stream in
                        let shape = try? MaximumPooling(y: y, x: x).outputShapes([[1, 5, 6, 2]])
                        return [distinct([1, 5, 6, 2], &stream), signed(shape?[0] ?? [], &stream)]
                    },
                    call: { apply(MaximumPoolingGradient(y: y, x: x), $0) }),
                CatalogueRow(
                    primitive: "maximum_selection", variant: "\(y.kernel)x\(x.kernel)",
                    inputs: { [distinct([1, 5, 6, 2], &$0), signed([1, 5, 6, 2], &$0)] },
                    call: { apply(MaximumSelection(y: y, x: x), $0) }),
            ]
        }
}
