import CKernels

/// The passes of group normalisation over the samples of [batch, rows, channels], which must be kept alive.
struct GroupPasses {
    let batch, rows, channels, groups: Int
    let base: UnsafePointer<Float>

    init(_ x: Tensor, groups: Int) {
        (batch, rows, channels) = (x.shape[0], x.shape[1], x.shape[2])
        self.groups = groups
        base = x.base
    }

    struct Statistics {
        var mean: Double
        var variance: Double
    }

    private var size: Int { channels / groups }

    /// Mean and biased variance of each group of a sample.
    func statistics(_ sample: Int) -> [Statistics] {
        let first = base + sample * rows * channels
        if rows == 0 { return Array(repeating: Statistics(mean: 0, variance: 0), count: groups) }
        // Sums are taken around the first row, so that a large mean does not swallow the variance.
        let totals = ColumnTotals.compute(rows: rows, columns: channels, quantities: 2) { range, sums in
            ck_moments(
                first + range.lowerBound * channels, first, range.count, channels, sums, sums + channels)
        }
        let count = Double(rows * size)
        return (0..<groups).map { group in
            let members = group * size..<(group + 1) * size
            let mean = members.reduce(0.0) { $0 + totals[$1] + Double(rows) * Double(first[$1]) } / count
            let squares = members.reduce(0.0) { sum, channel in
                let shift = Double(first[channel]) - mean
                return sum + totals[channels + channel] + 2 * shift * totals[channel]
                    + Double(rows) * shift * shift
            }
            return Statistics(mean: mean, variance: max(0, squares / count))
        }
    }

    /// The factor and offset of each channel that normalise, scale and shift in one multiply-add.
    func affine(
        _ statistics: [Statistics], scale: [Float], shift: [Float], epsilon: Float
    ) -> (factor: [Float], offset: [Float]) {
        let factor = (0..<channels).map {
            Double(scale[$0]) / (statistics[$0 / size].variance + Double(epsilon)).squareRoot()
        }
        return (
            factor.map { Float($0) },
            (0..<channels).map { Float(Double(shift[$0]) - statistics[$0 / size].mean * factor[$0]) }
        )
    }

    func overRows(_ body: (Range<Int>) -> Void) {
        ThreadPool.shared.run(rows, grain: max(1, Elementwise.grain / max(1, channels)), body)
    }

    /// The gradient with respect to a sample, and its sums of g and of g xhat for each channel:
    /// `sums` is [2, batch, channels].
    func gradient(
        _ sample: Int, _ statistics: [Statistics], scale: [Float], epsilon: Float,
        upstream: UnsafePointer<Float>, out: UnsafeMutablePointer<Float>, sums: UnsafeMutablePointer<Float>
    ) {
        let (factor, offset) = affine(statistics, scale: scale, shift: scale, epsilon: epsilon)
        let means = (0..<channels).map { Float(statistics[$0 / size].mean) }
        let first = sample * rows
        let totals = ColumnTotals.compute(rows: rows, columns: channels, quantities: 2) { range, sums in
            let start = (first + range.lowerBound) * channels
            ck_normalise_gradient_sums(
                base + start, upstream + start, factor, offset, 1, means, range.count, channels, sums,
                sums + channels)
        }
        var b = [Float](repeating: 0, count: channels)
        var d = b
        let count = Double(max(1, size * rows))
        for group in 0..<groups {
            let inverse = 1 / (statistics[group].variance + Double(epsilon)).squareRoot()
            let members = group * size..<(group + 1) * size
            var (meanG, meanGX) = (0.0, 0.0)
            for channel in members {
                let ofX = totals[channels + channel] * inverse
                meanG += Double(scale[channel]) * totals[channel] / count
                meanGX += Double(scale[channel]) * ofX / count
                sums[sample * channels + channel] = Float(totals[channel])
                sums[(batch + sample) * channels + channel] = Float(ofX)
            }
            // dx = inverse (scale g - mean(scale g) - xhat mean(scale g xhat)), written as factor g + b x + d.
            let slope = -inverse * inverse * meanGX
            for channel in members {
                b[channel] = Float(slope)
                d[channel] = Float(-inverse * meanG - slope * statistics[group].mean)
            }
        }
        overRows { rows in
            let start = (first + rows.lowerBound) * channels
            ck_normalise_gradient(
                base + start, upstream + start, factor, offset, 1, b, d, out + start, rows.count, channels)
        }
    }
}
