import Foundation
import Tensor

/// Pitch as the most probable path through candidates of all frames (pYIN).
///
/// Every frame gives candidates with probabilities, over a distribution of YIN's threshold
/// (`ThresholdPrior`). A hidden Markov model, whose states are pitch steps, each voiced and unvoiced, then finds
/// the path of greatest probability: pitch moves by a triangular distribution, voicing rarely switches, a voiced
/// state is seen with its candidate's probability, and what candidates leave is shared by the unvoiced states. The
/// frequency of a voiced frame is that of its candidate, not of the step; that of an unvoiced frame is its step's.
///
/// The voicing probability is the sum of a frame's candidates, before the path is looked for.
///
/// Source: Mauch and Dixon, pYIN: a fundamental frequency estimator using probabilistic threshold
/// distributions, ICASSP 2014. The prior is integrated exactly instead of in 100 steps.
public struct ProbabilisticYIN: Sendable {
    public let frames: PitchFrames
    public let prior: ThresholdPrior
    /// What thresholds below all minima give the deepest one.
    public let fallback: Double
    let steps: PitchSteps

    /// - Parameters:
    ///   - frames: how the signal is cut and which pitches are looked for.
    ///   - prior: how thresholds are distributed; default beta(2, 18).
    ///   - fallback: 0 ... 1; default 0.01.
    ///   - resolution: semitones from one pitch step to the next, 0.01 ... 1; default 0.1.
    ///   - maximumRate: octaves per second that the pitch may move; default 35.92, which is the article's 2.5
    ///     semitones per 256 samples at 44.1 kHz.
    ///   - switchProbability: that of going from voiced to unvoiced or back, per frame, above 0 and at most 0.5;
    ///     default 0.01.
    public init(
        _ frames: PitchFrames, prior: ThresholdPrior = ThresholdPrior(), fallback: Double = 0.01,
        resolution: Double = 0.1, maximumRate: Double = 35.92, switchProbability: Double = 0.01
    ) {
        require((0...1).contains(fallback), "[pyin] fallback \(fallback): expects 0 to 1")
        require((0.01...1).contains(resolution), "[pyin] steps of \(resolution) semitones: 0.01 to 1")
        require(maximumRate > 0, "[pyin] \(maximumRate) octaves per second: must be positive")
        require(
            switchProbability > 0 && switchProbability <= 0.5,
            "[pyin] switch probability \(switchProbability): expects 0 < p <= 0.5")
        self.frames = frames
        self.prior = prior
        self.fallback = fallback
        steps = PitchSteps(
            minimum: frames.minimumFrequency, maximum: frames.maximumFrequency, resolution: resolution,
            reach: 12 * maximumRate * frames.hopDuration, switchProbability: switchProbability)
    }

    /// The pitch of a signal of any length.
    public func track(_ signal: [Double]) -> PitchTrack {
        let candidates = candidates(of: signal)
        let observations = PitchObservations(candidates, steps: steps)
        let path = PitchPath(steps: steps, observations: observations).states()
        let frequencies = path.enumerated().map { frame, state in
            state.isVoiced
                ? observations.frequency(frame: frame, step: state.step) : steps.frequency(state.step)
        }
        return PitchTrack(
            hopDuration: frames.hopDuration, frequencies: frequencies, isVoiced: path.map(\.isVoiced),
            voicingProbabilities: candidates.map { min(1, $0.reduce(0) { $0 + $1.probability }) })
    }

    func candidates(of signal: [Double]) -> [[PitchCandidate]] {
        var all = [[PitchCandidate]](repeating: [], count: frames.frameCount(forLength: signal.count))
        all.withUnsafeMutableBufferPointer { all in
            frames.forEachDifference(of: signal) { frame, difference in
                var found: [PitchCandidate] = []
                difference.forEachCandidate(frames: frames, prior: prior, fallback: fallback) {
                    found.append($0)
                }
                all[frame] = found
            }
        }
        return all
    }
}
