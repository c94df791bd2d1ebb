/// A linear map of one axis in which each output is a weighted sum of few inputs.
struct SparseRows: Sendable {
    /// Sizes of the axis before and after.
    let inputSize, outputSize: Int
    /// Where the terms of each output begin in `indices` and `weights`; one more at the end.
    private(set) var starts: [Int] = [0]
    private(set) var indices: [Int] = []
    private(set) var weights: [Float] = []

    /// - Parameter terms: the inputs and weights of an output.
    init(inputSize: Int, outputSize: Int, _ terms: (Int) -> [(index: Int, weight: Float)]) {
        (self.inputSize, self.outputSize) = (inputSize, outputSize)
        for output in 0..<outputSize {
            for (index, weight) in terms(output) {
                indices.append(index)
                weights.append(weight)
            }
            starts.append(indices.count)
        }
    }

    /// The adjoint map.
    var transposed: SparseRows {
        var counts = [Int](repeating: 0, count: inputSize + 1)
        for index in indices { counts[index + 1] += 1 }
        for index in 1..<max(1, counts.count) { counts[index] += counts[index - 1] }
        var next = counts
        var result = SparseRows(inputSize: outputSize, outputSize: inputSize) { _ in [] }
        result.indices = [Int](repeating: 0, count: indices.count)
        result.weights = [Float](repeating: 0, count: indices.count)
        result.starts = counts
        for output in 0..<outputSize {
            for term in starts[output]..<starts[output + 1] {
                let place = next[indices[term]]
                next[indices[term]] += 1
                result.indices[place] = output
                result.weights[place] = weights[term]
            }
        }
        return result
    }
}

// MARK: - Means over windows

extension SparseRows {
    /// The means over windows; `padding` zeros on both sides count as values if `countsPadding`.
    static func means(_ size: Int, _ window: PoolingWindow, countsPadding: Bool) -> SparseRows {
        SparseRows(inputSize: size, outputSize: window.outputSize(size)) { output in
            let start = output * window.stride - window.padding
            let end = min(start + window.kernel, size + window.padding)
            let inside = max(0, start)..<max(max(0, start), min(size, end))
            let count = countsPadding ? end - start : inside.count
            return inside.map { ($0, 1 / Float(count)) }
        }
    }

    /// The means over `count` windows that together cover the axis, of sizes that differ by at most one.
    static func adaptiveMeans(_ size: Int, count: Int) -> SparseRows {
        SparseRows(inputSize: size, outputSize: count) { output in
            let window = output * size / count..<((output + 1) * size + count - 1) / count
            return window.map { ($0, 1 / Float(window.count)) }
        }
    }
}

// MARK: - Interpolation

extension SparseRows {
    /// The value of the input position at or before each output position.
    /// - Parameter step: input positions between neighbouring outputs.
    static func nearest(_ size: Int, count: Int, step: Double) -> SparseRows {
        SparseRows(inputSize: size, outputSize: count) {
            [(min(size - 1, Int((Double($0) * step).rounded(.down))), 1)]
        }
    }

    /// Linear interpolation between the two nearest input positions.
    /// - Parameters:
    ///   - step: input positions between neighbouring outputs, where corners are not aligned.
    ///   - alignsCorners: the first and last outputs stand on the first and last inputs; otherwise positions are
    ///     the middles of cells.
    static func linear(_ size: Int, count: Int, step: Double, alignsCorners: Bool) -> SparseRows {
        SparseRows(inputSize: size, outputSize: count) { output in
            let position =
                alignsCorners
                ? (count > 1 ? Double(output) * Double(size - 1) / Double(count - 1) : 0)
                : max(0, step * (Double(output) + 0.5) - 0.5)
            let left = min(size - 1, Int(position))
            let share = min(1, position - Double(left))
            if left == size - 1 { return [(left, 1)] }
            return [(left, Float(1 - share)), (left + 1, Float(share))]
        }
    }
}
