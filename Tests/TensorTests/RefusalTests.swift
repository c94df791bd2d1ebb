import Testing

@testable import Tensor

/// Operations that refuse their inputs say which operation it was, the shapes, and the rule.
@Suite("Refusals")
struct RefusalTests {
    private static func text(_ operation: some Operation, _ shapes: [[Int]]) -> String {
        do {
            return "accepted: \(try operation.outputShapes(shapes))"
        } catch {
            return error.description
        }
    }

    @Test func sayOperationShapesAndRule() {
        #expect(
            Self.text(Binary(function: .add), [[3, 8], [3, 11]])
                == "[add] shapes [3, 8] and [3, 11] do not broadcast: axis -1 has 8 and 11")
        #expect(
            Self.text(Select(mask: Mask([true, false, true], shape: [3])), [[2], []])
                == "[select] shapes [3] and [2] do not broadcast: axis -1 has 3 and 2")
        #expect(
            Self.text(ParametricReLU(), [[2, 5], [3]])
                == "[prelu] slope must be [], [1] or [5] for input [2, 5], got [3]")
        #expect(Self.text(Sum(axes: [2]), [[3, 8]]) == "[sum] axis 2 is outside a tensor of 2 axes")
        #expect(Self.text(Sum(axes: [0, -2]), [[3, 8]]) == "[sum] axis -2 is named twice")
        #expect(
            Self.text(Extremum(axes: [0], isMaximum: true), [[0, 3]])
                == "[extremum] axis 0 of [0, 3] is empty: there is no extreme element")
        #expect(
            Self.text(AlongAxis(axis: -3, body: Softmax()), [[3, 8]])
                == "[softmax] axis -3 is outside a tensor of 2 axes")
    }

    @Test func sayWhatDoesNotFitAShape() {
        #expect(
            Self.text(Reshape(shape: [4, 2]), [[12]]) == "[reshape] [12] has 12 elements, [4, 2] has not")
        #expect(
            Self.text(Reshape(shape: [5, -1, 2]), [[15]])
                == "[reshape] [15] has 15 elements, which leaves no size for -1 in [5, -1, 2]")
        #expect(Self.text(Reshape(shape: [-1, 3]), [[12]]) == "accepted: [[4, 3]]")
        #expect(
            Self.text(TakeAtIndices(axis: 0, indices: [3]), [[3, 8]])
                == "[take_at_indices] index 3 is outside axis 0 of [3, 8]")
        #expect(
            Self.text(Gather(axis: 1, index: IndexTensor([8], shape: [1, 1])), [[3, 8]])
                == "[gather] index 8 is outside 0 ..< 8")
        #expect(
            Self.text(Padding(axis: 2, before: 3, after: 0, mode: .reflect), [[1, 2, 3]])
                == "[padding] a reflection needs more elements than 3, axis 2 of [1, 2, 3] has 3")
        #expect(
            Self.text(Split(axis: 1, sizes: [1, 8]), [[3, 8]])
                == "[split] sizes [1, 8] do not add up to axis 1 of [3, 8]")
        #expect(
            Self.text(Stack(axis: 0), [[3, 8], [8, 3]]) == "[stack] shapes [3, 8] and [8, 3] differ")
    }

    @Test func sayWhatCannotBeMultiplied() {
        #expect(
            Self.text(BroadcastMatrixProduct(), [[3, 8], [11, 3]])
                == "[matrix_product] inner sizes differ: [3, 8] has 8 columns, [11, 3] has 11 rows")
        #expect(
            Self.text(BroadcastMatrixProduct(), [[2, 3, 8], [3, 8, 4]])
                == "[matrix_product] shapes [2] and [3] do not broadcast: axis -1 has 2 and 3")
        #expect(
            Self.text(LinearMap(), [[3, 8], [2, 11]])
                == "[linear] weight [2, 11] expects [..., 11], input is [3, 8]")
        #expect(
            Self.text(Einsum(equation: "ij,jk->ik"), [[3, 8], [11, 3]])
                == "[einsum] j in \"ij,jk->ik\" has size 8 and size 11, which must be equal or 1: [[3, 8], [11, 3]]"
        )
        #expect(
            Self.text(Einsum(equation: "ij,jk->iz"), [[3, 8], [8, 3]])
                == "[einsum] no operand of \"ij,jk->iz\" has the result's z")
    }

    @Test func gradientsSayWhyThereAreNone() {
        let tape = Tape()
        let x = tape.watch(Tensor([1, 2]))
        let y = tape.record { x.squared() }
        #expect(throws: GradientError.notScalar([2])) { try tape.attemptGradients(of: y) }
        #expect(throws: GradientError.seedMismatch(seed: [3], output: [2])) {
            try tape.attemptGradients(of: y, seed: .ones([3]))
        }
        #expect(throws: GradientError.nothingWatched) { try tape.attemptGradients(of: Tensor(1)) }
        let loss = tape.record { y.sum() }
        _ = tape.gradients(of: loss)
        #expect(throws: GradientError.usedUp) { try tape.attemptGradients(of: loss) }
    }

    @Test func gradientsOfIntermediatesOnRequest() {
        let tape = Tape()
        let x = tape.watch(Tensor([1, 2]))
        let (middle, loss) = tape.record { () -> (Tensor, Tensor) in
            let middle = x * 3
            return (middle, (middle.squared() + middle).sum())
        }
        let gradients = tape.gradients(of: loss, including: [middle])
        #expect(gradients[middle]?.values == [7, 13])
        #expect(gradients[x]?.values == [21, 39])
    }
}
