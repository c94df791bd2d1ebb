/// A stretch of an utterance during which the speech organs hold one target.
struct ArticulatoryTarget {
    /// s
    var start: Double
    /// s
    var duration: Double
    /// F1 ... F4 in Hz.
    var formants: SIMD4<Float>
    /// Amplitude of the voice source.
    var voicing: Float = 0
    /// RMS of aspiration noise at the glottis.
    var aspiration: Float = 0
    /// Opening of the velum, 0 ... 1.
    var nasality: Float = 0
    /// Factor of the formant bandwidths.
    var damping: Float = 1
    /// Corner of the source's low-pass in Hz.
    var brightness: Float
}

/// Turbulent noise in the mouth: a fricative or the burst of a plosive.
struct NoiseEvent {
    /// s
    var start: Double
    var duration: Double
    var attack: Double
    var release: Double
    /// RMS.
    var amplitude: Float
    var bands: [NoiseBand]
    /// Follows the opening of the glottis, as in voiced fricatives.
    var modulated: Bool
}

/// What the speech organs do during an utterance.
struct ArticulatoryScore {
    var targets: [ArticulatoryTarget] = []
    var noises: [NoiseEvent] = []
    var onsets: [Performance.Onset] = []
    /// Commands of the intonation.
    var phraseCommands: [(time: Double, size: Double)] = []
    var accentCommands: [(start: Double, end: Double, size: Double)] = []
    /// Short deviations of ln(f0) beside consonants: time, size, time constant in s.
    var perturbations: [(time: Double, size: Double, decay: Double)] = []
    /// Stretches with creaky voice.
    var creaks: [(start: Double, end: Double)] = []
    /// Sung notes.
    var notes: [(start: Double, end: Double, number: Double)] = []
    /// s
    var end = 0.0
}
