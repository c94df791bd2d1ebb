import Tensor

/// The pitch of a signal over time.
public struct PitchTrack: Sendable, Equatable {
    /// Seconds from frame to frame; frame t is centred on t `hopDuration`.
    public let hopDuration: Double
    /// The best guess of each frame, hertz, voiced or not; 0 where the frame has no period at all.
    public let frequencies: [Double]
    /// Whether each frame is taken to have a pitch.
    public let isVoiced: [Bool]
    /// How sure that is before neighbours are looked at, 0 ... 1; its definition is the method's.
    public let voicingProbabilities: [Double]

    public init(
        hopDuration: Double, frequencies: [Double], isVoiced: [Bool], voicingProbabilities: [Double]
    ) {
        require(
            frequencies.count == isVoiced.count && frequencies.count == voicingProbabilities.count,
            "[PitchTrack] \(frequencies.count) frequencies, \(isVoiced.count) voicings, "
                + "\(voicingProbabilities.count) probabilities: one of each per frame")
        self.hopDuration = hopDuration
        self.frequencies = frequencies
        self.isVoiced = isVoiced
        self.voicingProbabilities = voicingProbabilities
    }

    public var frameCount: Int { frequencies.count }

    /// The middle of each frame, seconds.
    public var times: [Double] { frequencies.indices.map { Double($0) * hopDuration } }

    /// Hertz, 0 where unvoiced: the form that pitch measures and labels take.
    public var voicedFrequencies: [Double] { zip(frequencies, isVoiced).map { $1 ? $0 : 0 } }

    /// The share of frames that are voiced, 0 ... 1.
    public var voicedShare: Double {
        isVoiced.isEmpty ? 0 : Double(isVoiced.count { $0 }) / Double(isVoiced.count)
    }

    /// The median over voiced frames, hertz; nil if there is none.
    public var medianFrequency: Double? {
        let voiced = voicedFrequencies.filter { $0 > 0 }.sorted()
        guard !voiced.isEmpty else { return nil }
        let middle = voiced.count / 2
        return voiced.count % 2 == 1 ? voiced[middle] : (voiced[middle - 1] + voiced[middle]) / 2
    }
}
