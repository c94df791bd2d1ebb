/// Products of tensors whose axes have letters, summed over the letters that the result does not have:
/// `bhid,bhjd->bhij`, as in NumPy and PyTorch.
///
/// Sizes of one letter must be equal or 1. A letter that comes twice in one operand takes its diagonal (`ii->i`, its sum
/// being the trace), with equal sizes. Three dots stand for any axes, which broadcast among the operands. Without an
/// arrow the result has what the dots stand for, then the letters that come once in all, in the order of the alphabet
/// with capitals first.
struct Einsum: Composite {
    static let name = "einsum"
    let equation: String

    /// What names an axis: a letter, or one of those that the dots stand for, counted from the last.
    fileprivate enum Label: Hashable {
        case letter(Character)
        case dots(Int)
    }

    /// The labels of each operand and of the result for operands of the given shapes.
    private func parsed(_ shapes: [[Int]]) throws(ShapeError) -> (operands: [[Label]], result: [Label]) {
        let text = equation.filter { $0 != " " }
        let sides = text.split(separator: "->", omittingEmptySubsequences: false)
        guard sides.count <= 2, let left = sides.first else {
            throw ShapeError("[einsum] \"\(equation)\" has more than one arrow")
        }
        let terms = left.split(separator: ",", omittingEmptySubsequences: false)
        guard terms.count == shapes.count else {
            throw ShapeError("[einsum] \"\(equation)\" names \(terms.count) operands, got \(shapes.count)")
        }
        var operands: [[Label]] = []
        var dots = 0
        for (term, shape) in zip(terms, shapes) {
            let (before, after) = try letters(term)
            let named = before.count + (after?.count ?? 0)
            guard after == nil ? named == shape.count : named <= shape.count else {
                throw ShapeError("[einsum] \"\(term)\" does not fit the axes of \(shape)")
            }
            if after != nil { dots = max(dots, shape.count - named) }
            operands.append(Self.labels(before, after, dots: shape.count - named))
        }
        if sides.count == 2 {
            let (before, after) = try letters(sides[1])
            let result = Self.labels(before, after, dots: dots)
            for case .letter(let letter) in result {
                guard result.count(where: { $0 == .letter(letter) }) == 1 else {
                    throw ShapeError("[einsum] the result of \"\(equation)\" has \(letter) more than once")
                }
                guard operands.contains(where: { $0.contains(.letter(letter)) }) else {
                    throw ShapeError("[einsum] no operand of \"\(equation)\" has the result's \(letter)")
                }
            }
            return (operands, result)
        }
        let all = operands.flatMap { $0 }
        let once = Set(all).compactMap { label -> Character? in
            guard case .letter(let letter) = label, all.count(where: { $0 == label }) == 1 else { return nil }
            return letter
        }
        return (operands, Self.labels([], once.sorted(), dots: dots))
    }

