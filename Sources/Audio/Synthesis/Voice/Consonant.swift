/// One resonance of a turbulent noise source.
struct NoiseBand {
    /// Hz.
    var frequency: Double
    /// Hz.
    var bandwidth: Double
    /// dB relative to the other bands.
    var level: Double
}

/// A consonant of the vocal tract of an average man.
struct Consonant {
    enum Manner {
        case plosive
        case affricate
        case fricative
        case aspirate
        case nasal
        case lateral
        case rhotic
        case tap
        case glide
    }

    let label: String
    let manner: Manner
    let voiced: Bool
    /// Formants F1 ... F4 in Hz towards which the neighbours glide (loci).
    let locus: SIMD4<Float>
    /// Share of the neighbouring vowel in F2 and F3 of the consonant (slope of the locus equation;
    /// Sussman et al., JASA 90, 1991).
    let pull: Float
    /// Usual duration in s, of the closure for plosives.
    let duration: Double
    /// Turbulent noise, normalised to unit RMS.
    let bands: [NoiseBand]
    /// RMS of the noise relative to a vowel, dB.
    let level: Double
    /// Time from the burst to the voice in s, of voiceless plosives.
    let voiceOnset: Double

    private init(
        _ label: String, _ manner: Manner, voiced: Bool, locus: SIMD4<Float>, pull: Float, duration: Double,
        bands: [NoiseBand] = [], level: Double = -120, voiceOnset: Double = 0
    ) {
        self.label = label
        self.manner = manner
        self.voiced = voiced
        self.locus = locus
        self.pull = pull
        self.duration = duration
        self.bands = bands
        self.level = level
        self.voiceOnset = voiceOnset
    }

    // Noise spectra after the measurements of Jongman, Wayland and Wong (*Acoustic characteristics of
    // English fricatives*, JASA 108, 2000) and Stevens (*Acoustic phonetics*, 1998, chapters 7 and 8).
    private static let alveolarNoise = [
        NoiseBand(frequency: 5200, bandwidth: 1500, level: 0),
        NoiseBand(frequency: 7400, bandwidth: 2200, level: -1),
        NoiseBand(frequency: 3600, bandwidth: 1600, level: -18),
        NoiseBand(frequency: 10500, bandwidth: 4000, level: -8),
    ]
    private static let palatalNoise = [
        NoiseBand(frequency: 2800, bandwidth: 700, level: 0),
        NoiseBand(frequency: 4300, bandwidth: 1600, level: -2),
        NoiseBand(frequency: 6500, bandwidth: 3000, level: -9),
        NoiseBand(frequency: 10000, bandwidth: 4000, level: -16),
    ]
    private static let labialNoise = [
        NoiseBand(frequency: 1400, bandwidth: 1800, level: -5),
        NoiseBand(frequency: 4200, bandwidth: 4000, level: -3),
        NoiseBand(frequency: 7600, bandwidth: 4500, level: 0),
        NoiseBand(frequency: 12000, bandwidth: 6000, level: -4),
    ]
    private static let dentalNoise = [
        NoiseBand(frequency: 1600, bandwidth: 1500, level: -8),
        NoiseBand(frequency: 6200, bandwidth: 3500, level: 0),
        NoiseBand(frequency: 7800, bandwidth: 2500, level: -1),
    ]
    private static let velarNoise = [
        NoiseBand(frequency: 1500, bandwidth: 500, level: 0),
        NoiseBand(frequency: 3600, bandwidth: 1500, level: -9),
        NoiseBand(frequency: 6000, bandwidth: 4000, level: -18),
    ]
    private static let frontVelarNoise = [
        NoiseBand(frequency: 3300, bandwidth: 800, level: 0),
        NoiseBand(frequency: 5200, bandwidth: 2500, level: -6),
        NoiseBand(frequency: 7500, bandwidth: 3000, level: -12),
    ]
    private static let labialBurst = [
        NoiseBand(frequency: 700, bandwidth: 1200, level: 0),
        NoiseBand(frequency: 2500, bandwidth: 4000, level: -6),
        NoiseBand(frequency: 6000, bandwidth: 5000, level: -12),
    ]
    private static let alveolarBurst = [
        NoiseBand(frequency: 4000, bandwidth: 2200, level: 0),
        NoiseBand(frequency: 6500, bandwidth: 3000, level: -3),
        NoiseBand(frequency: 1800, bandwidth: 1500, level: -10),
    ]
    private static let velarBurst = [
        NoiseBand(frequency: 1800, bandwidth: 600, level: 0),
        NoiseBand(frequency: 4200, bandwidth: 2000, level: -9),
        NoiseBand(frequency: 6500, bandwidth: 3500, level: -15),
    ]

