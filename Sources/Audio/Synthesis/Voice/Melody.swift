import Tensor

/// A tune for a singing voice.
struct Melody {
    private let phrases: [Phrase]

    /// Draws a tune in the speaker's range.
    init(seconds: Double, speaker: Speaker, stream: RandomStream) {
        var stream = stream
        let scale = stream.pick([[0, 2, 4, 5, 7, 9, 11], [0, 2, 3, 5, 7, 8, 10], [0, 2, 4, 7, 9]])
        let base = 69 + 12 * Mathematics.logarithm(speaker.basePitch * 1.25 / 440) / Mathematics.logarithm(2)
        let beat = stream.uniform(0.3...0.65)
        let lengths = [0.5, 1, 1, 1.5, 2]
        var degree = stream.integer(0..<6)
        var phrases: [Phrase] = []
        var total = -1.0
        while total < seconds {
            var syllables: [Syllable] = []
            for _ in 0..<stream.integer(3..<8) {
                var syllable = speaker.language.syllable(stressed: true, stream: &stream)
                syllable.stress = stream.uniform(0.6...1)
                degree = min(max(degree + stream.pick([-2, -1, -1, 0, 1, 1, 2]), -2), scale.count + 3)
                let octave = (degree + scale.count) / scale.count - 1
                let place = (degree + scale.count) % scale.count
                let duration = beat * stream.pick(lengths)
                syllable.note = (base.rounded() + Double(12 * octave + scale[place]), duration)
                total += duration
                syllables.append(syllable)
            }
            let pause = stream.uniform(0.15...0.5)
            total += pause
            phrases.append(
                Phrase(
                    syllables: syllables, pause: pause, breath: stream.chance(0.6), question: false,
                    level: stream.uniform(-2...2)))
        }
        self.phrases = phrases
    }

    func sing(with articulator: inout Articulator) {
        for phrase in phrases { articulator.speak(phrase) }
    }
}
