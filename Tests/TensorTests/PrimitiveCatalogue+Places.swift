@testable import Tensor

extension PrimitiveCatalogue {
    /// Choices by mask, and activations with a kink.
    static let selection: [CatalogueRow] = [
        CatalogueRow(
            primitive: "select", variant: "one shape",
            inputs: { [signed([2, 3], &$0), signed([2, 3], &$0)] },
            call: { apply(Select(mask: checkered([2, 3])), $0) }),
        CatalogueRow(
            primitive: "select", variant: "broadcast",
            inputs: { [signed([3, 1], &$0), signed([4], &$0)] },
            call: { apply(Select(mask: checkered([2, 1, 4])), $0) }),
        CatalogueRow(
            primitive: "elu", variant: "", inputs: { [signed([4, 3], &$0)] },
            call: { apply(ELU(alpha: 1.3), $0) }),
    ]

    private static func checkered(_ shape: [Int]) -> Mask {
        Mask((0..<shape.reduce(1, *)).map { $0 % 2 == 0 }, shape: shape)
    }

    /// Functions of whole rows.
    static let rowwise: [CatalogueRow] =
        [
            CatalogueRow(
                primitive: "softmax", variant: "", inputs: { [signed([3, 5], &$0)] },
                call: { apply(Softmax(), $0) }),
            CatalogueRow(
                primitive: "softmax_gradient", variant: "",
                inputs: { [signed([3, 5], &$0), signed([3, 5], &$0)] }, call: { apply(SoftmaxGradient(), $0) }
            ),
            CatalogueRow(
                primitive: "log_softmax", variant: "", inputs: { [signed([3, 5], &$0)] },
                call: { apply(LogSoftmax(), $0) }),
            CatalogueRow(
                primitive: "cumulative_sum", variant: "", inputs: { [signed([3, 5], &$0)] },
                call: { apply(CumulativeSum(), $0) + apply(CumulativeSum(isReversed: true), $0) }),
        ]
        + [[0], [1], [0, 2], [0, 1, 2]].flatMap { axes in
            [
                CatalogueRow(
                    primitive: "log_sum_exp", variant: "axes \(axes)", inputs: { [signed([3, 4, 2], &$0)] },
                    call: { apply(LogSumExp(axes: axes), $0) }),
                CatalogueRow(
                    primitive: "extremum", variant: "axes \(axes)", inputs: { [distinct([3, 4, 2], &$0)] },
                    call: {
                        apply(Extremum(axes: axes, isMaximum: true), $0)
                            + apply(Extremum(axes: axes, isMaximum: false), $0)
                    }),
            ]
        }

    /// Elements by position.
    static let places: [CatalogueRow] = [
        CatalogueRow(
            primitive: "slice", variant: "step 2", inputs: { [signed([4, 7], &$0)] },
            call: { apply(Slice(axis: 1, range: 1..<6, step: 2), $0) }),
        CatalogueRow(
            primitive: "pad", variant: "constant", inputs: { [signed([4, 5], &$0)] },
            call: { apply(Pad(axis: 1, before: 1, after: 2, value: 0.7), $0) }),
        CatalogueRow(
            primitive: "take_at_indices", variant: "inner axis", inputs: { [signed([2, 4, 3], &$0)] },
            call: { apply(TakeAtIndices(axis: 1, indices: [3, 0, 3, 1, 1]), $0) }),
        CatalogueRow(
            primitive: "take_at_indices", variant: "last axis", inputs: { [signed([2, 4], &$0)] },
            call: { apply(TakeAtIndices(axis: 1, indices: [3, 0, 3]), $0) }),
        CatalogueRow(
            primitive: "add_at_indices", variant: "", inputs: { [signed([2, 5, 3], &$0)] },
            call: { apply(AddAtIndices(axis: 1, indices: [3, 0, 3, 1, 1], size: 4), $0) }),
        CatalogueRow(
            primitive: "gather", variant: "", inputs: { [signed([3, 4], &$0)] },
            call: { apply(Gather(axis: 1, index: IndexTensor([0, 3, 3, 1], shape: [2, 2])), $0) }),
        CatalogueRow(
            primitive: "scatter", variant: "", inputs: { [signed([2, 2], &$0)] },
            call: {
                apply(
                    Scatter(axis: 0, index: IndexTensor([0, 3, 0, 1], shape: [2, 2]), shape: [4, 3]), $0)
            }),
    ]
}
