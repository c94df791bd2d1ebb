import Tensor

/// Turns phrases into articulatory targets: durations, loci, bursts, voice onset times, loudness.
struct Articulator {
    let speaker: Speaker
    var stream: RandomStream
    var score = ArticulatoryScore()
    private var clock = 0.0
    private var phraseGain: Float = 1
    private var lastFormants: SIMD4<Float>

    /// - Parameter start: Time of the first sound in s; negative to begin in the middle of a phrase.
    init(speaker: Speaker, start: Double, stream: RandomStream) {
        self.speaker = speaker
        self.stream = stream
        clock = start
        lastFormants = Vowel.neutral * speaker.formantScale
    }

    var time: Double { clock }

    mutating func speak(_ phrase: Phrase) {
        let start = clock
        phraseGain = Float(Mathematics.gain(decibels: phrase.level))
        score.phraseCommands.append((start - 0.15, stream.uniform(0.6...1.2) * speaker.liveliness))
        let count = phrase.syllables.count
        for (index, syllable) in phrase.syllables.enumerated() {
            let begin = clock
            // The voice weakens towards the end of a phrase.
            let decline = -3.5 * Double(index) / Double(max(count - 1, 1))
            articulate(syllable, level: decline - (1 - syllable.stress) * speaker.stressDepth * 0.5)
            if syllable.stress > 0.5 {
                let size = speaker.liveliness * stream.uniform(0.3...1.2)
                score.accentCommands.append((begin - 0.02, clock - 0.02, size))
            }
        }
        let end = clock
        if phrase.question {
            score.accentCommands.append((end - 0.18, end + 0.1, speaker.liveliness * 1.4))
        } else {
            score.accentCommands.append((end - 0.22, end + 0.1, -0.4 * speaker.liveliness))
        }
        if stream.chance(speaker.creak) {
            score.creaks.append((end - stream.uniform(0.08...0.3), end))
        }
        pause(phrase.pause, breath: phrase.breath)
    }

    /// One sung syllable; its note must be set.
    mutating func sing(_ syllable: Syllable) {
        articulate(syllable, level: 6 * (syllable.stress - 1))
    }

    mutating func pause(_ duration: Double, breath: Bool) {
        score.onsets.append(.init(time: clock, label: "pause"))
        add(duration: duration, formants: lastFormants)
        if breath && duration > 0.25 {
            let length = min(duration - 0.1, stream.uniform(0.2...0.45))
            let shift = Double(speaker.formantScale)
            let bands = [
                NoiseBand(frequency: 1500 * shift, bandwidth: 900, level: 0),
                NoiseBand(frequency: 3000 * shift, bandwidth: 2500, level: -4),
                NoiseBand(frequency: 6000, bandwidth: 4000, level: -12),
            ]
            score.noises.append(
                NoiseEvent(
                    start: clock - length - 0.04, duration: length, attack: length * 0.5,
                    release: length * 0.3,
                    amplitude: Float(Mathematics.gain(decibels: stream.uniform(-42 ... -30))), bands: bands,
                    modulated: false))
        }
    }

    private mutating func add(
        duration: Double, formants: SIMD4<Float>, voicing: Float = 0, aspiration: Float = 0,
        nasality: Float = 0, damping: Float = 1, brightness: Double? = nil
    ) {
        score.targets.append(
            ArticulatoryTarget(
                start: clock, duration: duration, formants: formants, voicing: voicing,
                aspiration: aspiration,
                nasality: nasality, damping: damping, brightness: Float(brightness ?? speaker.brightness)))
        clock += duration
        score.end = clock
    }

    private mutating func articulate(_ syllable: Syllable, level: Double) {
        let gain = Float(Mathematics.gain(decibels: level)) * phraseGain
        var vowelFormants = Vowel.neutral * speaker.formantScale
        for case .vowel(let index, _) in syllable.phones { vowelFormants = speaker.formants(ofVowel: index) }
        var consonantTime = 0.0
        let noteStart = clock
        for (place, phone) in syllable.phones.enumerated() {
            switch phone {
            case .consonant(let index):
                let before = clock
                articulate(
                    Consonant.all[index], beside: vowelFormants, gain: gain, syllable: syllable,
                    isOnset: place < syllable.phones.count - 1)
                consonantTime += clock - before
            case .vowel(let index, let second):
                let wanted = syllable.note.map { max($0.duration - consonantTime, 0.08) }
                articulateVowel(index, glideTo: second, gain: gain, syllable: syllable, duration: wanted)
            }
        }
        if let note = syllable.note { score.notes.append((noteStart, clock, note.number)) }
    }

