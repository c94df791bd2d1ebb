/// A vowel of the vocal tract of an average man: formants F1 ... F4 in Hz.
struct Vowel {
    let label: String
    /// F1, F2, F3, F4.
    let formants: SIMD4<Float>
    /// Opening of the velum, 0 ... 1.
    let nasality: Float

    private init(_ label: String, _ f1: Float, _ f2: Float, _ f3: Float, nasality: Float = 0) {
        self.label = label
        formants = SIMD4(f1, f2, f3, 3500)
        self.nasality = nasality
    }

    /// The ten monophthongs are the men's averages of Peterson and Barney (*Control methods used in a study
    /// of the vowels*, JASA 24, 1952); the others are usual values of European languages between them.
    static let all: [Vowel] = [
        Vowel("i", 270, 2290, 3010), Vowel("I", 390, 1990, 2550), Vowel("E", 530, 1840, 2480),
        Vowel("ae", 660, 1720, 2410), Vowel("A", 730, 1090, 2440), Vowel("O", 570, 840, 2410),
        Vowel("U", 440, 1020, 2240), Vowel("u", 300, 870, 2240), Vowel("V", 640, 1190, 2390),
        Vowel("er", 490, 1350, 1690),
        Vowel("e", 390, 2100, 2650), Vowel("a", 740, 1350, 2500), Vowel("o", 420, 820, 2400),
        Vowel("y", 260, 1850, 2200), Vowel("oe", 480, 1500, 2250), Vowel("schwa", 500, 1450, 2450),
        Vowel("A~", 660, 950, 2500, nasality: 0.8), Vowel("E~", 620, 1550, 2500, nasality: 0.8),
        Vowel("O~", 480, 800, 2450, nasality: 0.8),
    ]

    static let neutral = SIMD4<Float>(500, 1450, 2450, 3500)

    /// Places of the vowels in ``all`` that each kind of language uses.
    static let inventories: [[Int]] = [
        [0, 10, 11, 12, 7],  // five vowels
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 15],  // English-like
        [0, 10, 2, 11, 5, 12, 7, 13, 14, 15, 16, 17, 18],  // French-like
        [0, 1, 10, 2, 11, 5, 12, 7, 13, 14, 15],  // German-like
        [0, 2, 11, 5, 7, 15],  // Slavic-like
        [0, 1, 2, 8, 4, 5, 6, 7, 15],
    ]
}
