import Tensor

/// Pitch of each frame by itself: the shortest lag after which the frame is nearly itself again.
///
/// A frame's period is the first minimum of the normalised difference d' that lies below a threshold, or the
/// lowest minimum if none does; the frame is voiced in the first case. The voicing probability is 1 - d' there.
///
/// Source: de Cheveigne and Kawahara, YIN, a fundamental frequency estimator for speech and music,
/// JASA 111(4), 2002.
public struct YIN: Sendable {
    public let frames: PitchFrames
    /// The share of aperiodic power up to which a lag counts as a period.
    public let threshold: Double

    /// - Parameters:
    ///   - frames: how the signal is cut and which pitches are looked for.
    ///   - threshold: above 0, at most 1; default 0.1.
    public init(_ frames: PitchFrames, threshold: Double = 0.1) {
        require(threshold > 0 && threshold <= 1, "[yin] threshold \(threshold): expects 0 < threshold <= 1")
        self.frames = frames
        self.threshold = threshold
    }

    /// The pitch of a signal of any length.
    public func track(_ signal: [Double]) -> PitchTrack {
        let count = frames.frameCount(forLength: signal.count)
        var frequencies = [Double](repeating: 0, count: count)
        var residues = [Double](repeating: 1, count: count)
        frequencies.withUnsafeMutableBufferPointer { frequencies in
            residues.withUnsafeMutableBufferPointer { residues in
                frames.forEachDifference(of: signal) { frame, difference in
                    guard let lag = period(difference) else { return }
                    frequencies[frame] = Double(frames.sampleRate) / difference.refined(lag)
                    residues[frame] = difference.normalised[lag]
                }
            }
        }
        return PitchTrack(
            hopDuration: frames.hopDuration, frequencies: frequencies,
            isVoiced: zip(frequencies, residues).map { $0 > 0 && $1 < threshold },
            voicingProbabilities: residues.map { max(0, 1 - $0) })
    }

    private func period(_ difference: borrowing NormalisedDifference) -> Int? {
        var lowest: Int?
        for lag in frames.minimumLag...frames.maximumLag where difference.isTrough(lag) {
            if difference.normalised[lag] < threshold { return lag }
            if difference.normalised[lag] < lowest.map({ difference.normalised[$0] }) ?? 1 { lowest = lag }
        }
        return lowest
    }
}
