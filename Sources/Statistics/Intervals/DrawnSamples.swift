import Tensor

/// Bootstrap samples that are drawn once and serve many rows of equally many numbers, such as the differences of many
/// metrics on the same files.
public struct DrawnSamples: Sendable {
    /// How many numbers a row has.
    public let count: Int
    public let resamples: Int
    /// How often each number stands in each sample, [number][sample]. That a number is drawn more than 255 times is
    /// impossible for fewer than 256 numbers, and for more of them less likely than 1e-500.
    private let weights: [UInt8]

    /// - Parameters:
    ///   - count: numbers in a row, 0 or more.
    ///   - resamples: default 4,000, which fixes the ends of a 95 % interval to about 2 % of its width.
    ///   - key: names the random draws.
    public init(count: Int, resamples: Int = 4000, key: String) {
        self.count = count
        self.resamples = resamples
        var stream = RandomStream(key: "bootstrap/" + key)
        var weights = [UInt8](repeating: 0, count: count * resamples)
        weights.withUnsafeMutableBufferPointer { weights in
            let range = UInt64(count)
            for sample in 0..<resamples {
                var bits: UInt64 = 0
                for draw in 0..<count {
                    bits = draw % 2 == 0 ? stream.nextBits() : bits >> 32
                    let number = Int(((bits & 0xffff_ffff) * range) >> 32)
                    weights[number * resamples + sample] &+= 1
                }
            }
        }
        self.weights = weights
    }

    /// The means of the samples of a row, unsorted.
    func means(_ values: [Double]) -> [Double] {
        require(
            values.count == count, "[DrawnSamples] \(values.count) numbers; the samples are of \(count)")
        var means = [Double](repeating: 0, count: resamples)
        means.withUnsafeMutableBufferPointer { means in
            weights.withUnsafeBufferPointer { weights in
                for number in 0..<count {
                    let value = values[number] / Double(count)
                    let row = number * resamples
                    for sample in 0..<resamples {
                        means[sample] += Double(weights[row + sample]) * value
                    }
                }
            }
        }
        return means
    }

    /// Interval of the mean corrected for bias and skewness (BCa); nil for fewer than five numbers. As
    /// scipy.stats.bootstrap(method="BCa").
    ///
    /// Source: Efron, Tibshirani, An Introduction to the Bootstrap (1993), section 14.3.
    public func correctedMeanInterval(
        _ values: [Double], confidence: Double = 0.95
    ) -> ClosedRange<Double>? {
        guard values.count >= Bootstrap.fewest, let summary = SampleSummary(values) else { return nil }
        guard let deviation = summary.standardDeviation, deviation > 0 else {
            return summary.mean...summary.mean
        }
        // The mean's jackknife gives a third of the skewness of the mean.
        let count = Double(values.count)
        let (squares, cubes) = values.reduce((0.0, 0.0)) { sums, value in
            let d = (value - summary.mean) / (count - 1)
            return (sums.0 + d * d, sums.1 + d * d * d)
        }
        return correctedInterval(
            means(values).sorted(), around: summary.mean, spread: deviation,
            acceleration: cubes / (6 * squares * squares.squareRoot()), confidence: confidence)
    }

    /// The interval of a figure from the sorted figures of the samples, corrected for bias and skewness.
    private func correctedInterval(
        _ means: [Double], around mean: Double, spread: Double, acceleration: Double, confidence: Double
    ) -> ClosedRange<Double> {
        // A sample that holds what was seen has its mean up to rounding, which must not decide on which side it is.
        let slack = 1e-12 * (abs(mean) + spread)
        let under = Double(means.count { $0 < mean - slack })
        let equal = Double(means.count { abs($0 - mean) <= slack })
        // So many samples cannot show a smaller share than half of one.
        let least = 0.5 / Double(resamples)
        let share = min(1 - least, max(least, (under + 0.5 * equal) / Double(resamples)))
        let bias = NormalDistribution.quantile(share)
        func end(_ p: Double) -> Double {
            let z = bias + NormalDistribution.quantile(p)
            let share = NormalDistribution.cumulative(bias + z / (1 - acceleration * z))
            // Numbers whose squares overflow leave no acceleration.
            return means.quantileOfSorted(share.isNaN ? p : share)
        }
        let ends = (end((1 - confidence) / 2), end((1 + confidence) / 2))
        return min(ends.0, ends.1)...max(ends.0, ends.1)
    }
}

extension DrawnSamples {
    /// Interval of the mean of numbers that come in clusters, such as differences of files by their speakers: clusters
    /// are drawn whole. Corrected for bias and skewness (BCa) with the jackknife over clusters; nil for fewer than five
    /// clusters. As scipy.stats.bootstrap(method="BCa", paired=True) of the ratio of sums.
    ///
    /// Source: Efron, Tibshirani (1993), section 14.3; Davison, Hinkley, Bootstrap Methods and their Application (1997),
    /// section 3.8.
    ///
    /// - Parameter clusters: the sum and the count of the numbers of each cluster; counts of at least 1.
    public func correctedMeanInterval(
        ofClusters clusters: [(sum: Double, count: Int)], confidence: Double = 0.95
    ) -> ClosedRange<Double>? {
        guard clusters.count >= Bootstrap.fewest else { return nil }
        let sums = clusters.map(\.sum)
        let counts = clusters.map { Double($0.count) }
        let (sum, count) = (sums.reduce(0, +), counts.reduce(0, +))
        let mean = sum / count
        let deleted = zip(sums, counts).map { (sum - $0) / (count - $1) }
        let centre = deleted.reduce(0, +) / Double(deleted.count)
        let (squares, cubes) = deleted.reduce((0.0, 0.0)) { moments, value in
            let d = centre - value
            return (moments.0 + d * d, moments.1 + d * d * d)
        }
        guard squares > 0 else { return mean...mean }
        let means = zip(means(sums), means(counts)).map { $0 / $1 }
        return correctedInterval(
            means.sorted(), around: mean, spread: squares.squareRoot(),
            acceleration: cubes / (6 * squares * squares.squareRoot()), confidence: confidence)
    }
}

extension [Double] {
    /// Of numbers in rising order, at least one.
    fileprivate func quantileOfSorted(_ p: Double) -> Double {
        let place = p * Double(count - 1)
        let index = Swift.max(0, Swift.min(count - 1, Int(place)))
        guard index + 1 < count else { return self[count - 1] }
        return self[index] + (place - Double(index)) * (self[index + 1] - self[index])
    }
}
