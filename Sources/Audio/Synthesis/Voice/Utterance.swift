import Tensor

/// A sound of an utterance before it is given a duration.
enum Phone {
    /// Place in ``Vowel/all``, and the second vowel of a diphthong.
    case vowel(Int, glideTo: Int?)
    /// Place in ``Consonant/all``.
    case consonant(Int)
}

/// A syllable: its phones in order and how strongly it is spoken.
struct Syllable {
    var phones: [Phone]
    /// 0 unstressed, 1 stressed.
    var stress: Double
    /// True for the last syllable before a pause.
    var isFinal = false
    /// In singing: MIDI number and length in s.
    var note: (number: Double, duration: Double)?
}

/// A phrase between two pauses.
struct Phrase {
    var syllables: [Syllable]
    /// Pause after the phrase in s.
    var pause: Double
    /// The voice breathes in during the pause.
    var breath: Bool
    /// Intonation rises at the end.
    var question: Bool
    /// dB relative to the other phrases.
    var level: Double
}

extension Language {
    /// Draws one syllable.
    func syllable(stressed: Bool, stream: inout RandomStream) -> Syllable {
        var phones: [Phone] = []
        let shape = stream.uniform()
        if shape >= emptyOnset {
            var first = drawConsonant(&stream)
            while Consonant.all[first].label == "ng" { first = drawConsonant(&stream) }
            if shape > 1 - cluster, let second = clusterPartner(of: first, &stream) {
                phones = [.consonant(first), .consonant(second)]
            } else {
                phones = [.consonant(first)]
            }
        }
        let vowel = vowels[stream.weighted(vowelWeights)]
        let second = stressed && stream.chance(diphthongs) ? stream.pick([0, 1, 7, 6]) : nil
        phones.append(.vowel(vowel, glideTo: second == vowel ? nil : second))
        if stream.chance(coda) {
            var last = drawConsonant(&stream)
            while [.aspirate, .glide].contains(Consonant.all[last].manner) { last = drawConsonant(&stream) }
            phones.append(.consonant(last))
            if stream.chance(cluster * 0.5), let s = Consonant.all.firstIndex(where: { $0.label == "s" }) {
                phones.append(.consonant(s))
            }
        }
        return Syllable(phones: phones, stress: stressed ? 1 : 0)
    }

    private func drawConsonant(_ stream: inout RandomStream) -> Int {
        consonants[stream.weighted(consonantWeights)]
    }

    /// A consonant that may follow another at the start of a syllable: `st`, `pl`, `fr`, `kw` ...
    private func clusterPartner(of first: Int, _ stream: inout RandomStream) -> Int? {
        let consonant = Consonant.all[first]
        let wanted: Set<String>
        switch consonant.manner {
        case .plosive: wanted = ["l", "r", "R", "rr", "w", "y"]
        case .fricative where consonant.label == "s" || consonant.label == "sh":
            wanted = ["t", "p", "k", "m", "n", "l", "w"]
        case .fricative where !consonant.voiced: wanted = ["l", "r", "R", "rr"]
        default: return nil
        }
        let partners = consonants.filter { wanted.contains(Consonant.all[$0].label) }
        return partners.isEmpty ? nil : stream.pick(partners)
    }

    /// Draws one spoken phrase of words of one to four syllables, each with one stress.
    func phrase(stream: inout RandomStream) -> Phrase {
        var syllables: [Syllable] = []
        for _ in 0..<stream.integer(1..<6) {
            let length = 1 + stream.weighted([0.4, 0.35, 0.18, 0.07])
            let stressed = length == 1 ? (stream.chance(0.5) ? 0 : -1) : stream.integer(0..<length)
            for place in 0..<length {
                syllables.append(syllable(stressed: place == stressed, stream: &stream))
            }
        }
        syllables[syllables.count - 1].isFinal = true
        let longPause = stream.chance(0.35)
        return Phrase(
            syllables: syllables,
            pause: longPause ? stream.uniform(0.35...0.8) : stream.uniform(0.08...0.35),
            breath: longPause && stream.chance(0.4), question: stream.chance(0.2),
            level: stream.uniform(-3...2))
    }
}
