import Tensor

/// Numbers to compute with. Only their sizes matter, but zeros or denormals would be another kind of work.
enum BenchmarkData {
    /// A prime count, so that repeating it never lines up with an axis.
    private static let block: [Float] = {
        var stream = RandomStream(seed: 0, "bench-data")
        return (0..<65_521).map { _ in Float(stream.gaussian()) }
    }()

    /// Normal numbers, the same ones again and again: drawing millions would take longer than the benchmark.
    static func tensor(_ shape: [Int], deviation: Float = 1) -> Tensor {
        let count = shape.reduce(1, *)
        var values: [Float] = []
        values.reserveCapacity(count)
        while values.count < count { values += block.prefix(count - values.count) }
        let tensor = Tensor(values, shape: shape)
        return deviation == 1 ? tensor : tensor * deviation
    }
}
