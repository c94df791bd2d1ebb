import Tensor

/// An instrument with its own drawn character that adds notes to a signal.
protocol Instrument {
    /// - Parameters:
    ///   - signal: Begins at time 0; what lies outside of it is left out.
    ///   - stream: The key to this note.
    func add(_ note: Note, to signal: inout [Float], stream: RandomStream)

    /// Relative deviation of the frequency at `elapsed` s of a note (vibrato).
    func bend(_ note: Note, elapsed: Double) -> Double
}

extension Instrument {
    func bend(_ note: Note, elapsed: Double) -> Double { 0 }
}

/// A rise, a fall to a level, and a release, each a straight line or an exponential.
struct Envelope {
    var attack: Double
    var decay: Double
    var sustain: Float
    var release: Double

    /// Value at a time in s after the start of a note of the given duration.
    @inline(__always)
    func value(_ t: Double, duration: Double) -> Float {
        if t < 0 { return 0 }
        let held = min(t, duration)
        let rise = attack > 0 ? Float(min(held / attack, 1)) : 1
        var level = rise * (2 - rise)
        if held > attack {
            level = sustain + (1 - sustain) * Mathematics.exponential(-Float((held - attack) / decay))
        }
        if t > duration {
            level *= Mathematics.exponential(-Float((t - duration) / release) * 3)
        }
        return level
    }

    /// s after the end of a note until it is inaudible.
    var tail: Double { release * 2.5 }
}
