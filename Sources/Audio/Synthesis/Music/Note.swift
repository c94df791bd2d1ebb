/// A note of a composition.
struct Note {
    /// Seconds from the start of the performance; may be negative.
    var start: Double
    var duration: Double
    /// MIDI number; 69 is 440 Hz.
    var number: Double
    /// Loudness, 0 ... 1.
    var velocity: Double

    var frequency: Double { Mathematics.frequency(note: number) }
    var end: Double { start + duration }
}

/// A blow on a drum.
struct Stroke {
    enum Drum: String, CaseIterable {
        case kick
        case snare
        case closedHat
        case openHat
        case tom
        case shaker
        case cymbal
    }

    var start: Double
    var drum: Drum
    var velocity: Double
}
