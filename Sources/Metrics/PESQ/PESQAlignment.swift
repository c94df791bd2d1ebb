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
        let windows = estimator.windowDelays(samples, around: expected)
        guard let whole = estimator.consensus(windows, in: samples) else {
            parts.append(Part(samples: samples, delay: expected))
            return
        }
        var best: (cut: Int, delays: (Int, Int), confidence: Double)?
        if depth < 4 && blocks.count >= 2 * shortestPart {
            let step = max(1, blocks.count / 40)
            for cut in stride(
                from: blocks.lowerBound + shortestPart, through: blocks.upperBound - shortestPart, by: step)
            {
                let border = cut * length
                guard
                    let first = estimator.consensus(windows, in: samples.lowerBound..<border),
                    let second = estimator.consensus(windows, in: border..<samples.upperBound),
                    first.confidence > whole.confidence, second.confidence > whole.confidence,
                    first.delay != second.delay
                else { continue }
                let confidence = first.confidence + second.confidence
                if confidence > best?.confidence ?? 0 {
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

    /// The delay at a sample: pauses belong half to the part before and half to the one behind.
    func delay(at sample: Int) -> Int {
        for index in parts.indices.dropLast()
        where sample < (parts[index].samples.upperBound + parts[index + 1].samples.lowerBound) / 2 {
            return parts[index].delay
        }
        return parts[parts.count - 1].delay
    }
}
