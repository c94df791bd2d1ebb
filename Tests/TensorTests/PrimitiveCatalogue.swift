@testable import Tensor

/// One row for each primitive: inputs away from kinks, and how to call it.
struct CatalogueRow: Sendable {
    let primitive: String
    let variant: String
    let inputs: @Sendable (inout RandomStream) -> [Tensor]
    let call: @Sendable ([Tensor]) -> [Tensor]
    /// Largest accepted relative error against central differences.
    var tolerance = 2e-3
    /// Whether gradients of gradients are claimed.
    var secondOrder = true
}

enum PrimitiveCatalogue {
    /// Values between 0.5 and 2 with random sign: far from 0.
    static func signed(_ shape: [Int], _ stream: inout RandomStream) -> Tensor {
        let values = (0..<shape.reduce(1, *)).map { _ in
            Float(stream.uniform(0.5...2)) * (stream.chance(0.5) ? 1 : -1)
        }
        return Tensor(values, shape: shape)
    }

    static func positive(_ shape: [Int], _ stream: inout RandomStream) -> Tensor {
        .uniform(shape, low: 0.5, high: 2, from: &stream)
    }

    /// Values between 1.5 and 2 whose sign changes from row to row: normalised, they stay far from 0, where an
    /// activation has its kink.
    static func alternating(_ rows: [Int], _ columns: Int, _ stream: inout RandomStream) -> Tensor {
        let count = rows.reduce(1, *)
        let values = (0..<count * columns).map {
            Float(stream.uniform(1.5...2)) * ($0 / columns % 2 == 0 ? 1 : -1)
        }
        return Tensor(values, shape: rows + [columns])
    }

    static let rows: [CatalogueRow] =
        unary + binary + shapes + products + joined + normalisation + spectra + pooling + grouped
        + groupNormalisation + selection + rowwise + places
        + recurrent + attention + transforms + depthwise

    static let unary: [CatalogueRow] =
        UnaryFunction.allCases.map { function in
            let needsPositive = [.logarithm, .squareRoot, .reciprocalSquareRoot, .logarithmPlusOne]
                .contains(function)
            return CatalogueRow(
                primitive: "unary", variant: function.rawValue,
                inputs: { [needsPositive ? positive([3, 5], &$0) : signed([3, 5], &$0)] },
                call: { apply(Unary(function: function), $0) })
        } + [
            CatalogueRow(
                primitive: "sign", variant: "", inputs: { [signed([4, 3], &$0)] }, call: { apply(Sign(), $0) }
            ),
            CatalogueRow(
                primitive: "affine", variant: "", inputs: { [signed([4, 3], &$0)] },
                call: { apply(Affine(scale: -1.5, shift: 0.3), $0) }),
            CatalogueRow(
                primitive: "leaky_relu", variant: "slope 0.2", inputs: { [signed([4, 3], &$0)] },
                call: { apply(LeakyReLU(slope: 0.2), $0) }),
            CatalogueRow(
                primitive: "leaky_relu", variant: "relu", inputs: { [signed([4, 3], &$0)] },
                call: { apply(LeakyReLU(slope: 0), $0) }),
            CatalogueRow(
                primitive: "leaky_relu_gradient", variant: "",
                inputs: { [signed([4, 3], &$0), signed([4, 3], &$0)] },
                call: { apply(LeakyReLUGradient(slope: 0.2), $0) }),
            CatalogueRow(
                primitive: "clamp", variant: "", inputs: { [signed([5, 7], &$0)] },
                call: { apply(Clamp(low: -0.3, high: 0.3), $0) + apply(Clamp(low: -9, high: 9), $0) }),
            CatalogueRow(
                primitive: "clamp_gradient", variant: "",
                inputs: { [signed([4, 3], &$0), signed([4, 3], &$0)] },
                call: { apply(ClampGradient(low: -9, high: 0), $0) }),
            CatalogueRow(
                primitive: "activation_gradient", variant: "silu",
                inputs: { [signed([4, 3], &$0), signed([4, 3], &$0)] },
                call: { apply(ActivationGradient(function: .silu), $0) }),
            CatalogueRow(
                primitive: "activation_gradient", variant: "gelu",
                inputs: { [signed([4, 3], &$0), signed([4, 3], &$0)] },
                call: { apply(ActivationGradient(function: .gelu), $0) }),
            CatalogueRow(
                primitive: "power", variant: "0.3", inputs: { [positive([4, 3], &$0)] },
                call: { apply(Power(exponent: 0.3), $0) }),
        ]

