/// One pitch that a frame may have.
struct PitchCandidate {
    /// Hertz.
    var frequency: Double
    /// 0 ... 1; those of a frame sum to at most 1.
    var probability: Double
}

extension NormalisedDifference {
    /// The probability of each period over all thresholds of YIN.
    ///
    /// A threshold chooses the first trough below it, so a trough is chosen by the thresholds between its own
    /// depth and that of the deepest trough before it: only troughs deeper than all before them ever are, and
    /// their probabilities are differences of the prior's distribution function. Thresholds below every trough
    /// choose the deepest with probability `fallback`.
    ///
    /// - Parameter add: called once per candidate, from short to long periods.
    borrowing func forEachCandidate(
        frames: PitchFrames, prior: ThresholdPrior, fallback: Double, _ add: (PitchCandidate) -> Void
    ) {
        let rate = Double(frames.sampleRate)
        var pending: (lag: Int, mass: Double)?
        var covered = 1.0
        for lag in frames.minimumLag...frames.maximumLag where isTrough(lag) {
            let depth = prior.probability(upTo: normalised[lag])
            guard depth < covered else { continue }
            if let pending {
                add(PitchCandidate(frequency: rate / refined(pending.lag), probability: pending.mass))
            }
            pending = (lag, covered - depth)
            covered = depth
        }
        if let pending {
            let mass = pending.mass + fallback * covered
            add(PitchCandidate(frequency: rate / refined(pending.lag), probability: mass))
        }
    }
}
