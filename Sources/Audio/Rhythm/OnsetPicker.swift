import Tensor

/// Chooses the moments at which sounds begin: peaks of the onset strength.
///
/// The envelope is scaled to 0 ... 1. A frame is an onset when it is the largest of its neighbourhood
/// [-`maximumBefore`, +`maximumAfter`], exceeds the mean of [-`meanBefore`, +`meanAfter`] by `threshold`, and comes
/// more than `wait` after the onset before.
///
/// Source: Boeck, Krebs and Schedl, Evaluating the online capabilities of onset detection methods, ISMIR 2012.
public struct OnsetPicker: Sendable, Equatable {
    /// Seconds before a peak in which nothing is larger; default 0.03.
    public var maximumBefore = 0.03
    /// Seconds after a peak in which nothing is larger; default 0.
    public var maximumAfter = 0.0
    /// Seconds before a peak that are averaged; default 0.1.
    public var meanBefore = 0.1
    /// Seconds after a peak that are averaged; default 0.1.
    public var meanAfter = 0.1
    /// Seconds between onsets at the least; default 0.03.
    public var wait = 0.03
    /// How far above the mean a peak is, as a share of the envelope's range; default 0.07.
    public var threshold = 0.07

    public init() {}

    /// The onsets of a sound, seconds, ascending.
    public func onsets(in envelope: OnsetEnvelope) -> [Double] {
        frames(in: envelope).map { Double($0) / envelope.frameRate }
    }

    func frames(in envelope: OnsetEnvelope) -> [Int] {
        guard let low = envelope.values.min(), let high = envelope.values.max(), high > low else { return [] }
        let values = envelope.values.map { ($0 - low) / (high - low) }
        func frames(_ seconds: Double) -> Int { max(0, Int(seconds * envelope.frameRate + 1e-9)) }
        let (before, after) = (frames(maximumBefore), frames(maximumAfter))
        let (meanBefore, meanAfter) = (frames(meanBefore), frames(meanAfter))
        let wait = frames(wait)
        var sums = [0.0]
        for value in values { sums.append(sums[sums.count - 1] + value) }
        var found: [Int] = []
        for frame in values.indices {
            if let last = found.last, frame - last <= wait { continue }
            let neighbours = max(0, frame - before)...min(values.count - 1, frame + after)
            guard values[frame] > 0, values[neighbours].allSatisfy({ $0 <= values[frame] }) else { continue }
            let (first, end) = (max(0, frame - meanBefore), min(values.count, frame + meanAfter + 1))
            let mean = (sums[end] - sums[first]) / Double(end - first)
            if values[frame] >= mean + threshold { found.append(frame) }
        }
        return found
    }
}