    static let binary: [CatalogueRow] = BinaryFunction.allCases.flatMap { function in
        [
            ([2, 3, 4], [2, 3, 4]), ([2, 3, 4], [4]), ([3, 1], [2, 1, 4]), ([2, 1, 4], []),
            ([1, 4], [3, 1]),
        ].map {
            (a, b) in
            CatalogueRow(
                primitive: "binary", variant: "\(function.rawValue) \(a) \(b)",
                // Shifted apart, so that maximum and minimum have no ties nearby; powers of positive bases only.
                inputs: { stream in
                    function == .power
                        ? [positive(a, &stream), signed(b, &stream)]
                        : [signed(a, &stream) * 6 + 0.2, signed(b, &stream)]
                },
                call: { apply(Binary(function: function), $0) })
        }
    }

    static let shapes: [CatalogueRow] =
        [[0], [1], [2], [0, 1], [1, 2], [0, 2], [0, 1, 2]].map { axes in
            CatalogueRow(
                primitive: "sum", variant: "axes \(axes)", inputs: { [signed([3, 4, 5], &$0)] },
                call: { apply(Sum(axes: axes), $0) })
        } + [
            CatalogueRow(
                primitive: "reshape", variant: "", inputs: { [signed([2, 6], &$0)] },
                call: { apply(Reshape(shape: [3, 4]), $0) }),
            CatalogueRow(
                primitive: "permute", variant: "", inputs: { [signed([2, 3, 4], &$0)] },
                call: { apply(Permute(order: [2, 0, 1]), $0) }),
            CatalogueRow(
                primitive: "broadcast", variant: "", inputs: { [signed([3, 1], &$0)] },
                call: { apply(Broadcast(shape: [2, 3, 4]), $0) }),
            CatalogueRow(
                primitive: "slice", variant: "", inputs: { [signed([4, 5], &$0)] },
                call: { apply(Slice(axis: 1, range: 1..<4), $0) }),
            CatalogueRow(
                primitive: "pad", variant: "", inputs: { [signed([4, 5], &$0)] },
                call: { apply(Pad(axis: 0, before: 1, after: 2), $0) }),
            CatalogueRow(
                primitive: "concatenate", variant: "",
                inputs: { [signed([2, 3, 2], &$0), signed([2, 1, 2], &$0), signed([2, 2, 2], &$0)] },
                call: { apply(Concatenate(axis: 1), $0) }),
            CatalogueRow(
                primitive: "frames", variant: "", inputs: { [signed([2, 11], &$0)] },
                call: { apply(Frames(length: 4, hop: 2), $0) }),
            CatalogueRow(
                primitive: "overlap_add", variant: "", inputs: { [signed([2, 3, 4], &$0)] },
                call: { apply(OverlapAdd(hop: 2, time: 9), $0) }),
        ]

    private static let geometries = [
        ConvolutionGeometry(stride: 1, padding: 1), ConvolutionGeometry(stride: 2, padding: 1),
        ConvolutionGeometry(strideY: 1, strideX: 3, paddingY: 0, paddingX: 2),
        ConvolutionGeometry(
            strideY: 2, strideX: 1, paddingY: 2, paddingX: 1, dilationY: 2, dilationX: 2),
    ]