    private mutating func articulateVowel(
        _ index: Int, glideTo second: Int?, gain: Float, syllable: Syllable, duration wanted: Double?
    ) {
        var duration = stream.uniform(0.085...0.15) / speaker.rate
        if syllable.stress < 0.5 { duration *= speaker.language.reduction }
        if syllable.isFinal { duration *= stream.uniform(1.2...1.9) }
        if let wanted { duration = wanted }
        let vowel = Vowel.all[index]
        score.onsets.append(.init(time: clock, label: vowel.label))
        var target = speaker.formants(ofVowel: index)
        // No two tokens of a vowel are alike; unstressed ones are drawn towards the neutral vowel.
        for i in 0..<4 { target[i] *= Float(1 + 0.03 * stream.gaussian()) }
        if syllable.stress < 0.5 {
            target += (Vowel.neutral * speaker.formantScale - target) * Float(stream.uniform(0...0.4))
        }
        let brightness = speaker.brightness * (0.6 + 0.4 * Double(min(gain, 1.5)))
        let breath = speaker.breathiness * gain
        if let second {
            let part = duration * stream.uniform(0.4...0.6)
            add(
                duration: part, formants: target, voicing: gain, aspiration: breath, nasality: vowel.nasality,
                brightness: brightness)
            target += (speaker.formants(ofVowel: second) - target) * Float(stream.uniform(0.5...1))
            add(
                duration: duration - part, formants: target, voicing: gain * 0.9, aspiration: breath,
                nasality: vowel.nasality, brightness: brightness)
        } else {
            let sag = Float(syllable.isFinal ? 0.6 : 0.9)
            add(
                duration: duration * (syllable.isFinal ? 0.45 : 0.6), formants: target, voicing: gain,
                aspiration: breath,
                nasality: vowel.nasality, brightness: brightness)
            add(
                duration: duration * (syllable.isFinal ? 0.3 : 0.4), formants: target, voicing: gain * sag,
                aspiration: breath, nasality: vowel.nasality, brightness: brightness)
            if syllable.isFinal {
                // The voice fades into breath before a pause.
                add(
                    duration: duration * 0.25, formants: target, voicing: gain * 0.18,
                    aspiration: breath * 1.3,
                    nasality: vowel.nasality, damping: 1.3, brightness: brightness * 0.5)
            }
        }
        lastFormants = target
    }

    private mutating func articulate(
        _ consonant: Consonant, beside vowel: SIMD4<Float>, gain: Float, syllable: Syllable, isOnset: Bool
    ) {
        var locus = consonant.locus * speaker.formantScale
        let neighbour = vowel * 0.75 + lastFormants * 0.25
        let pull = consonant.pull
        locus += (neighbour - locus) * SIMD4(consonant.manner == .aspirate ? 1 : 0.1, pull, pull, pull * 0.7)
        let pace = (syllable.note == nil ? speaker.rate : 1.1) * (isOnset ? 1 : 1.1)
        let duration =
            consonant.duration * stream.uniform(0.8...1.25) / pace * (syllable.isFinal && !isOnset ? 1.3 : 1)
        let loudness = gain * Float(Mathematics.gain(decibels: stream.uniform(-3...2)))
        if consonant.label != "h" || isOnset {
            score.onsets.append(.init(time: clock, label: consonant.label))
        }
        switch consonant.manner {
        case .plosive, .affricate:
            plosive(
                consonant, locus: locus, vowel: vowel, duration: duration, gain: loudness, isOnset: isOnset)
        case .fricative:
            noise(consonant, vowel: vowel, duration: duration + 0.02, gain: loudness, lead: 0.01)
            if consonant.voiced {
                add(
                    duration: duration, formants: locus, voicing: loudness * 0.35, damping: 1.6,
                    brightness: 700)
                score.perturbations.append((clock, -0.03, 0.03))
            } else {
                add(duration: duration, formants: locus, aspiration: 0.004 * loudness, damping: 1.6)
                score.perturbations.append((clock, 0.06, 0.04))
            }
        case .aspirate:
            add(
                duration: duration, formants: locus, voicing: gain * Float(stream.uniform(0...0.25)),
                aspiration: gain * Float(stream.uniform(0.03...0.07)), damping: 1.4, brightness: 700)
        case .nasal:
            var murmur = locus
            murmur[0] = 270 * speaker.formantScale
            add(
                duration: duration, formants: murmur, voicing: gain * 0.75, aspiration: 0, nasality: 1,
                damping: 2.2, brightness: min(speaker.brightness, 1400))
        case .lateral, .rhotic, .glide:
            add(
                duration: duration, formants: locus, voicing: gain * 0.7,
                aspiration: speaker.breathiness * gain,
                damping: 1.3, brightness: speaker.brightness * 0.7)
        case .tap:
            for _ in 0..<(stream.chance(0.25) ? 3 : 1) {
                add(
                    duration: duration * 0.9, formants: locus, voicing: gain * 0.18, damping: 1.6,
                    brightness: 900)
                add(duration: 0.012, formants: locus, voicing: gain * 0.7, damping: 1.2)
            }
        }
        lastFormants = locus
    }