    private static let bilabial = SIMD4<Float>(250, 850, 2200, 3350)
    private static let alveolar = SIMD4<Float>(260, 1750, 2650, 3500)
    private static let velar = SIMD4<Float>(260, 1900, 2250, 3300)
    private static let palatal = SIMD4<Float>(270, 2000, 2600, 3450)
    private static let dental = SIMD4<Float>(280, 1400, 2500, 3400)

    static let all: [Consonant] = [
        Consonant(
            "p", .plosive, voiced: false, locus: bilabial, pull: 0.6, duration: 0.075, bands: labialBurst,
            level: -13, voiceOnset: 0.045),
        Consonant(
            "t", .plosive, voiced: false, locus: alveolar, pull: 0.4, duration: 0.062, bands: alveolarBurst,
            level: -8, voiceOnset: 0.055),
        Consonant(
            "k", .plosive, voiced: false, locus: velar, pull: 0.7, duration: 0.065, bands: velarBurst,
            level: -9, voiceOnset: 0.065),
        Consonant(
            "b", .plosive, voiced: true, locus: bilabial, pull: 0.6, duration: 0.065, bands: labialBurst,
            level: -17),
        Consonant(
            "d", .plosive, voiced: true, locus: alveolar, pull: 0.4, duration: 0.055, bands: alveolarBurst,
            level: -13),
        Consonant(
            "g", .plosive, voiced: true, locus: velar, pull: 0.7, duration: 0.058, bands: velarBurst,
            level: -13),
        Consonant(
            "s", .fricative, voiced: false, locus: alveolar, pull: 0.35, duration: 0.105,
            bands: alveolarNoise,
            level: -11),
        Consonant(
            "z", .fricative, voiced: true, locus: alveolar, pull: 0.35, duration: 0.080, bands: alveolarNoise,
            level: -17),
        Consonant(
            "sh", .fricative, voiced: false, locus: palatal, pull: 0.3, duration: 0.105, bands: palatalNoise,
            level: -9),
        Consonant(
            "zh", .fricative, voiced: true, locus: palatal, pull: 0.3, duration: 0.075, bands: palatalNoise,
            level: -15),
        Consonant(
            "f", .fricative, voiced: false, locus: bilabial, pull: 0.6, duration: 0.095, bands: labialNoise,
            level: -22),
        Consonant(
            "v", .fricative, voiced: true, locus: bilabial, pull: 0.6, duration: 0.065, bands: labialNoise,
            level: -27),
        Consonant(
            "th", .fricative, voiced: false, locus: dental, pull: 0.5, duration: 0.090, bands: dentalNoise,
            level: -24),
        Consonant(
            "dh", .fricative, voiced: true, locus: dental, pull: 0.5, duration: 0.055, bands: dentalNoise,
            level: -30),
        Consonant(
            "x", .fricative, voiced: false, locus: velar, pull: 0.8, duration: 0.085, bands: velarNoise,
            level: -17),
        Consonant(
            "c", .fricative, voiced: false, locus: palatal, pull: 0.5, duration: 0.085,
            bands: frontVelarNoise,
            level: -15),
        Consonant("h", .aspirate, voiced: false, locus: dental, pull: 1, duration: 0.060),
        Consonant(
            "ch", .affricate, voiced: false, locus: palatal, pull: 0.3, duration: 0.055, bands: palatalNoise,
            level: -9),
        Consonant(
            "j", .affricate, voiced: true, locus: palatal, pull: 0.3, duration: 0.045, bands: palatalNoise,
            level: -13),
        Consonant(
            "ts", .affricate, voiced: false, locus: alveolar, pull: 0.4, duration: 0.050,
            bands: alveolarNoise,
            level: -11),
        Consonant("m", .nasal, voiced: true, locus: bilabial, pull: 0.5, duration: 0.065),
        Consonant("n", .nasal, voiced: true, locus: alveolar, pull: 0.35, duration: 0.060),
        Consonant("ng", .nasal, voiced: true, locus: velar, pull: 0.6, duration: 0.065),
        Consonant(
            "l", .lateral, voiced: true, locus: SIMD4(350, 1250, 2750, 3500), pull: 0.3, duration: 0.060),
        Consonant(
            "r", .rhotic, voiced: true, locus: SIMD4(420, 1250, 1650, 3300), pull: 0.25, duration: 0.060),
        Consonant("rr", .tap, voiced: true, locus: SIMD4(400, 1450, 2450, 3400), pull: 0.5, duration: 0.028),
        Consonant(
            "R", .rhotic, voiced: true, locus: SIMD4(480, 1150, 2450, 3300), pull: 0.5, duration: 0.060),
        Consonant("w", .glide, voiced: true, locus: SIMD4(300, 680, 2200, 3300), pull: 0.15, duration: 0.055),
        Consonant(
            "y", .glide, voiced: true, locus: SIMD4(275, 2200, 2950, 3600), pull: 0.15, duration: 0.055),
    ]
}
