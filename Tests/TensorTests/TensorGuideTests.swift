import Foundation
import Testing

@testable import Tensor

/// The code of docs/tensor.md.
@Suite("Tensor guide")
struct TensorGuideTests {
    @Test func aTapeFindsGradients() {
        let weight = Parameter(Tensor([1, -2, 3]))
        let tape = Tape(watching: [weight])
        let loss = tape.record { (weight.tensor.squared() * 0.5).sum() }
        let gradients = tape.gradients(of: loss)
        // d/dw (w² / 2) = w
        #expect(gradients[weight]?.values == [1, -2, 3])
    }

    @Test func gradientsHaveGradients() {
        let tape = Tape()
        let x = tape.watch(Tensor([2]))
        let cube = tape.record { (x * x * x).sum() }
        let slope = tape.gradients(of: cube, differentiable: true)
        let penalty = tape.record { (slope[x] ?? Tensor(0)).squared().sum() }
        // The slope is 3 x²; d/dx (3 x²)² = 36 x³
        #expect(tape.gradients(of: penalty)[x]?.values == [288])
    }

    struct SoftLimiter: Primitive {
        static let name = "soft_limiter"

        func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
            guard inputs.count == 1 else {
                throw ShapeError("[soft_limiter] takes one operand, got the shapes \(inputs)")
            }
            return [inputs[0]]
        }

        func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
            [
                Elementwise.unary(inputs[0]) { x, y, count in
                    for i in 0..<count { y[i] = x[i] / (1 + abs(x[i])) }
                }
            ]
        }

        // The slope needs the input and nothing else.
        var retention: Retention { .inputs(0) }

        func cotangents(_ pass: BackwardPass) -> [Tensor?] {
            [pass.cotangent() / (pass.inputs[0].absolute() + 1).squared()]
        }
    }

    @Test func aPrimitiveOfOnesOwn() {
        #expect(apply(SoftLimiter(), [Tensor([-3, 0, 1])])[0].values == [-0.75, 0, 0.5])
        let error = GradientCheck.worstError([Tensor([-3, 0.5, 1])]) { apply(SoftLimiter(), $0) }
        #expect(error < 2e-3)
        #expect(throws: ShapeError("[soft_limiter] takes one operand, got the shapes []")) {
            try attempt(SoftLimiter(), [])
        }
    }

    @Test func thePageShowsThisCode() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        let page = try String(contentsOf: folder.appending(path: "../../docs/tensor.md"), encoding: .utf8)
        let source = try String(contentsOf: URL(filePath: #filePath), encoding: .utf8)
        func unindented(_ text: some StringProtocol) -> [String] {
            text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        let lines = unindented(source).joined(separator: "\n")
        let blocks = page.components(separatedBy: "```swift\n").dropFirst()
            .compactMap { $0.components(separatedBy: "```").first }
        #expect(blocks.count == 3)
        for block in blocks {
            #expect(lines.contains(unindented(block).joined(separator: "\n")), "\(block)")
        }
    }
}
