import Testing

@testable import Tensor

/// Diagonals, dots and equations without an arrow, against sums written out.
@Suite("Einsum") struct EinsumTests {
    private let square = Tensor((1...9).map { Float($0) }, shape: [3, 3])

    @Test func aLetterThatComesTwiceIsADiagonal() {
        #expect(Tensor.einsum("ii->i", [square]).values == [1, 5, 9])
        #expect(Tensor.einsum("ii->", [square]).values == [15])
        #expect(Tensor.einsum("ii", [square]).values == [15])
        // Three times: x[i, i, i], and beside another axis.
        let cube = Tensor((0..<8).map { Float($0) }, shape: [2, 2, 2])
        #expect(Tensor.einsum("iii->i", [cube]).values == [0, 7])
        #expect(Tensor.einsum("iji->ij", [cube]).values == [0, 2, 5, 7])
        // A diagonal times a vector, summed: 1 * 1 + 5 * 10 + 9 * 100.
        #expect(Tensor.einsum("ii,i->", [square, Tensor([1, 10, 100])]).values == [951])
    }

    @Test func dotsStandForAnyAxes() {
        let stack = Tensor((0..<12).map { Float($0) }, shape: [2, 2, 3])
        #expect(Tensor.einsum("...ij->...ji", [stack]).values == stack.transposed().values)
        let weight = Tensor([1, 0, 0, 1, 1, 1], shape: [3, 2])
        let product = Tensor.einsum("...i,ij->...j", [stack, weight])
        #expect(product.shape == [2, 2, 2])
        #expect(product.values == stack.matrixMultiplied(by: weight).values)
        // They broadcast from the last one, and none of them are fine, too.
        let scaled = Tensor.einsum("...,...->...", [stack, Tensor([1, 2, 3])])
        #expect(scaled.values == (stack * Tensor([1, 2, 3])).values)
        #expect(Tensor.einsum("i...->...", [stack]).values == stack.sum(axes: [0]).values)
        #expect(Tensor.einsum("...->", [stack]).values == [66])
        #expect(Tensor.einsum("b...j,j->b...", [Tensor.ones([2, 3]), Tensor([1, 2, 4])]).values == [7, 7])
        // Diagonals beside dots.
        let traces = Tensor.einsum("...ii->...", [Tensor((0..<8).map { Float($0) }, shape: [2, 2, 2])])
        #expect(traces.values == [3, 11])
    }

    @Test func withoutAnArrowLettersThatComeOnceStay() {
        #expect(Tensor.einsum("ij,jk", [square, square]).values == square.matrixProduct(square).values)
        // In the order of the alphabet: the transpose.
        #expect(Tensor.einsum("ba", [square]).values == square.transposed().values)
        #expect(Tensor.einsum("...i,i", [Tensor.ones([2, 4, 3]), Tensor([1, 2, 3])]).shape == [2, 4])
    }

    @Test(arguments: ["ii->i", "ii", "...i,i->...", "ij,jj->i", "iji,...j->...i"])
    func gradientsAgreeWithDifferences(equation: String) {
        var stream = RandomStream(seed: 1, equation)
        let shapes: [[Int]] =
            switch equation {
            case "...i,i->...": [[2, 3], [3]]
            case "ij,jj->i": [[2, 3], [3, 3]]
            case "iji,...j->...i": [[3, 2, 3], [4, 2]]
            default: [[3, 3]]
            }
        let inputs = shapes.map { PrimitiveCatalogue.signed($0, &stream) }
        #expect(GradientCheck.worstError(inputs) { [Tensor.einsum(equation, $0)] } < 2e-3)
    }

    @Test func whatFitsNothingIsRefused() {
        func refusal(_ equation: String, _ shapes: [Int]...) -> String? {
            let error = #expect(throws: ShapeError.self) {
                _ = try Einsum(equation: equation).outputShapes(shapes)
            }
            return error?.description
        }
        #expect(
            refusal("ii->i", [2, 3])
                == "[einsum] i comes twice in one operand of \"ii->i\" with sizes 2 and 3, which must be equal: "
                + "[[2, 3]]")
        #expect(refusal("ii->ii", [3, 3]) == "[einsum] the result of \"ii->ii\" has i more than once")
        #expect(refusal("i->j", [3]) == "[einsum] no operand of \"i->j\" has the result's j")
        #expect(refusal("...ij->ij", [3]) == "[einsum] \"...ij\" does not fit the axes of [3]")
        #expect(
            refusal("i..j->ij", [3, 3])
                == "[einsum] \"i..j\" in \"i..j->ij\" must be letters, with three dots at most once")
        #expect(refusal("i->i->i", [3]) == "[einsum] \"i->i->i\" has more than one arrow")
        #expect(
            refusal("...,...->...", [2], [3])
                == "[einsum] an axis of the dots in \"...,...->...\" has size 2 and size 3, which must be equal or 1: "
                + "[[2], [3]]")
    }
}
