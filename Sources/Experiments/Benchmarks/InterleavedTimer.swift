import Foundation

/// Times items in turn, round after round, so that a machine that slows down slows all of them alike.
public enum InterleavedTimer {
    /// - Parameters:
    ///   - items: what is timed.
    ///   - rounds: samples of each item, 1 or more.
    ///   - sampleSeconds: what one sample takes at the least; short calls are repeated to reach it.
    ///   - reporter: told about each sample.
    /// - Returns: a result for each item, in their order.
    public static func run(
        _ items: [BenchmarkItem], rounds: Int, sampleSeconds: Double = 0.002, label: String = "bench",
        reporter: (any RunReporter)? = nil
    ) -> [BenchmarkResult] {
        reporter?.begin(label, total: items.count * (rounds + 1), unit: "samples")
        defer { reporter?.end() }
        var done = 0
        func tell(_ item: BenchmarkItem) {
            done += 1
            reporter?.update(done, tail: item.operation)
        }

        let calls = items.map { item -> (body: () -> Void, count: Int) in
            // The first call pays for fresh memory and threads; the second tells how many make a sample.
            item.prepare()
            let body = item.make()
            body()
            let once = time(body)
            tell(item)
            return (body, max(1, Int((sampleSeconds / max(once, 1e-9)).rounded(.up))))
        }
        var seconds = items.map { _ in [Double]() }
        for _ in 0..<rounds {
            for (index, item) in items.enumerated() {
                let (body, count) = calls[index]
                item.prepare()
                // What the item before left in the caches must not count.
                body()
                let taken = time { for _ in 0..<count { body() } }
                seconds[index].append(taken / Double(count))
                tell(item)
            }
        }
        return zip(items, seconds).map { BenchmarkResult($0, seconds: $1) }
    }

    /// The seconds that a call takes.
    static func time(_ body: () -> Void) -> Double {
        let start = DispatchTime.now().uptimeNanoseconds
        body()
        return Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
    }
}
