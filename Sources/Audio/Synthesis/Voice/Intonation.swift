import Tensor

/// The course of ln(f0) over an utterance.
///
/// Spoken: the command-response model, `ln f0(t) = ln fb + sum Ap Gp(t - T0) + sum Aa (Ga(t - T1) - Ga(t - T2))`
/// with `Gp(t) = a^2 t exp(-a t)` and `Ga(t) = 1 - (1 + b t) exp(-b t)` (Fujisaki and Hirose, *Analysis of voice
/// fundamental frequency contours for declarative sentences of Japanese*, J. Acoust. Soc. Japan (E) 5, 1984),
/// plus the short perturbations beside consonants and a slow random drift. Sung: notes with glides between
/// them and vibrato.
struct Intonation {
    /// Seconds between two values.
    static let hop = 0.005
    /// ln of Hz from `start` on.
    private var values: [Float]
    private let start: Double

    /// - Parameters:
    ///   - score: Commands or notes.
    ///   - base: Base frequency of the speaker in Hz.
    ///   - from, to: Limits in s.
    init(score: ArticulatoryScore, base: Double, from: Double, to: Double, stream: RandomStream) {
        var stream = stream
        start = from
        let count = Int((to - from) / Self.hop) + 2
        values = [Float](repeating: Float(Mathematics.logarithm(base)), count: count)
        if score.notes.isEmpty {
            addCommands(of: score)
        } else {
            sing(score, stream: &stream)
        }
        for perturbation in score.perturbations {
            let first = index(perturbation.time)
            for i in first..<max(first, min(count, first + 30)) where i >= 0 {
                let elapsed = Double(i - first) * Self.hop
                values[i] += Float(
                    perturbation.size * Mathematics.exponential(-elapsed / perturbation.decay))
            }
        }
        var drift: Float = 0
        for i in 0..<count {
            drift = 0.97 * drift + 0.0025 * Float(stream.gaussian())
            values[i] = min(max(values[i] + drift, 4.05), 6.6)
        }
    }

    private func index(_ time: Double) -> Int { Int(((time - start) / Self.hop).rounded(.up)) }

    private mutating func addCommands(of score: ArticulatoryScore) {
        for command in score.phraseCommands {
            let first = max(index(command.time), 0)
            for i in first..<max(first, min(values.count, first + 700)) {
                let t = start + Double(i) * Self.hop - command.time
                values[i] += Float(command.size * 9 * t * Mathematics.exponential(-3 * t))
            }
        }
        for command in score.accentCommands {
            let first = max(index(command.start), 0)
            let length = Int((command.end - command.start + 0.4) / Self.hop)
            for i in first..<max(first, min(values.count, first + length)) {
                let t = start + Double(i) * Self.hop
                values[i] += Float(
                    command.size * (response(t - command.start) - response(t - command.end)))
            }
        }
    }

    private func response(_ t: Double) -> Double {
        t <= 0 ? 0 : 1 - (1 + 20 * t) * Mathematics.exponential(-20 * t)
    }

    private mutating func sing(_ score: ArticulatoryScore, stream: inout RandomStream) {
        let rate = stream.uniform(4.6...6.6)
        let depth = stream.uniform(0.006...0.045)
        let glide = stream.uniform(0.04...0.09)
        var phase = stream.uniform(0...1)
        var current: Float?
        var note = 0
        for i in values.indices {
            let t = start + Double(i) * Self.hop
            while note < score.notes.count - 1 && t >= score.notes[note + 1].start { note += 1 }
            let target = Float(Mathematics.logarithm(Mathematics.frequency(note: score.notes[note].number)))
            let previous = current ?? target
            let next = previous + (target - previous) * Float(min(Self.hop / glide * 2, 1))
            current = next
            phase += rate * Self.hop
            // Vibrato begins after the note has settled.
            let settled = min(max((t - score.notes[note].start - 0.12) / 0.25, 0), 1)
            values[i] = next + Float(depth * settled * Mathematics.sine(2 * .pi * phase))
        }
    }

    /// f0 in Hz at a time in s.
    func frequency(at time: Double) -> Double {
        let position = min(max((time - start) / Self.hop, 0), Double(values.count - 1) - 0.001)
        let i = Int(position)
        let share = Float(position - Double(i))
        return Double(Mathematics.exponential(values[i] + share * (values[i + 1] - values[i])))
    }
}
