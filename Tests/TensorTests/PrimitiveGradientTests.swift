import Foundation
import Testing

@testable import Tensor

@Suite("Gradients of primitives")
struct PrimitiveGradientTests {
    @Test("first derivatives agree with central differences", arguments: PrimitiveCatalogue.rows.indices)
    func firstOrder(index: Int) {
        let row = PrimitiveCatalogue.rows[index]
        var stream = RandomStream(seed: 3, row.primitive + row.variant)
        let error = GradientCheck.worstError(row.inputs(&stream), row.call)
        #expect(error < row.tolerance, "\(row.primitive) \(row.variant)")
    }

    @Test("strided inputs give the same results and gradients", arguments: PrimitiveCatalogue.rows.indices)
    func strided(index: Int) {
        let row = PrimitiveCatalogue.rows[index]
        var stream = RandomStream(seed: 4, row.primitive + row.variant)
        let inputs = row.inputs(&stream)
        let plain = row.call(inputs).map(\.values)
        let strided = inputs.map { Self.stridedCopy($0) }
        #expect(row.call(strided).map(\.values) == plain, "\(row.primitive) \(row.variant)")
        #expect(
            GradientCheck.worstError(strided, row.call) < row.tolerance, "\(row.primitive) \(row.variant)")
    }

    @Test("second derivatives agree with central differences", arguments: PrimitiveCatalogue.rows.indices)
    func secondOrder(index: Int) {
        let row = PrimitiveCatalogue.rows[index]
        guard row.secondOrder else { return }
        var stream = RandomStream(seed: 5, row.primitive + row.variant)
        let inputs = row.inputs(&stream)
        let cotangents = row.call(inputs).map { Tensor.normal($0.shape, from: &stream) }
        let directions = inputs.map { Tensor.normal($0.shape, from: &stream) }
        let error = GradientCheck.worstError(inputs) { inputs in
            // The directional derivative as a function of the inputs, itself recorded by the outer tape.
            let tape = Tape.current ?? Tape()
            let leaves = tape === Tape.current ? inputs : inputs.map { tape.watch($0) }
            return [
                Self.directional(row, tape, leaves, cotangents, directions)
            ]
        }
        #expect(error < 5 * row.tolerance, "\(row.primitive) \(row.variant)")
    }

    private static func directional(
        _ row: CatalogueRow, _ tape: Tape, _ leaves: [Tensor], _ cotangents: [Tensor], _ directions: [Tensor]
    ) -> Tensor {
        let total = tape.record {
            zip(row.call(leaves), cotangents).reduce(Tensor(0)) { $0 + ($1.0 * $1.1).sum() }
        }
        let gradients = tape.gradients(of: total, differentiable: true)
        return tape.record {
            zip(leaves, directions).reduce(Tensor(0)) { sum, pair in
                guard let gradient = gradients[pair.0] else { return sum }
                return sum + (gradient * pair.1).sum()
            }
        }
    }

    /// The same values behind other strides: every axis reversed in memory, with gaps.
    private static func stridedCopy(_ tensor: Tensor) -> Tensor {
        if tensor.rank == 0 { return tensor }
        let reversed = Array(tensor.shape.indices.reversed())
        let wide = tensor.permuted(reversed).padded(axis: 0, before: 1, after: 2)
        return wide.slice(axis: 0, 1..<1 + wide.shape[0] - 3).permuted(reversed)
    }

    @Test("every primitive has a row in the catalogue")
    func complete() throws {
        let operations = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Sources/Tensor/Operations")
        var declared: Set<String> = []
        let files = FileManager.default.enumerator(at: operations, includingPropertiesForKeys: nil)
        for case let file as URL in try #require(files) where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            var isPrimitive = false
            for line in text.split(separator: "\n") {
                if line.contains("struct ") { isPrimitive = line.contains(": Primitive {") }
                if isPrimitive, line.contains("static let name = \"") {
                    declared.insert(String(line.split(separator: "\"")[1]))
                }
            }
        }
        #expect(!declared.isEmpty)
        #expect(declared == Set(PrimitiveCatalogue.rows.map(\.primitive)))
    }
}
