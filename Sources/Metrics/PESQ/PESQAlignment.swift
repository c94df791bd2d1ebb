/// The delay of every part of the estimate: one per utterance, or several when it jumps within one.
///
/// Source: ITU-T P.862 (02/2001), clause 10.1.3.
struct PESQAlignment {
    struct Part: Equatable {
        /// Samples of the padded reference.
        var samples: Range<Int>
        /// In samples; positive when the estimate is late.
        var delay: Int
    }

    /// In order; at least one.
    private(set) var parts: [Part]

    /// Deviations of an utterance from the whole that are looked for, in blocks of 4 ms.
    private static let search = 75
    /// Delays far from the expected one are believed from this confidence on.
    private static let leastConfidence = 0.5
    /// Halves of an utterance have at least so many blocks.
    private static let shortestPart = 75

    /// - Returns: nil when the reference has no utterance.
    init?(_ input: PESQInput) {
        let estimator = PESQDelayEstimator(input)
        let utterances = estimator.referenceActivity.utterances
        guard !utterances.isEmpty else { return nil }
        let overall = estimator.coarse()
        parts = []
        for blocks in utterances {
            let expected = estimator.coarse(blocks, around: overall, search: Self.search)
            Self.divide(blocks, expected, estimator, into: &parts)
        }
    }

    /// Estimates the delay of one range of blocks; in two parts when each of them is surer than the whole.
    private static func divide(
        _ blocks: Range<Int>, _ expected: Int, _ estimator: PESQDelayEstimator, into parts: inout [Part],
        depth: Int = 0
    ) {
        let length = estimator.blockLength
        let samples = blocks.lowerBound * length..<blocks.upperBound * length
        let windows = bases(blocks, expected, estimator).map { estimator.windowDelays(samples, around: $0) }
        func consensus(_ range: Range<Int>) -> PESQDelayEstimator.Finding? {
            var best = estimator.consensus(windows[0], in: range)
            for others in windows.dropFirst() {
                guard let found = estimator.consensus(others, in: range), found.confidence >= leastConfidence
                else { continue }
                if found.confidence > best?.confidence ?? 0 { best = found }
            }
            return best
        }
        guard let whole = consensus(samples) else {
            parts.append(Part(samples: samples, delay: expected))
            return
        }
        var best: (cut: Int, delays: (Int, Int), confidence: Double)?
        if depth < 4 && blocks.count >= 2 * shortestPart {
            // From window to window; more coarsely in long utterances.
            let step = max(4, blocks.count / 200)
            for cut in stride(
                from: blocks.lowerBound + shortestPart, through: blocks.upperBound - shortestPart, by: step)
            {
                let border = cut * length
                guard
                    let first = consensus(samples.lowerBound..<border),
                    let second = consensus(border..<samples.upperBound)
                else { continue }
                // The less sure of the two parts decides.
                let confidence = min(first.confidence, second.confidence)
                if confidence > max(whole.confidence, best?.confidence ?? 0),
                    abs(first.delay - second.delay) > estimator.resolution
                {
                    best = (cut, (first.delay, second.delay), confidence)
                }
            }
        }
        guard let best else {
            parts.append(Part(samples: samples, delay: whole.delay))
            return
        }
        divide(blocks.lowerBound..<best.cut, best.delays.0, estimator, into: &parts, depth: depth + 1)
        divide(best.cut..<blocks.upperBound, best.delays.1, estimator, into: &parts, depth: depth + 1)
    }

    /// The delays around which windows are compared: the expected one, and those of quarters that differ.
    private static func bases(_ blocks: Range<Int>, _ expected: Int, _ estimator: PESQDelayEstimator) -> [Int]
    {
        var result = [expected]
        guard blocks.count >= 2 * shortestPart else { return result }
        for quarter in 0..<4 {
            let range =
                blocks.lowerBound + quarter * blocks.count / 4..<blocks.lowerBound
                + (quarter + 1) * blocks.count / 4
            let coarse = estimator.coarse(range, around: expected, search: search)
            if abs(coarse - expected) <= 2 * estimator.blockLength { continue }
            let samples = range.lowerBound * estimator.blockLength..<range.upperBound * estimator.blockLength
            let windows = estimator.windowDelays(samples, around: coarse)
            guard let found = estimator.consensus(windows, in: samples),
                found.confidence >= leastConfidence,
                result.allSatisfy({ abs($0 - found.delay) > estimator.resolution })
            else { continue }
            result.append(found.delay)
        }
        return result
    }

    /// The delay at a sample: pauses belong half to the part before and half to the one behind.
    func delay(at sample: Int) -> Int {
        for index in parts.indices.dropLast()
        where sample < (parts[index].samples.upperBound + parts[index + 1].samples.lowerBound) / 2 {
            return parts[index].delay
        }
        return parts[parts.count - 1].delay
    }
}
