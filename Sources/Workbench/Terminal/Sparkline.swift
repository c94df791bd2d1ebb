/// A curve of one text line: `▇▆▅▄▃▃▂▂▁`.
///
/// Values are gathered in buckets of equal numbers of values, so that any number of them costs the same memory.
/// Each cell shows the mean of its values on the scale of the finite ones; a cell with a value that is not finite
/// shows a cross, so that one among thousands stays visible.
struct Sparkline: Sendable {
    private struct Bucket {
        var sum = 0.0
        var count = 0
        var hasNonFinite = false

        mutating func add(_ other: Bucket) {
            sum += other.sum
            count += other.count
            hasNonFinite = hasNonFinite || other.hasNonFinite
        }
    }

    private static let capacity = 256
    private static let marks: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    private var buckets: [Bucket] = []
    /// Values that a full bucket holds.
    private var size = 1
    private var filled = 0

    init() {}

    init(_ values: [Double]) {
        for value in values { add(value) }
    }

    mutating func add(_ value: Double) {
        if buckets.isEmpty || filled == size {
            if buckets.count == Self.capacity { halve() }
            buckets.append(Bucket())
            filled = 0
        }
        filled += 1
        let isFinite = value.isFinite
        buckets[buckets.count - 1].add(
            Bucket(sum: isFinite ? value : 0, count: isFinite ? 1 : 0, hasNonFinite: !isFinite))
    }

    private mutating func halve() {
        buckets = stride(from: 0, to: buckets.count, by: 2).map { index in
            var bucket = buckets[index]
            bucket.add(buckets[index + 1])
            return bucket
        }
        size *= 2
    }

    /// The curve, at most so many columns wide; empty without values.
    func text(width: Int) -> String {
        guard width > 0, !buckets.isEmpty else { return "" }
        let cells = min(width, buckets.count)
        let merged = (0..<cells).map { cell in
            var whole = Bucket()
            for index in cell * buckets.count / cells..<(cell + 1) * buckets.count / cells {
                whole.add(buckets[index])
            }
            return whole
        }
        let means = merged.map { $0.count > 0 ? $0.sum / Double($0.count) : .nan }
        let finite = means.filter(\.isFinite)
        let (low, high) = (finite.min() ?? 0, finite.max() ?? 0)
        return String(
            zip(merged, means).map { bucket, mean -> Character in
                if bucket.hasNonFinite || !mean.isFinite { return "×" }
                guard high > low else { return Self.marks[3] }
                // Halving first keeps the range of the greatest numbers finite.
                let share = (mean / 2 - low / 2) / (high / 2 - low / 2)
                return Self.marks[min(7, Int(share * 8))]
            })
    }
}
