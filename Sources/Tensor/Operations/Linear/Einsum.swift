/// Products of tensors whose axes have letters, summed over the letters that the result does not have:
/// `bhid,bhjd->bhij`. Sizes of one letter must be equal or 1. A letter may not come twice in one operand.
struct Einsum: Composite {
    static let name = "einsum"
    let equation: String

    /// The letters of each operand and of the result.
    private func parsed(_ count: Int) throws(ShapeError) -> (operands: [[Character]], result: [Character]) {
        let text = String(equation.filter { $0 != " " })
        guard let arrow = text.range(of: "->") else {
            throw ShapeError("[einsum] \"\(equation)\" needs an arrow, as in ij,jk->ik")
        }
        let operands = text[..<arrow.lowerBound].split(separator: ",", omittingEmptySubsequences: false)
            .map(Array.init)
        let result = Array(text[arrow.upperBound...])
        guard operands.count == count else {
            throw ShapeError("[einsum] \"\(equation)\" names \(operands.count) operands, got \(count)")
        }
        for letters in operands + [result] {
            guard letters.allSatisfy({ $0.isASCII && $0.isLetter }), Set(letters).count == letters.count
            else {
                throw ShapeError(
                    "[einsum] \"\(String(letters))\" in \"\(equation)\" must be letters, each of them once")
            }
        }
        for letter in result where !operands.contains(where: { $0.contains(letter) }) {
            throw ShapeError("[einsum] no operand of \"\(equation)\" has the result's \(letter)")
        }
        return (operands, result)
    }

    private func sizes(_ operands: [[Character]], _ shapes: [[Int]]) throws(ShapeError) -> [Character: Int] {
        var sizes: [Character: Int] = [:]
        for (letters, shape) in zip(operands, shapes) {
            guard letters.count == shape.count else {
                throw ShapeError("[einsum] \"\(String(letters))\" does not fit the axes of \(shape)")
            }
            for (letter, size) in zip(letters, shape) {
                let known = sizes[letter] ?? size
                guard known == size || known == 1 || size == 1 else {
                    throw ShapeError(
                        "[einsum] \(letter) in \"\(equation)\" has size \(known) and size \(size): \(shapes)")
                }
                sizes[letter] = known == 1 ? size : known
            }
        }
        return sizes
    }

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        let (operands, result) = try parsed(inputs.count)
        let sizes = try sizes(operands, inputs)
        return [result.map { sizes[$0] ?? 1 }]
    }

    func compose(_ inputs: [Tensor]) -> [Tensor] {
        guard let (operands, result) = try? parsed(inputs.count),
            let sizes = try? sizes(operands, inputs.map(\.shape))
        else { return [] }
        var terms = zip(operands, inputs).map { letters, tensor in
            Lettered(letters: letters, tensor: tensor.broadcast(to: letters.map { sizes[$0] ?? 1 }))
        }
        var product = terms.removeFirst()
        while !terms.isEmpty {
            let next = terms.removeFirst()
            let needed = Set(result + terms.flatMap(\.letters))
            product = product.multiplied(by: next, keeping: needed)
        }
        return [product.summed(to: Set(result)).arranged(result).tensor]
    }
}

/// A tensor whose axes have letters.
private struct Lettered {
    let letters: [Character]
    let tensor: Tensor

    /// Sums over the letters that are not in `kept`.
    func summed(to kept: Set<Character>) -> Lettered {
        let axes = letters.indices.filter { !kept.contains(letters[$0]) }
        if axes.isEmpty { return self }
        return Lettered(letters: letters.filter(kept.contains), tensor: tensor.sum(axes: axes))
    }

    /// The axes in the order of the given letters, which are the same ones.
    func arranged(_ order: [Character]) -> Lettered {
        if order == letters { return self }
        return Lettered(
            letters: order, tensor: tensor.permuted(order.compactMap { letters.firstIndex(of: $0) }))
    }

    /// One batched matrix product over the letters that both have.
    func multiplied(by other: Lettered, keeping needed: Set<Character>) -> Lettered {
        let left = summed(to: needed.union(other.letters))
        let right = other.summed(to: needed.union(letters))
        let batch = left.letters.filter { right.letters.contains($0) && needed.contains($0) }
        let inner = left.letters.filter { right.letters.contains($0) && !needed.contains($0) }
        let rows = left.letters.filter { !right.letters.contains($0) }
        let columns = right.letters.filter { !left.letters.contains($0) }
        let a = left.arranged(batch + rows + inner).tensor
        let b = right.arranged(batch + inner + columns).tensor
        let lead = Array(a.shape.prefix(batch.count))
        let rowShape = Array(a.shape[batch.count..<batch.count + rows.count])
        let columnShape = Array(b.shape.suffix(columns.count))
        let depth = a.shape.suffix(inner.count).reduce(1, *)
        let product = apply(
            MatrixProduct(),
            [
                a.reshaped(lead + [rowShape.reduce(1, *), depth]),
                b.reshaped(lead + [depth, columnShape.reduce(1, *)]),
            ])[0]
        return Lettered(
            letters: batch + rows + columns, tensor: product.reshaped(lead + rowShape + columnShape))
    }
}

extension Tensor {
    /// Products of tensors whose axes have letters, summed over the letters that the result does not have:
    /// `Tensor.einsum("bhid,bhjd->bhij", [queries, keys])`.
    public static func einsum(_ equation: String, _ operands: [Tensor]) -> Tensor {
        apply(Einsum(equation: equation), operands)[0]
    }
}
