import Audio
import Metrics
import Tensor

/// Classical methods with several choices of their parameters, scored on a dataset's validation list.
///
/// It is how the defaults of the methods were chosen: on validation data, never on a test set.
public struct BaselineGrid {
    /// One choice.
    public struct Entry {
        public let method: Baseline
        /// What is chosen, in words.
        public let parameters: String
        public let enhancer: any Enhancer & Sendable
    }

    /// The mean of each metric over the files for which it is defined.
    public struct Row {
        public let entry: Entry
        public let means: [(metric: String, mean: Double, files: Int)]
    }

    public let metrics: [any ObjectiveMetric] = [
        ScaleInvariantDistortionRatio(), LogSpectralDistance(), WideBandSpeechQuality(),
        ShortTimeIntelligibility(),
    ]
    public let entries: [Entry]

    public init() {
        let floors = [-12.0, -16, -20, -25]
        entries =
            floors.flatMap { floor in
                [2.0, 3, 4.75].map { factor in
                    Entry(
                        method: .spectralSubtraction,
                        parameters: "floor \(Int(floor)) dB, at most \(factor) times",
                        enhancer: SpectralSubtraction(floorDecibels: floor, mostOverSubtraction: factor))
                }
            }
            + floors.flatMap { floor in
                [(0.92, -15.0), (0.98, -15), (0.98, -25)].map { memory, ratio in
                    Entry(
                        method: .wiener,
                        parameters: "floor \(Int(floor)) dB, memory \(memory), ratio floor \(Int(ratio)) dB",
                        enhancer: WienerFilter(
                            memory: memory, ratioFloorDecibels: ratio, floorDecibels: floor))
                }
            }
            + [1, 2, 3].map { turns in
                Entry(
                    method: .iterativeWiener, parameters: "\(turns) iterations",
                    enhancer: AllPoleWienerFilter(iterations: turns))
            }
            + [Entry(method: .boll, parameters: "", enhancer: BollSubtraction())]
    }

    /// - Parameters:
    ///   - limit: at most so many items of the validation list.
    ///   - progress: called with the number of items done.
    /// - Returns: the input's means and one row for each entry.
    public func run(
        on dataset: any Dataset, sampleRate: Int, limit: Int, progress: (Int) -> Void,
        shouldStop: () -> Bool
    ) throws -> (input: [(metric: String, mean: Double, files: Int)], rows: [Row]) {
        let width = metrics.count
        var sums = [(sum: Double, count: Int)](repeating: (0, 0), count: (entries.count + 1) * width)
        for (index, item) in dataset.items(.validation).prefix(limit).enumerated() {
            if shouldStop() { throw CancellationError() }
            let pair = try dataset.pair(item, of: .validation)
            var values = [Double](repeating: .nan, count: sums.count)
            values.withUnsafeMutableBufferPointer { buffer in
                nonisolated(unsafe) let places = buffer
                let (entries, metrics) = (entries, metrics)
                ThreadPool.shared.run(entries.count + 1) { place in
                    let estimate =
                        place == 0
                        ? pair.degraded
                        : entries[place - 1].enhancer.enhance(pair.degraded, sampleRate: sampleRate)
                    let scored = MetricPair(
                        reference: pair.clean, estimate: estimate, sampleRate: sampleRate)
                    for (column, metric) in metrics.enumerated() {
                        places[place * width + column] = metric.score(scored).value ?? .nan
                    }
                }
            }
            for (place, value) in values.enumerated() where value.isFinite {
                sums[place].sum += value
                sums[place].count += 1
            }
            progress(index + 1)
        }
        func means(_ place: Int) -> [(metric: String, mean: Double, files: Int)] {
            metrics.enumerated().map { column, metric in
                let (sum, count) = sums[place * width + column]
                return (metric.name, sum / Double(count), count)
            }
        }
        return (means(0), entries.enumerated().map { Row(entry: $1, means: means($0 + 1)) })
    }
}
