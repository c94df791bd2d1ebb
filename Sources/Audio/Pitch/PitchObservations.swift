import Foundation

/// What the frames say about each step, candidates that fall on one step together.
struct PitchObservations {
    /// One candidate of a frame: its step, the most probable frequency there, and ln of its probability.
    struct Entry {
        var step: Int
        var frequency: Double
        var weight: Float
    }

    /// The entries of all frames, one after the other.
    private(set) var entries: [Entry] = []
    /// Where each frame's entries begin, and where the last ones end.
    private(set) var starts = [0]
    /// ln of the probability that each unvoiced step has, by frame.
    private(set) var unvoiced: [Float] = []

    init(_ frames: [[PitchCandidate]], steps: PitchSteps) {
        for candidates in frames {
            var sum = 0.0
            var merged: [(step: Int, best: PitchCandidate, probability: Double)] = []
            for candidate in candidates where candidate.probability > 0 {
                sum += candidate.probability
                let step = steps.step(candidate.frequency)
                if let known = merged.firstIndex(where: { $0.step == step }) {
                    merged[known].probability += candidate.probability
                    if candidate.probability > merged[known].best.probability {
                        merged[known].best = candidate
                    }
                } else {
                    merged.append((step, candidate, candidate.probability))
                }
            }
            for entry in merged {
                entries.append(
                    Entry(
                        step: entry.step, frequency: entry.best.frequency,
                        weight: Float(log(entry.probability))))
            }
            starts.append(entries.count)
            // Never quite zero, so that there is always a path.
            unvoiced.append(Float(log(max(1e-12, 1 - sum) / Double(steps.count))))
        }
    }

    var frameCount: Int { unvoiced.count }

    /// The candidate's own frequency, hertz; 0 where the frame has none on that step.
    func frequency(frame: Int, step: Int) -> Double {
        entries[starts[frame]..<starts[frame + 1]].first { $0.step == step }?.frequency ?? 0
    }
}
