import Tensor

/// Everything that stays the same while one person speaks.
struct Speaker {
    enum Group: CaseIterable {
        case man
        case woman
        case child
    }

    let group: Group
    /// Factor of all formants relative to an average man, 0.85 ... 1.3; inverse to the tract's length.
    let formantScale: Float
    /// Base of the intonation in Hz.
    let basePitch: Double
    /// Size of accents, in ln(f0).
    let liveliness: Double
    /// Share of the glottal period that is open.
    let openQuotient: Double
    /// 0: flow falls as slowly as in KLGLOTT88; 1: falls steeply.
    let skew: Float
    /// Corner of the source's low-pass in Hz (length of the return phase of the glottis).
    let brightness: Double
    /// RMS of aspiration noise in vowels, relative to the pulses' peak.
    let breathiness: Float
    /// Random deviation of periods and amplitudes, relative.
    let jitter: Double
    let shimmer: Double
    let bandwidthFactor: Float
    /// 1 is about 12 phonemes a second.
    let rate: Double
    /// Size of the vowel space about the neutral vowel.
    let clarity: Float
    /// Factor of the noise frequencies of sibilants.
    let sibilance: Double
    /// dB added to all turbulent noises.
    let frication: Double
    /// Chance of a creaky end of a phrase.
    let creak: Double
    /// dB between stressed and unstressed syllables.
    let stressDepth: Double
    /// Each vowel's own deviation of F1 ... F4, factors.
    let vowelColour: [SIMD4<Float>]
    /// F5 and above in Hz, up to the Nyquist frequency.
    let higherFormants: [Float]
    /// Seconds of formant transitions (time constant).
    let transition: Double
    let language: Language

    init(sampleRate: Int, stream: inout RandomStream) {
        group = Group.allCases[stream.weighted([0.45, 0.43, 0.12])]
        switch group {
        case .man:
            formantScale = Float(stream.uniform(0.88...1.07))
            basePitch = stream.logUniform(72...145)
        case .woman:
            formantScale = Float(stream.uniform(1.05...1.22))
            basePitch = stream.logUniform(135...230)
        case .child:
            formantScale = Float(stream.uniform(1.17...1.30))
            basePitch = stream.logUniform(190...290)
        }
        liveliness = stream.logUniform(0.08...0.42)
        openQuotient = stream.uniform(0.45...0.78)
        skew = Float(stream.uniform())
        brightness = stream.logUniform(700...4200)
        breathiness = Float(stream.logUniform(0.004...0.035))
        jitter = stream.logUniform(0.002...0.012)
        shimmer = stream.uniform(0.01...0.06)
        bandwidthFactor = Float(stream.uniform(0.8...1.5))
        rate = stream.logUniform(0.72...1.35)
        clarity = Float(stream.uniform(0.75...1.08))
        sibilance = stream.uniform(0.85...1.15) * (0.5 + 0.5 * Double(formantScale))
        frication = stream.uniform(-6...4)
        creak = stream.chance(0.35) ? stream.uniform(0.2...0.8) : 0
        stressDepth = stream.uniform(2...9)
        transition = stream.uniform(0.013...0.026)
        vowelColour = Vowel.all.map { _ in
            SIMD4(
                Float(stream.uniform(0.92...1.08)), Float(stream.uniform(0.94...1.06)),
                Float(stream.uniform(0.95...1.05)), Float(stream.uniform(0.95...1.05)))
        }
        // How many there are depends on the rate; a stream of their own keeps the person the same at any rate.
        var tract = stream.fork("higher formants")
        var formants: [Float] = []
        var next = 4500 * tract.uniform(0.95...1.06)
        while next * Double(formantScale) < Double(sampleRate) / 2 {
            formants.append(Float(next) * formantScale)
            next += tract.uniform(850...1150)
        }
        higherFormants = formants
        language = Language(stream: &stream)
    }

    /// Formants of a vowel in this speaker's tract, Hz.
    func formants(ofVowel index: Int) -> SIMD4<Float> {
        let target = Vowel.all[index].formants * vowelColour[index]
        return (Vowel.neutral + (target - Vowel.neutral) * clarity) * formantScale
    }
}

/// Which sounds a made-up language uses and how it strings them together.
struct Language {
    let vowels: [Int]
    let vowelWeights: [Double]
    let consonants: [Int]
    let consonantWeights: [Double]
    /// Chance that a vowel glides into a second one.
    let diphthongs: Double
    /// Chance of a syllable without, and with two, initial consonants.
    let emptyOnset: Double
    let cluster: Double
    /// Chance of a final consonant.
    let coda: Double
    /// Factor of the voice onset time (aspirated or plain voiceless plosives).
    let aspiration: Double
    /// Duration of unstressed vowels relative to stressed ones.
    let reduction: Double

    init(stream: inout RandomStream) {
        vowels = stream.pick(Vowel.inventories)
        vowelWeights = vowels.map { _ in stream.uniform(0.3...1) }
        var chosen: [Int] = []
        var weights: [Double] = []
        let rhotic = stream.pick(["r", "rr", "R"])
        for (index, consonant) in Consonant.all.enumerated() {
            let isRhotic = consonant.manner == .rhotic || consonant.manner == .tap
            let common = ["p", "t", "k", "s", "m", "n", "l", "d", "b"].contains(consonant.label)
            if isRhotic ? consonant.label == rhotic : (common || stream.chance(0.6)) {
                chosen.append(index)
                let isSonorant = [.nasal, .lateral, .rhotic, .tap, .glide].contains(consonant.manner)
                let usual = isSonorant ? 1.8 : common ? 1.3 : consonant.manner == .affricate ? 0.3 : 0.55
                weights.append(usual * stream.uniform(0.4...1.2))
            }
        }
        consonants = chosen
        consonantWeights = weights
        diphthongs = stream.uniform(0...0.3)
        emptyOnset = stream.uniform(0.05...0.2)
        cluster = stream.uniform(0...0.25)
        coda = stream.uniform(0.1...0.6)
        aspiration = stream.uniform(0.25...1.1)
        reduction = stream.uniform(0.5...0.9)
    }
}