    /// The letters before and behind the dots; nil behind them if there are none.
    private func letters(_ term: Substring) throws(ShapeError) -> ([Character], [Character]?) {
        let parts = term.split(separator: "...", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isLetter } }) else {
            throw ShapeError(
                "[einsum] \"\(term)\" in \"\(equation)\" must be letters, with three dots at most once")
        }
        return (Array(parts.first ?? ""), parts.count == 2 ? Array(parts[1]) : nil)
    }

    private static func labels(_ before: [Character], _ after: [Character]?, dots: Int) -> [Label] {
        before.map { .letter($0) } + (after.map { _ in (0..<dots).reversed().map { .dots($0) } } ?? [])
            + (after ?? []).map { .letter($0) }
    }

    private func sizes(_ operands: [[Label]], _ shapes: [[Int]]) throws(ShapeError) -> [Label: Int] {
        var sizes: [Label: Int] = [:]
        for (labels, shape) in zip(operands, shapes) {
            for (axis, (label, size)) in zip(labels, shape).enumerated() {
                if let first = labels.firstIndex(of: label), first < axis, shape[first] != size {
                    throw ShapeError(
                        "[einsum] \(name(label)) comes twice in one operand of \"\(equation)\" with sizes "
                            + "\(shape[first]) and \(size), which must be equal: \(shapes)")
                }
                let known = sizes[label] ?? size
                guard known == size || known == 1 || size == 1 else {
                    throw ShapeError(
                        "[einsum] \(name(label)) in \"\(equation)\" has size \(known) and size \(size), which must "
                            + "be equal or 1: \(shapes)")
                }
                sizes[label] = known == 1 ? size : known
            }
        }
        return sizes
    }

    private func name(_ label: Label) -> String {
        if case .letter(let letter) = label { return String(letter) }
        return "an axis of the dots"
    }

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        let (operands, result) = try parsed(inputs)
        let sizes = try sizes(operands, inputs)
        return [result.map { sizes[$0] ?? 1 }]
    }

    func compose(_ inputs: [Tensor]) -> [Tensor] {
        let shapes = inputs.map(\.shape)
        guard let (operands, result) = try? parsed(shapes), let sizes = try? sizes(operands, shapes) else {
            return []
        }
        var terms = zip(operands, inputs).map { labels, tensor in
            Labelled(labels: labels, tensor: tensor).diagonal().broadcast(to: sizes)
        }
        var product = terms.removeFirst()
        while !terms.isEmpty {
            let next = terms.removeFirst()
            let needed = Set(result + terms.flatMap(\.labels))
            product = product.multiplied(by: next, keeping: needed)
        }
        return [product.summed(to: Set(result)).arranged(result).tensor]
    }
}

/// A tensor whose axes have labels.
private struct Labelled {
    let labels: [Einsum.Label]
    let tensor: Tensor

    /// With each label once: where it came twice, the elements that have the same position along both axes.
    func diagonal() -> Labelled {
        for (axis, label) in labels.enumerated() {
            guard let first = labels.firstIndex(of: label), first < axis else { continue }
            let others = labels.indices.filter { $0 != first && $0 != axis }
            let size = tensor.shape[axis]
            let lead = others.map { tensor.shape[$0] }
            let square = tensor.permuted(others + [first, axis]).reshaped(lead + [size * size])
            return Labelled(
                labels: others.map { labels[$0] } + [label],
                tensor: square.taking((0..<size).map { $0 * (size + 1) }, axis: lead.count)
            ).diagonal()
        }
        return self
    }

    /// Repeated along axes of size 1 to the sizes that the labels have elsewhere.
    func broadcast(to sizes: [Einsum.Label: Int]) -> Labelled {
        Labelled(labels: labels, tensor: tensor.broadcast(to: labels.map { sizes[$0] ?? 1 }))
    }

    /// Sums over the labels that are not in `kept`.
    func summed(to kept: Set<Einsum.Label>) -> Labelled {
        let axes = labels.indices.filter { !kept.contains(labels[$0]) }
        if axes.isEmpty { return self }
        return Labelled(labels: labels.filter(kept.contains), tensor: tensor.sum(axes: axes))
    }

    /// The axes in the order of the given labels, which are the same ones.
    func arranged(_ order: [Einsum.Label]) -> Labelled {
        if order == labels { return self }
        return Labelled(
            labels: order, tensor: tensor.permuted(order.compactMap { labels.firstIndex(of: $0) }))
    }

    /// One batched matrix product over the labels that both have.
    func multiplied(by other: Labelled, keeping needed: Set<Einsum.Label>) -> Labelled {
        let left = summed(to: needed.union(other.labels))
        let right = other.summed(to: needed.union(labels))
        let batch = left.labels.filter { right.labels.contains($0) && needed.contains($0) }
        let inner = left.labels.filter { right.labels.contains($0) && !needed.contains($0) }
        let rows = left.labels.filter { !right.labels.contains($0) }
        let columns = right.labels.filter { !left.labels.contains($0) }
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
        return Labelled(
            labels: batch + rows + columns, tensor: product.reshaped(lead + rowShape + columnShape))
    }
}

extension Tensor {
    /// Products of tensors whose axes have letters, summed over the letters that the result does not have:
    /// `Tensor.einsum("bhid,bhjd->bhij", [queries, keys])`, with diagonals and dots as in NumPy and PyTorch.
    public static func einsum(_ equation: String, _ operands: [Tensor]) -> Tensor {
        apply(Einsum(equation: equation), operands)[0]
    }
}
