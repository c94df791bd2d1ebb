/// Onsets, tempo and beats of a sound.
public struct Rhythm: Sendable, Equatable {
    public let envelope: OnsetEnvelope
    /// Seconds, ascending.
    public let onsets: [Double]
    /// Nil when nothing repeats.
    public let tempo: Tempo?
    /// Seconds, ascending; none without a tempo.
    public let beats: [Double]
}

/// The steps from a signal to its rhythm, each of which may be replaced.
public struct RhythmAnalysis: Sendable {
    public var strength: OnsetStrength
    public var picker = OnsetPicker()
    public var estimator = TempoEstimator()
    public var tracker = BeatTracker()

    public init(_ strength: OnsetStrength) {
        self.strength = strength
    }

    /// - Parameter sampleRate: hertz; everything else has its default.
    public init(sampleRate: Int) {
        self.init(OnsetStrength(sampleRate: sampleRate))
    }

    /// The rhythm of a signal of any length.
    public func analyse(_ signal: [Double]) -> Rhythm {
        let envelope = strength.envelope(of: signal)
        let tempo = estimator.estimate(envelope)
        return Rhythm(
            envelope: envelope, onsets: picker.onsets(in: envelope), tempo: tempo,
            beats: tempo.map { tracker.beats(in: envelope, tempo: $0) } ?? [])
    }
}
