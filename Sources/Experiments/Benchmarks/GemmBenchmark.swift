import StrictJSON
import Tensor

/// Matrix products: what the machine can do at the best, and what recurrent and attention layers ask for.
public enum GemmBenchmark {
    /// Squares, and the products that the convolutions of the benchmark network come down to
    /// (rows x outputs x taps · channels; very long ones are cut to a tile, as every engine cuts them).
    private static let sizes: [(m: Int, n: Int, k: Int)] = [
        (256, 256, 256), (512, 512, 512), (1024, 1024, 1024),
        (8192, 64, 512), (2048, 128, 1024), (512, 256, 2048),
        (8192, 32, 288), (8192, 64, 576), (8192, 128, 1152), (2048, 256, 2304),
    ]

    /// Products with one thread and with `threads`, and independent ones on every thread at once.
    public static func items(threads: Int) -> [BenchmarkItem] {
        let counts = threads == 1 ? [1] : [1, threads]
        return counts.flatMap { count -> [BenchmarkItem] in
            let plain = sizes.map { item([$0.m, $0.k], [$0.k, $0.n], threads: count) }
            let size = 512
            return count == 1
                ? plain : plain + [item([count, size, size], [count, size, size], threads: count)]
        }
    }

    /// The items that tell the peak, few enough to be timed beside other things.
    static func peakItems(threads: Int) -> [BenchmarkItem] {
        items(threads: threads).filter { item in
            item.threads == threads
                && ["512", "1024", "8192x64x576", "2048x256x2304"].contains { item.size.hasPrefix($0) }
        }
    }

    /// What gated recurrent units (one step, three gates) and attention (8 heads of 64) multiply.
    public static func layerItems(threads: Int) -> [BenchmarkItem] {
        let recurrent = [(8, 128), (8, 512), (64, 128), (64, 256), (64, 512)].map { rows, hidden in
            item([rows, hidden], [hidden, 3 * hidden], operation: "gru product", threads: threads)
        }
        let attention = [128, 256, 512].flatMap { length in
            [
                item(
                    [8, length, 64], [8, length, 64], operation: "attention scores", rightTransposed: true,
                    threads: threads),
                item([8, length, length], [8, length, 64], operation: "attention values", threads: threads),
            ]
        }
        return recurrent + attention
    }

    /// - Parameters:
    ///   - left: [..., m, k]
    ///   - right: [..., k, n], or [..., n, k] if `rightTransposed`.
    static func item(
        _ left: [Int], _ right: [Int], operation: String = "matmul", rightTransposed: Bool = false,
        threads: Int
    ) -> BenchmarkItem {
        let (m, k) = (left[left.count - 2], left[left.count - 1])
        let n = right[right.count - (rightTransposed ? 2 : 1)]
        let batch = left.dropLast(2).reduce(1, *)
        return BenchmarkItem(
            operation, size: (batch == 1 ? "" : "\(batch) of ") + "\(m)x\(n)x\(k)",
            facts: [
                "left": .array(left.map { .integer($0) }), "right": .array(right.map { .integer($0) }),
                "right_transposed": .bool(rightTransposed),
            ],
            threads: threads, work: .operations(2 * Double(batch * m * n * k))
        ) {
            let a = BenchmarkData.tensor(left)
            let b = BenchmarkData.tensor(right, deviation: 0.05)
            return { _ = a.matrixProduct(rightTransposed ? b.transposed() : b) }
        }
    }

    /// The highest rate of any product with that many threads, GFLOP/s; nil if there is none.
    public static func peak(of results: [BenchmarkResult], threads: Int) -> (median: Double, best: Double)? {
        let products = results.filter { $0.item.operation == "matmul" && $0.item.threads == threads }
        guard let median = products.map(\.medianRate).max(), let best = products.map(\.bestRate).max() else {
            return nil
        }
        return (median, best)
    }
}
