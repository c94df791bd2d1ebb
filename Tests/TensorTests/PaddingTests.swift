import Testing

@testable import Tensor

/// Padding by numbers of which some are negative; the values are PyTorch's (`torch.nn.functional.pad`, 2.13).
@Suite("Padding that takes elements away") struct PaddingTests {
    struct Row: Sendable, CustomStringConvertible {
        let mode: PaddingMode
        let before, after: Int
        let result: [Float]
        var description: String { "\(mode) \(before) \(after)" }
    }

    static let rows: [Row] = [
        Row(mode: .constant(7), before: -1, after: 2, result: [1, 2, 3, 4, 7, 7]),
        Row(mode: .constant(7), before: 2, after: -1, result: [7, 7, 0, 1, 2, 3]),
        Row(mode: .constant(7), before: -1, after: -2, result: [1, 2]),
        Row(mode: .constant(7), before: -2, after: -3, result: []),
        Row(mode: .reflect, before: -1, after: 2, result: [1, 2, 3, 4, 3, 2]),
        Row(mode: .reflect, before: 4, after: -1, result: [4, 3, 2, 1, 0, 1, 2, 3]),
        Row(mode: .reflect, before: -1, after: 4, result: [1, 2, 3, 4, 3, 2, 1, 0]),
        Row(mode: .replicate, before: -2, after: 3, result: [2, 3, 4, 4, 4, 4]),
        Row(mode: .replicate, before: 3, after: -2, result: [0, 0, 0, 0, 1, 2]),
        Row(mode: .circular, before: -1, after: 2, result: [1, 2, 3, 4, 1, 2]),
        Row(mode: .circular, before: 3, after: -2, result: [0, 1, 2, 0, 1, 2]),
        Row(mode: .circular, before: -1, after: -2, result: [1, 2]),
        Row(mode: .circular, before: -1, after: 4, result: [1, 2, 3, 4, 1, 2, 3, 4]),
    ]

    @Test(arguments: rows) func valuesArePyTorchs(row: Row) {
        let x = Tensor([0, 1, 2, 3, 4])
        let padded = x.padded(axis: 0, before: row.before, after: row.after, mode: row.mode)
        #expect(padded.values == row.result)
        // The same along the first of two axes.
        let wide = Tensor((0..<10).map { Float($0 / 2) }, shape: [5, 2])
        let both = wide.padded(axis: 0, before: row.before, after: row.after, mode: row.mode)
        #expect(both.values == row.result.flatMap { [$0, $0] })
    }

    @Test(arguments: rows) func gradientsAgreeWithDifferences(row: Row) {
        guard !row.result.isEmpty else { return }
        var stream = RandomStream(seed: 2, "padding")
        let inputs = [PrimitiveCatalogue.signed([5, 2], &stream)]
        let error = GradientCheck.worstError(inputs) {
            [$0[0].padded(axis: 0, before: row.before, after: row.after, mode: row.mode)]
        }
        #expect(error < 2e-3)
    }

    @Test func whatLeavesNothingIsRefused() {
        func refusal(_ before: Int, _ after: Int, _ mode: PaddingMode) -> String? {
            let error = #expect(throws: ShapeError.self) {
                _ = try Padding(axis: 0, before: before, after: after, mode: mode).outputShapes([[5]])
            }
            return error?.description
        }
        #expect(
            refusal(-3, -3, .constant(0))
                == "[padding] -3 before and -3 after take more than the 5 elements of axis 0 of [5]")
        #expect(
            refusal(-2, -3, .reflect) == "[padding] -2 before and -3 after leave nothing of axis 0 of [5]")
        #expect(
            refusal(-5, 0, .replicate) == "[padding] -5 before and 0 after leave nothing of axis 0 of [5]")
        #expect(
            refusal(-2, 4, .circular) == "[padding] going round needs 4 elements, axis 0 of [5] has 3")
    }
}