    private mutating func plosive(
        _ consonant: Consonant, locus: SIMD4<Float>, vowel: SIMD4<Float>, duration: Double, gain: Float,
        isOnset: Bool
    ) {
        var closed = locus
        closed[0] = 190 * speaker.formantScale
        add(
            duration: duration, formants: closed, voicing: consonant.voiced ? gain * 0.22 : 0, damping: 2,
            brightness: 350)
        if consonant.manner == .affricate {
            noise(consonant, vowel: vowel, duration: duration * 1.2, gain: gain, lead: 0, attack: 0.004)
            add(
                duration: duration * 1.1, formants: locus, voicing: consonant.voiced ? gain * 0.25 : 0,
                aspiration: consonant.voiced ? 0 : 0.006 * gain, damping: 1.5, brightness: 800)
            return
        }
        if !isOnset && stream.chance(0.45) { return }  // unreleased
        let burst = stream.uniform(0.006...0.016)
        noise(
            consonant, vowel: vowel, duration: burst, gain: gain * Float(stream.uniform(0.4...1.3)), lead: 0,
            attack: 0.0008)
        if consonant.voiced {
            add(duration: burst, formants: locus, voicing: gain * 0.3, damping: 1.4, brightness: 1200)
            score.perturbations.append((clock, -0.04, 0.03))
        } else {
            let delay =
                burst + consonant.voiceOnset * speaker.language.aspiration * stream.uniform(0.7...1.3)
                * (isOnset ? 1 : 0.5)
            // Formants already move to the vowel while the breath excites them.
            add(
                duration: delay, formants: locus * 0.5 + vowel * 0.5,
                aspiration: gain * Float(stream.uniform(0.02...0.055)), damping: 1.4)
            score.perturbations.append((clock, 0.08, 0.04))
        }
    }

    private mutating func noise(
        _ consonant: Consonant, vowel: SIMD4<Float>, duration: Double, gain: Float, lead: Double,
        attack: Double? = nil
    ) {
        // Lip rounding of neighbouring vowels lowers the noise (F2 near 800 Hz), spread lips raise it.
        let rounding = 0.93 + 0.07 * Double(min(vowel[1] / (1500 * speaker.formantScale), 1.5))
        let isVelar = consonant.label == "k" || consonant.label == "g" || consonant.label == "x"
        let shift = speaker.sibilance * rounding * stream.uniform(0.95...1.05)
        var bands = consonant.bands
        for i in bands.indices {
            bands[i].frequency *= shift
            bands[i].bandwidth *= stream.uniform(0.8...1.25)
            bands[i].level += stream.uniform(-2...2)
        }
        if isVelar, !bands.isEmpty {
            bands[0].frequency =
                Double(max(vowel[1], 1000 * speaker.formantScale)) * stream.uniform(0.95...1.1)
        }
        let level = consonant.level + speaker.frication
        score.noises.append(
            NoiseEvent(
                start: clock - lead, duration: duration, attack: attack ?? duration * 0.3,
                release: attack == nil ? duration * 0.25 : duration * 0.6,
                amplitude: Float(Mathematics.gain(decibels: level)) * gain, bands: bands,
                modulated: consonant.voiced))
    }
}
