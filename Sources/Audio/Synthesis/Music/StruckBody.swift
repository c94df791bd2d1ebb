import Tensor

/// A struck string or bar: piano-like strings, vibraphone, marimba, glockenspiel, bells.
///
/// A sum of damped modes. Strings: partial n at `n f sqrt(1 + B n^2)` (Fletcher and Rossing, *The physics of
/// musical instruments*, chapter 12); bars and bells by their tables of ratios (chapters 19 and 21).
struct StruckBody: Instrument {
    private enum Kind: CaseIterable {
        case piano
        case electricPiano
        case marimba
        case vibraphone
        case glockenspiel
        case bell
    }

    let sampleRate: Int
    private let kind: Kind
    /// s to fall to 1/e at 440 Hz.
    private let decay: Double
    private let slope: Double
    private let inharmonicity: Double
    private let detune: Double
    private let hammer: Double

    init(sampleRate: Int, stream: inout RandomStream) {
        self.sampleRate = sampleRate
        kind = Kind.allCases[stream.weighted([0.45, 0.2, 0.1, 0.1, 0.05, 0.1])]
        decay = stream.logUniform(0.25...1.2)
        slope = stream.uniform(0.7...1.6)
        inharmonicity = stream.logUniform(0.0001...0.0015)
        detune = stream.uniform(0.0002...0.0012)
        hammer = stream.uniform(0.02...0.25)
    }

    private func modes(_ frequency: Double, velocity: Double) -> [(
        ratio: Double, amplitude: Double, decay: Double
    )] {
        switch kind {
        case .piano, .electricPiano:
            let highest = min(0.45 * Double(sampleRate) / frequency, kind == .piano ? 22 : 8)
            return (1...max(1, Int(highest))).map { n in
                let x = Double(n)
                // Strike at 1/8 of the string: every eighth partial is missing; soft blows are dull.
                let place = kind == .piano ? abs(Mathematics.sine(.pi * x / 8.3)) + 0.05 : 1
                let dull = Mathematics.exponential(-x * (1 - velocity) * 0.35)
                return (
                    x * (1 + inharmonicity * x * x).squareRoot(),
                    place * dull / Mathematics.power(x, slope), 1 / (0.6 + 0.4 * x)
                )
            }
        case .marimba: return [(1, 1, 0.4), (3.93, 0.3 * velocity, 0.1), (9.2, 0.12 * velocity, 0.04)]
        case .vibraphone: return [(1, 1, 2), (4, 0.25 * velocity, 0.7), (10.1, 0.08 * velocity, 0.2)]
        case .glockenspiel: return [(1, 1, 1), (2.76, 0.5, 0.5), (5.4, 0.3, 0.25), (8.93, 0.12, 0.12)]
        case .bell:
            return [
                (0.5, 0.5, 2.5), (1, 0.7, 1.8), (1.19, 0.6, 1.2), (1.5, 0.3, 0.9), (2, 0.8, 1),
                (2.51, 0.3, 0.5),
                (3.01, 0.3, 0.4), (4.17, 0.2, 0.3), (5.43, 0.12, 0.2),
            ]
        }
    }

    func add(_ note: Note, to signal: inout [Float], stream: RandomStream) {
        var stream = stream
        let rate = Double(sampleRate)
        let frequency = note.frequency
        let first = Int(note.start * rate)
        let damper = kind == .piano || kind == .electricPiano ? note.duration : note.duration + 1
        let length = min(Int((damper + 0.25) * rate), signal.count - first)
        guard length > 0, first + length > 0 else { return }
        var part = [Float](repeating: 0, count: length)
        let base = decay * Mathematics.power(440 / frequency, 0.6)
        for mode in modes(frequency, velocity: note.velocity) {
            let time = base * mode.decay
            let amplitude = note.velocity * mode.amplitude * stream.uniform(0.8...1.2)
            // Two strings of slightly different pitch beat and give the decay its two slopes.
            let split = kind == .piano ? detune : 0
            DampedMode(
                frequency: frequency * mode.ratio * (1 - split), time: time, amplitude: amplitude,
                sampleRate: sampleRate
            ).add(to: &part, at: 0)
            if split > 0 {
                DampedMode(
                    frequency: frequency * mode.ratio * (1 + split), time: time * 1.6,
                    amplitude: amplitude * 0.4,
                    sampleRate: sampleRate
                ).add(to: &part, at: 0)
            }
        }
        var source = NoiseSource(stream.fork("hammer"))
        var thump = OnePole(cutoff: 300 + 2500 * note.velocity, sampleRate: sampleRate)
        let fall = Decay(time: 0.006, sampleRate: sampleRate).factor
        var level = Float(hammer * note.velocity)
        for i in 0..<min(length, Int(0.04 * rate)) {
            part[i] += thump(source.next()) * level
            level *= fall
        }
        let damperStart = Int(damper * rate)
        let release = Decay(time: 0.05, sampleRate: sampleRate).factor
        var gain: Float = 1
        // Modes begin at full swing; a millisecond of rise takes the click away.
        let rise = Float(max(1, sampleRate / 800))
        for i in max(0, -first)..<length {
            if i > damperStart { gain *= release }
            signal[first + i] += part[i] * gain * min(Float(i + 1) / rise, 1)
        }
    }
}
