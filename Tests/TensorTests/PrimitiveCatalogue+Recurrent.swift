@testable import Tensor

extension PrimitiveCatalogue {
    static let recurrent: [CatalogueRow] = [false, true].flatMap { reversed in
        [
            CatalogueRow(
                primitive: "gated_recurrent_unit", variant: reversed ? "reversed" : "",
                inputs: { gru(&$0) },
                call: { [apply(GatedRecurrentUnit(reversed: reversed), $0)[0]] }),
            CatalogueRow(
                primitive: "gated_recurrent_unit_gradient", variant: reversed ? "reversed" : "",
                inputs: { gru(&$0) + [signed([2, 4, 3], &$0)] },
                call: { inputs in
                    let operands = Array(inputs[..<4])
                    let outputs = apply(GatedRecurrentUnit(reversed: reversed), operands.map(\.detached))
                    return apply(
                        GatedRecurrentUnitGradient(reversed: reversed), operands + outputs + [inputs[4]])
                }),
            CatalogueRow(
                primitive: "long_short_term_memory", variant: reversed ? "reversed" : "",
                inputs: { lstm(&$0) },
                call: { Array(apply(LongShortTermMemory(reversed: reversed), $0)[..<2]) }),
            CatalogueRow(
                primitive: "long_short_term_memory_gradient", variant: reversed ? "reversed" : "",
                inputs: { lstm(&$0) + [signed([2, 4, 3], &$0), signed([2, 3], &$0)] },
                call: { inputs in
                    let operands = Array(inputs[..<5])
                    let outputs = apply(LongShortTermMemory(reversed: reversed), operands.map(\.detached))
                    return apply(
                        LongShortTermMemoryGradient(reversed: reversed),
                        operands + [outputs[0], outputs[2]] + inputs[5...])
                }),
        ]
    }

    private static func gru(_ stream: inout RandomStream) -> [Tensor] {
        [
            signed([2, 4, 9], &stream), signed([9, 3], &stream), signed([9], &stream),
            signed([2, 3], &stream),
        ]
    }

    private static func lstm(_ stream: inout RandomStream) -> [Tensor] {
        [
            signed([2, 4, 12], &stream), signed([12, 3], &stream), signed([12], &stream),
            signed([2, 3], &stream), signed([2, 3], &stream),
        ]
    }
}