    static let products: [CatalogueRow] =
        [([3, 4], [4, 2]), ([2, 3, 4], [4, 5]), ([2, 3, 4], [2, 4, 5])].map { (a, b) in
            CatalogueRow(
                primitive: "matrix_product", variant: "\(a) \(b)",
                inputs: { [signed(a, &$0), signed(b, &$0)] },
                call: { apply(MatrixProduct(), $0) })
        }
        + geometries.flatMap { geometry in
            [
                CatalogueRow(
                    primitive: "convolution", variant: "\(geometry)",
                    inputs: { [signed([2, 6, 7, 3], &$0), signed([4, 3, 4, 3], &$0), signed([4], &$0)] },
                    call: { apply(Convolution(geometry: geometry), $0) }),
                CatalogueRow(
                    primitive: "transposed_convolution", variant: "\(geometry)",
                    inputs: { stream in
                        let shape = try? Convolution(geometry: geometry).outputShapes([
                            [2, 6, 7, 3], [4, 3, 4, 3],
                        ])
                        return [
                            signed(shape?[0] ?? [], &stream), signed([4, 3, 4, 3], &stream),
                            signed([3], &stream),
                        ]
                    },
                    call: {
                        apply(TransposedConvolution(geometry: geometry, outputHeight: 6, outputWidth: 7), $0)
                    }),
                CatalogueRow(
                    primitive: "convolution_weight_gradient", variant: "\(geometry)",
                    inputs: { stream in
                        let shape = try? Convolution(geometry: geometry).outputShapes([
                            [2, 6, 7, 3], [4, 3, 4, 3],
                        ])
                        return [signed([2, 6, 7, 3], &stream), signed(shape?[0] ?? [], &stream)]
                    },
                    call: {
                        apply(
                            ConvolutionWeightGradient(geometry: geometry, kernelHeight: 3, kernelWidth: 4), $0
                        )
                    }),
            ]
        }

    static let normalisation: [CatalogueRow] = [1, 0.2, 0].flatMap { (slope: Float) in
        [
            CatalogueRow(
                primitive: "batch_normalisation", variant: "slope \(slope)",
                inputs: { [alternating([3, 4], 5, &$0), positive([5], &$0), signed([5], &$0) * 0.1] },
                call: { [apply(BatchNormalisation(epsilon: 1e-3, slope: slope), $0)[0]] }),
            CatalogueRow(
                primitive: "batch_normalisation_gradient", variant: "slope \(slope)",
                inputs: {
                    [
                        alternating([6], 5, &$0), positive([5], &$0), signed([5], &$0) * 0.1,
                        signed([6, 5], &$0),
                    ]
                },
                call: { inputs in
                    // Mean and variance follow from x.
                    let mean = inputs[0].detached.mean(axes: [0])
                    let variance = (inputs[0].detached - mean).squared().mean(axes: [0])
                    return apply(
                        BatchNormalisationGradient(epsilon: 1e-3, slope: slope),
                        [inputs[0], inputs[1], inputs[2], mean, variance, inputs[3]])
                }),
        ]
    }

    /// Convolutions of two sources, which stand for their concatenation.
    static let joined: [CatalogueRow] = [
        CatalogueRow(
            primitive: "convolution", variant: "two sources",
            inputs: {
                [
                    signed([2, 5, 6, 2], &$0), signed([2, 5, 6, 1], &$0), signed([4, 3, 4, 3], &$0),
                    signed([4], &$0),
                ]
            },
            call: { apply(Convolution(geometry: .init(stride: 2, padding: 1), sources: 2), $0) }),
        CatalogueRow(
            primitive: "transposed_convolution", variant: "two sources",
            inputs: {
                [
                    signed([2, 3, 3, 2], &$0), signed([2, 3, 3, 1], &$0), signed([3, 3, 4, 2], &$0),
                    signed([2], &$0),
                ]
            },
            call: {
                apply(
                    TransposedConvolution(
                        geometry: .init(stride: 2, padding: 1), outputHeight: 5, outputWidth: 6, sources: 2),
                    $0)
            }),
        CatalogueRow(
            primitive: "convolution_weight_gradient", variant: "two upstreams",
            inputs: { [signed([2, 5, 6, 3], &$0), signed([2, 3, 3, 1], &$0), signed([2, 3, 3, 2], &$0)] },
            call: {
                apply(
                    ConvolutionWeightGradient(
                        geometry: .init(stride: 2, padding: 1), kernelHeight: 3, kernelWidth: 4), $0)
            }),
    ]

    static let spectra: [CatalogueRow] =
        [7, 8].map { length in
            CatalogueRow(
                primitive: "real_fourier", variant: "\(length)", inputs: { [signed([3, length], &$0)] },
                call: { apply(RealFourier(), $0) })
        }
        + [7, 8].map { length in
            CatalogueRow(
                primitive: "inverse_real_fourier", variant: "\(length)",
                inputs: { [signed([3, length / 2 + 1], &$0), signed([3, length / 2 + 1], &$0)] },
                call: { apply(InverseRealFourier(length: length), $0) })
        }
}
