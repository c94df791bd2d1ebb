@testable import Tensor

extension PrimitiveCatalogue {
    static let attention: [CatalogueRow] = [false, true].flatMap { causal in
        [
            CatalogueRow(
                primitive: "attention_product", variant: causal ? "causal" : "mask",
                inputs: { operands(&$0) },
                call: { inputs in
                    let mask = causal ? [] : [Tensor([0, -1, 0.5, -.infinity], shape: [1, 1, 1, 4])]
                    return apply(AttentionProduct(scale: 0.7, isCausal: causal), inputs + mask)
                }),
            CatalogueRow(
                primitive: "attention_product_gradient", variant: causal ? "causal" : "plain",
                inputs: { operands(&$0) + [signed([2, 3, 2, 3], &$0), signed([2, 2, 3, 4], &$0)] },
                call: { inputs in
                    let weights = apply(
                        AttentionProduct(scale: 0.7, isCausal: causal), inputs[..<3].map(\.detached))[1]
                    return apply(
                        AttentionProductGradient(scale: 0.7, isCausal: causal),
                        Array(inputs[..<3]) + [weights] + inputs[3...])
                }),
        ]
    }

    private static func operands(_ stream: inout RandomStream) -> [Tensor] {
        [
            signed([2, 3, 2, 5], &stream), signed([2, 4, 2, 5], &stream), signed([2, 4, 2, 3], &stream),
        ]
    }
}
