import CKernels

/// The sum over some axes, which stay as axes of size 1.
struct Sum: Primitive {
    static let name = "sum"
    let axes: [Int]

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        let reduced = try Shape.normalise(axes, rank: inputs[0].count, operation: Self.name)
        return [inputs[0].indices.map { reduced.contains($0) ? 1 : inputs[0][$0] }]
    }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        let input = inputs[0]
        let reduced = axes.map { $0 < 0 ? $0 + input.rank : $0 }
        let kept = input.shape.indices.filter { !reduced.contains($0) }
        // Bring the input to [outer, reduced] or [reduced, inner] form; most sums have one of them already.
        let sizes = input.shape
        let outer = kept.prefix { $0 < (reduced.min() ?? 0) }
        let inner = kept.drop { $0 < (reduced.min() ?? 0) }
        let contiguousReduction = inner.allSatisfy { $0 > (reduced.max() ?? 0) }
        let plain: Tensor
        let (rows, columns, groups): (Int, Int, Int)
        if contiguousReduction {
            plain = input.contiguous()
            groups = outer.reduce(1) { $0 * sizes[$1] }
            rows = reduced.reduce(1) { $0 * sizes[$1] }
            columns = inner.reduce(1) { $0 * sizes[$1] }
        } else {
            plain = input.permutedView(kept + reduced.sorted()).contiguous()
            groups = kept.reduce(1) { $0 * sizes[$1] }
            rows = reduced.reduce(1) { $0 * sizes[$1] }
            columns = 1
        }
        return [
            withExtendedLifetime(plain.storage) {
                Tensor(unfilled: outputShapes[0]) { out in
                    Self.sum(plain.base, groups: groups, rows: rows, columns: columns, into: out)
                }
            }
        ]
    }

    /// out[g, c] = sum over r of x[g, r, c].
    private static func sum(
        _ x: UnsafePointer<Float>, groups: Int, rows: Int, columns: Int,
        into out: UnsafeMutablePointer<Float>
    ) {
        if columns == 0 { return }
        if columns == 1 {
            if groups != 1 {
                ThreadPool.shared.run(groups, grain: max(1, Elementwise.grain / max(1, rows))) { range in
                    for group in range { out[group] = Float(ck_sum(x + group * rows, rows)) }
                }
            } else {
                out[0] = Float(partialSums(rows) { ck_sum(x + $0.lowerBound, $0.count) })
            }
            return
        }
        for group in 0..<groups {
            let totals = ColumnTotals.compute(rows: rows, columns: columns, quantities: 1) { range, sums in
                ck_column_sum(x + (group * rows + range.lowerBound) * columns, range.count, columns, sums)
            }
            for column in 0..<columns { out[group * columns + column] = Float(totals[column]) }
        }
    }

    /// Adds up pieces of fixed size in order.
    static func partialSums(_ count: Int, _ piece: (Range<Int>) -> Double) -> Double {
        let pieces = (count + Elementwise.grain - 1) / Elementwise.grain
        var partials = [Double](repeating: 0, count: pieces)
        partials.withUnsafeMutableBufferPointer { buffer in
            nonisolated(unsafe) let slots = buffer
            ThreadPool.shared.run(pieces) { index in
                let start = index * Elementwise.grain
                slots[index] = piece(start..<min(count, start + Elementwise.grain))
            }
        }
        return partials.reduce(0, +)
    }

    var retention: Retention { .nothing }

    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        [pass.cotangent().broadcast(to: pass.inputs[0].shape)]
    }
}

/// The mean over some axes, which stay as axes of size 1; NaN over none.
struct Mean: Composite {
    static let name = "mean"
    let axes: [Int]

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        let reduced = try Shape.normalise(axes, rank: inputs[0].count, operation: Self.name)
        return [inputs[0].indices.map { reduced.contains($0) ? 1 : inputs[0][$0] }]
    }

    func compose(_ inputs: [Tensor]) -> [Tensor] {
        let x = inputs[0]
        let size = axes.reduce(1) { $0 * x.shape[$1 < 0 ? $1 + x.rank : $1] }
        return [x.sum(axes: axes, keepingAxes: true) * (1 / Float(size))]
    }
}

/// Sums over the rows of a [rows, columns] matrix, in parallel and in a fixed order.
enum ColumnTotals {
    /// - Parameter piece: adds the sums over a range of rows to `quantities * columns` zeroed numbers.
    static func compute(
        rows: Int, columns: Int, quantities: Int,
        _ piece: (Range<Int>, UnsafeMutablePointer<Double>) -> Void
    ) -> [Double] {
        let grain = max(32, Elementwise.grain / max(1, columns) / 32 * 32)
        let pieces = max(1, (rows + grain - 1) / grain)
        let width = columns * quantities
        var partials = [Double](repeating: 0, count: pieces * width)
        partials.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            ThreadPool.shared.run(pieces) { index in
                let start = index * grain
                piece(start..<min(rows, start + grain), base + index * width)
            }
        }
        for index in 1..<max(1, pieces) {
            for column in 0..<width { partials[column] += partials[index * width + column] }
        }
        return Array(partials.prefix(width))
    }
}

extension Tensor {
    /// The sum of all elements, or over the given axes (negative ones count from the end).
    /// - Parameter keepingAxes: whether summed axes stay, with size 1.
    public func sum(axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
        let all = axes ?? Array(shape.indices)
        if all.isEmpty { return self }
        let sum = apply(Sum(axes: all), [self])[0]
        return keepingAxes ? sum : sum.droppingAxes(all)
    }

    /// The mean of all elements, or over the given axes.
    public func mean(axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
        let all = axes ?? Array(shape.indices)
        let mean = apply(Mean(axes: all), [self])[0]
        return keepingAxes ? mean : mean.droppingAxes(all)
    }

    /// Undoes a broadcast: the sum over the axes along which `shape` has size 1 or nothing.
    func summed(to target: [Int]) -> Tensor {
        if shape == target { return self }
        let lead = rank - target.count
        let axes = shape.indices.filter { $0 < lead || (target[$0 - lead] == 1 && shape[$0] != 1) }
        return (axes.isEmpty ? self : sum(axes: axes, keepingAxes: true)).reshaped(target)
    }
}
