import Tensor

/// The targets of a score as smooth functions of time, one value a millisecond.
///
/// Every target is held for its duration and the staircase is smoothed forwards and backwards by an
/// exponential: organs begin to move before a sound (anticipatory coarticulation), arrive late, and miss
/// their target when there is little time (undershoot).
struct ArticulatoryTracks {
    /// Values a second.
    static let rate = 1000.0

    /// ln of Hz, F1 ... F4.
    var formants: [SIMD4<Float>]
    var voicing: [Float]
    var aspiration: [Float]
    var nasality: [Float]
    var damping: [Float]
    /// ln of Hz.
    var brightness: [Float]

    var count: Int { voicing.count }

    /// - Parameters:
    ///   - score: Targets in order of time.
    ///   - seconds: Length from time 0.
    ///   - transition: Time constant of the formants in s.
    ///   - stream: The key to the small wandering of the formants.
    init(score: ArticulatoryScore, seconds: Double, transition: Double, stream: RandomStream) {
        let count = Int(seconds * Self.rate) + 2
        let rest = score.targets.first?.formants ?? Vowel.neutral
        formants = [SIMD4<Float>](repeating: Self.logarithm(rest), count: count)
        voicing = [Float](repeating: 0, count: count)
        aspiration = voicing
        nasality = voicing
        damping = [Float](repeating: 1, count: count)
        brightness = [Float](repeating: 7, count: count)
        for target in score.targets {
            let first = min(max(Int((target.start * Self.rate).rounded()), 0), count)
            let last = min(max(Int(((target.start + target.duration) * Self.rate).rounded()), 0), count)
            let level = Self.logarithm(target.formants)
            let corner = Float(Mathematics.logarithm(Double(target.brightness)))
            for i in first..<last {
                formants[i] = level
                voicing[i] = target.voicing
                aspiration[i] = target.aspiration
                nasality[i] = target.nasality
                damping[i] = target.damping
                brightness[i] = corner
            }
        }
        Self.smooth(&formants, transition)
        wander(stream)
        Self.smooth(&voicing, 0.006)
        Self.smooth(&aspiration, 0.005)
        Self.smooth(&nasality, 0.012)
        Self.smooth(&damping, 0.008)
        Self.smooth(&brightness, 0.008)
    }

    /// Speech organs are never still: each formant wanders by some 3 percent at a few hertz.
    private mutating func wander(_ stream: RandomStream) {
        var stream = stream
        let courses = (0..<4).map { _ in
            SlowModulation(
                rate: stream.uniform(4...9), count: count, sampleRate: Int(Self.rate), stream: &stream)
        }
        for i in formants.indices {
            for formant in 0..<4 { formants[i][formant] += 0.045 * courses[formant].value(at: i) }
        }
    }

    private static func logarithm(_ x: SIMD4<Float>) -> SIMD4<Float> {
        var result = x
        for i in 0..<4 { result[i] = Float(Mathematics.logarithm(Double(x[i]))) }
        return result
    }

    private static func smooth(_ track: inout [Float], _ time: Double) {
        let k = Float(1 - Mathematics.exponential(-1 / (time * rate)))
        var state = track[0]
        for i in track.indices {
            state += k * (track[i] - state)
            track[i] = state
        }
        for i in track.indices.reversed() {
            state += k * (track[i] - state)
            track[i] = state
        }
    }

    private static func smooth(_ track: inout [SIMD4<Float>], _ time: Double) {
        let k = SIMD4<Float>(repeating: Float(1 - Mathematics.exponential(-1 / (time * rate))))
        var state = track[0]
        for i in track.indices {
            state += k * (track[i] - state)
            track[i] = state
        }
        for i in track.indices.reversed() {
            state += k * (track[i] - state)
            track[i] = state
        }
    }
}
