@testable import Tensor

extension PrimitiveCatalogue {
    static let groupNormalisation: [CatalogueRow] =
        [
            CatalogueRow(
                primitive: "layer_normalisation", variant: "",
                inputs: { [signed([3, 4, 7], &$0), positive([7], &$0), signed([7], &$0)] },
                call: { [apply(LayerNormalisation(epsilon: 1e-3), $0)[0]] }),
            CatalogueRow(
                primitive: "layer_normalisation_gradient", variant: "",
                inputs: { [signed([5, 7], &$0), positive([7], &$0), signed([5, 7], &$0)] },
                call: { inputs in
                    // The statistics of rows follow from x.
                    let x = inputs[0].detached
                    let mean = x.mean(axes: [1], keepingAxes: true)
                    let inverse = ((x - mean).squared().mean(axes: [1], keepingAxes: true) + 1e-3)
                        .reciprocalSquareRoot()
                    return apply(
                        LayerNormalisationGradient(epsilon: 1e-3),
                        [inputs[0], inputs[1], .concatenate([mean, inverse], axis: 1), inputs[2]])
                }),
        ]
        + [1, 2, 6].flatMap { groups in
            [
                CatalogueRow(
                    primitive: "group_normalisation", variant: "\(groups) groups",
                    inputs: { [alternating([2, 5], 6, &$0), positive([6], &$0), signed([6], &$0)] },
                    call: { [apply(GroupNormalisation(groups: groups, epsilon: 1e-3), $0)[0]] }),
                CatalogueRow(
                    primitive: "group_normalisation_gradient", variant: "\(groups) groups",
                    inputs: { [alternating([2, 5], 6, &$0), positive([6], &$0), signed([2, 5, 6], &$0)] },
                    call: { inputs in
                        // Mean and variance follow from x.
                        let x = inputs[0].detached.reshaped([2, 5, groups, 6 / groups])
                        let mean = x.mean(axes: [1, 3], keepingAxes: true)
                        let variance = (x - mean).squared().mean(axes: [1, 3])
                        return apply(
                            GroupNormalisationGradient(groups: groups, epsilon: 1e-3),
                            [inputs[0], inputs[1], mean.reshaped([2, groups]), variance, inputs[2]])
                    }),
            ]
        }

    /// Convolutions whose channels are divided into groups.
    static let grouped: [CatalogueRow] = [
        CatalogueRow(
            primitive: "convolution", variant: "groups",
            inputs: { [signed([2, 5, 4, 4], &$0), signed([6, 3, 2, 2], &$0), signed([6], &$0)] },
            call: { apply(Convolution(geometry: .init(stride: 2, padding: 1, groups: 2)), $0) }),
        CatalogueRow(
            primitive: "transposed_convolution", variant: "groups",
            inputs: { [signed([2, 3, 2, 4], &$0), signed([4, 3, 2, 3], &$0), signed([6], &$0)] },
            call: {
                apply(
                    TransposedConvolution(
                        geometry: .init(stride: 2, padding: 1, groups: 2), outputHeight: 5, outputWidth: 3),
                    $0)
            }),
        CatalogueRow(
            primitive: "convolution_weight_gradient", variant: "groups",
            inputs: { [signed([2, 5, 4, 4], &$0), signed([2, 3, 3, 6], &$0)] },
            call: {
                apply(
                    ConvolutionWeightGradient(
                        geometry: .init(stride: 2, padding: 1, groups: 2), kernelHeight: 3, kernelWidth: 2),
                    $0)
            }),
    ]
}

extension PrimitiveCatalogue {
    /// Convolutions whose channels see themselves alone.
    static let depthwise: [CatalogueRow] = [
        CatalogueRow(
            primitive: "convolution", variant: "depthwise",
            inputs: { [signed([2, 5, 4, 3], &$0), signed([3, 3, 2, 1], &$0), signed([3], &$0)] },
            call: { apply(Convolution(geometry: .init(stride: 2, padding: 1, groups: 3)), $0) }),
        CatalogueRow(
            primitive: "transposed_convolution", variant: "depthwise",
            inputs: { [signed([2, 3, 2, 3], &$0), signed([3, 3, 2, 1], &$0), signed([3], &$0)] },
            call: {
                apply(
                    TransposedConvolution(
                        geometry: .init(stride: 2, padding: 1, groups: 3), outputHeight: 5, outputWidth: 3),
                    $0)
            }),
        CatalogueRow(
            primitive: "convolution_weight_gradient", variant: "depthwise",
            inputs: { [signed([2, 5, 4, 3], &$0), signed([2, 3, 3, 3], &$0)] },
            call: {
                apply(
                    ConvolutionWeightGradient(
                        geometry: .init(stride: 2, padding: 1, groups: 3), kernelHeight: 3, kernelWidth: 2),
                    $0)
            }),
    ]
}
