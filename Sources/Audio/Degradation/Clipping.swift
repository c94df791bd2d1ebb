/// Hard clipping of a given share of the samples.
enum Clipping {
    /// Clips in place at the magnitude that the given share of samples passes.
    ///
    /// - Returns: The share of samples that were clipped.
    @discardableResult
    static func clip(_ signal: inout [Float], fraction: Double) -> Double {
        let wanted = Int((fraction * Double(signal.count)).rounded())
        guard wanted > 0, wanted < signal.count else { return 0 }
        let limit = magnitude(signal, rank: signal.count - 1 - wanted)
        guard limit > 0 else { return 0 }
        var clipped = 0
        for i in signal.indices where abs(signal[i]) > limit {
            signal[i] = signal[i] > 0 ? limit : -limit
            clipped += 1
        }
        return Double(clipped) / Double(signal.count)
    }

    /// The magnitude at a place of the sorted magnitudes (Hoare's selection).
    private static func magnitude(_ signal: [Float], rank: Int) -> Float {
        var values = signal.map { abs($0) }
        var low = 0
        var high = values.count - 1
        while low < high {
            let pivot = values[(low + high) / 2]
            var i = low
            var j = high
            while i <= j {
                while values[i] < pivot { i += 1 }
                while values[j] > pivot { j -= 1 }
                if i <= j {
                    values.swapAt(i, j)
                    i += 1
                    j -= 1
                }
            }
            if rank <= j {
                high = j
            } else if rank >= i {
                low = i
            } else {
                break
            }
        }
        return values[rank]
    }
}
