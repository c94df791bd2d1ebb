/// The modified Bark bands of P.862: how FFT bins of 31.25 Hz become bands, with thresholds of hearing.
///
/// Source: ITU-T P.862 (02/2001), tables of its perceptual model.
struct PESQBands: Sendable {
    /// Bins of each band, from 0 Hz on.
    let binCounts: [Int]
    /// What one band's sum of bins is multiplied with to become a density over Bark.
    let corrections: [Double]
    /// Power at the threshold of hearing.
    let thresholds: [Double]
    /// In Bark.
    let centres: [Double]
    /// In Bark.
    let widths: [Double]
    /// Scale of powers, of frames of 32 ms.
    let powerScale: Double
    /// Scale of loudness, to sone.
    static let loudnessScale = 0.1866055

    var count: Int { binCounts.count }

    /// - Parameter sampleRate: 8000 or 16000 Hz.
    static func at(_ sampleRate: Int) -> PESQBands { sampleRate == 8000 ? narrow : wide }

    private static let narrow = PESQBands(
        binCounts: Array(wideBinCounts[0..<41]) + [11],
        corrections: Array(wideCorrections[0..<41]) + [59.248363],
        thresholds: Array(wideThresholds[0..<42]), centres: Array(wideCentres[0..<42]),
        widths: Array(wideWidths[0..<42]), powerScale: 2.764344e-5)

    private static let wide = PESQBands(
        binCounts: wideBinCounts, corrections: wideCorrections, thresholds: wideThresholds,
        centres: wideCentres, widths: wideWidths, powerScale: 6.910853e-6)

    private static let wideBinCounts = [
        1, 1, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1, 1, 2, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 4, 3, 4,
        5, 4, 5, 6, 6, 7, 8, 9, 9, 12, 12, 15, 16, 18, 21, 25, 20,
    ]
    private static let wideCorrections: [Double] = [
        100.0, 99.999992, 100.0, 100.000008, 100.000008, 100.000015, 99.999992, 99.999969, 50.000027,
        100.0, 99.999969, 100.000015, 99.999947, 100.000061, 53.047077, 110.000046, 117.991989, 65.0,
        68.760147, 69.999931, 71.428818, 75.000038, 76.843384, 80.968781, 88.646126, 63.864388,
        68.15535, 72.547775, 75.584831, 58.379192, 80.950836, 64.135651, 54.384785, 73.821884,
        64.437073, 59.176456, 65.521278, 61.399822, 58.144047, 57.004543, 64.126297, 54.311001,
        61.114979, 55.077751, 56.849335, 55.628868, 53.137054, 54.985844, 79.546974,
    ]
    private static let wideThresholds: [Double] = [
        51286152.0, 2454709.5, 70794.59375, 4897.788574, 1174.897705, 389.045166, 104.71286, 45.70882,
        17.782795, 9.772372, 4.897789, 3.090296, 1.905461, 1.258925, 0.977237, 0.724436, 0.562341,
        0.457088, 0.389045, 0.331131, 0.295121, 0.269153, 0.25704, 0.251189, 0.251189, 0.251189,
        0.251189, 0.263027, 0.288403, 0.30903, 0.338844, 0.371535, 0.398107, 0.436516, 0.467735,
        0.489779, 0.501187, 0.501187, 0.512861, 0.524807, 0.524807, 0.524807, 0.512861, 0.47863,
        0.42658, 0.371535, 0.363078, 0.416869, 0.537032,
    ]
    private static let wideCentres: [Double] = [
        0.078672, 0.316341, 0.636559, 0.961246, 1.29045, 1.624217, 1.962597, 2.305636, 2.653383,
        3.005889, 3.363201, 3.725371, 4.092449, 4.464486, 4.841533, 5.223642, 5.610866, 6.003256,
        6.400869, 6.803755, 7.211971, 7.625571, 8.044611, 8.469146, 8.899232, 9.334927, 9.776288,
        10.223374, 10.676242, 11.134952, 11.599563, 12.070135, 12.546731, 13.029408, 13.518232,
        14.013264, 14.514566, 15.022202, 15.536238, 16.056736, 16.583761, 17.117382, 17.657663,
        18.204674, 18.758478, 19.319147, 19.886751, 20.461355, 21.043034,
    ]
    private static let wideWidths: [Double] = [
        0.157344, 0.317994, 0.322441, 0.326934, 0.331474, 0.336061, 0.340697, 0.345381, 0.350114,
        0.354897, 0.359729, 0.364611, 0.369544, 0.374529, 0.379565, 0.384653, 0.389794, 0.394989,
        0.400236, 0.405538, 0.410894, 0.416306, 0.421773, 0.427297, 0.432877, 0.438514, 0.444209,
        0.449962, 0.455774, 0.461645, 0.467577, 0.473569, 0.479621, 0.485736, 0.491912, 0.498151,
        0.504454, 0.510819, 0.51725, 0.523745, 0.530308, 0.536934, 0.543629, 0.55039, 0.55722, 0.564119,
        0.571085, 0.578125, 0.585232,
    ]
}
