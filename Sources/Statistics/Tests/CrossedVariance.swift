/// Where the uncertainty of a mean over seeds and files comes from, when every seed scored the same files.
///
/// The model is d[seed][file] = mean + seed + file + rest with independent random parts; their variances are
/// those of the two-way analysis without replication, negative ones set to zero.
///
/// Source: Searle, Casella, McCulloch, Variance Components (1992), section 4.7.
public struct CrossedVariance: Sendable, Equatable {
    /// Variance between seeds, of one seed.
    public let seed: Double
    /// Variance between files, of one file.
    public let file: Double
    /// Variance of what is left, of one score.
    public let rest: Double
    public let seeds: Int
    public let files: Int

    /// - Parameter grid: one row a seed, one column a file, finite; nil below two rows or columns, or where
    ///   the rows differ in length.
    public init?(_ grid: [[Double]]) {
        guard let columns = grid.first?.count, grid.count > 1, columns > 1,
            grid.allSatisfy({ $0.count == columns })
        else { return nil }
        let (s, f) = (Double(grid.count), Double(columns))
        let rowMeans = grid.map { $0.reduce(0, +) / f }
        let columnMeans = (0..<columns).map { column in grid.reduce(0) { $0 + $1[column] } / s }
        let mean = rowMeans.reduce(0, +) / s
        func squares(_ values: [Double]) -> Double {
            values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        }
        let bySeed = f * squares(rowMeans) / (s - 1)
        let byFile = s * squares(columnMeans) / (f - 1)
        var left = 0.0
        for (row, rowMean) in zip(grid, rowMeans) {
            for (value, columnMean) in zip(row, columnMeans) {
                let difference = value - rowMean - columnMean + mean
                left += difference * difference
            }
        }
        let residual = left / ((s - 1) * (f - 1))
        seed = max(0, (bySeed - residual) / f)
        file = max(0, (byFile - residual) / s)
        rest = residual
        seeds = grid.count
        files = columns
    }

    /// The variance of the mean over so many seeds and files.
    public var ofMean: Double {
        seed / Double(seeds) + file / Double(files) + rest / Double(seeds * files)
    }

    /// Which shares of the variance of the mean come from the choice of seeds, of files, and from the rest;
    /// nil when nothing varies. More of what has the largest share narrows the interval most.
    public var shares: (seed: Double, file: Double, rest: Double)? {
        let total = ofMean
        guard total > 0 else { return nil }
        return (
            seed / Double(seeds) / total, file / Double(files) / total,
            rest / Double(seeds * files) / total
        )
    }
}
