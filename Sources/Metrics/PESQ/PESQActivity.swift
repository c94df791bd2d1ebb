import Foundation

/// Where a signal speaks, in blocks of 4 ms, and its envelope.
///
/// Source: ITU-T P.862 (02/2001), clause 10.1.3: the envelope is log(max(E / E_threshold, 1)) with the
/// threshold of a voice activity detector.
struct PESQActivity {
    /// Envelope of each block, 0 in pauses.
    let envelope: [Double]

    /// Runs of speech shorter than this are noise, in blocks.
    private static let shortestRun = 4
    /// Pauses up to this length do not end an utterance, in blocks.
    private static let longestGap = 50
    /// Speech shorter than this is no utterance, in blocks.
    static let shortestUtterance = 50

    /// Samples of a block.
    static func blockLength(_ sampleRate: Int) -> Int { sampleRate / 250 }

    init(_ signal: [Double], sampleRate: Int) {
        let length = Self.blockLength(sampleRate)
        var powers = (0..<signal.count / length).map { block in
            var sum = 0.0
            for i in block * length..<(block + 1) * length { sum += signal[i] * signal[i] }
            return sum / Double(length)
        }
        let floor = max((powers.max() ?? 0) * 1e-4, .leastNormalMagnitude)
        for block in powers.indices { powers[block] = max(powers[block], floor) }
        let threshold = Self.threshold(powers)
        envelope = Self.withoutShortRuns(powers.map { $0 > threshold ? log($0 / threshold) : 0 })
    }

    /// A level above most of the noise: mean and two deviations of what lies below it, repeatedly.
    private static func threshold(_ powers: [Double]) -> Double {
        var threshold = powers.reduce(0, +) / Double(max(1, powers.count))
        for _ in 0..<12 {
            var sums = (count: 0.0, value: 0.0, square: 0.0)
            for power in powers where power <= threshold {
                sums.count += 1
                sums.value += power
                sums.square += power * power
            }
            guard sums.count > 0 else { break }
            let mean = sums.value / sums.count
            let deviation = max(0, sums.square / sums.count - mean * mean).squareRoot()
            threshold = 1.001 * (mean + 2 * deviation)
        }
        return threshold
    }

    private static func withoutShortRuns(_ envelope: [Double]) -> [Double] {
        var result = envelope
        var start = 0
        for block in 0...envelope.count where block == envelope.count || envelope[block] == 0 {
            if block - start < shortestRun { for i in start..<block { result[i] = 0 } }
            start = block + 1
        }
        return result
    }

    /// Ranges of blocks with speech, short pauses included.
    var utterances: [Range<Int>] {
        var result: [Range<Int>] = []
        for block in envelope.indices where envelope[block] > 0 {
            if let last = result.last, block - last.upperBound <= Self.longestGap {
                result[result.count - 1] = last.lowerBound..<block + 1
            } else {
                result.append(block..<block + 1)
            }
        }
        return result.filter { $0.count >= Self.shortestUtterance }
    }
}
