/// The constants of the loudness method of ISO 532-1:2017, annex A.
enum LoudnessTables {
    /// Third-octave bands: 25 Hz to 12.5 kHz.
    static let thirdOctaveCount = 28
    /// Critical bands that have a core loudness of their own.
    static let coreCount = 20
    /// Specific loudness is given at 0.1, 0.2 ... 24.0 Bark.
    static let stepCount = 240

    /// Upper limits of the level ranges in which the lowest bands are weighted, dB (table A.3).
    static let lowRangeLimits: [Double] = [45, 55, 65, 71, 80, 90, 100, 120]

    /// Weights of the third-octave bands 25 Hz to 250 Hz in each level range, dB (table A.3).
    static let lowWeights: [[Double]] = [
        [-32, -24, -16, -10, -5, 0, -7, -3, 0, -2, 0],
        [-29, -22, -15, -10, -4, 0, -7, -2, 0, -2, 0],
        [-27, -19, -14, -9, -4, 0, -6, -2, 0, -2, 0],
        [-25, -17, -12, -9, -3, 0, -5, -2, 0, -2, 0],
        [-23, -16, -11, -7, -3, 0, -4, -1, 0, -1, 0],
        [-20, -14, -10, -6, -3, 0, -4, -1, 0, -1, 0],
        [-18, -12, -9, -6, -2, 0, -3, -1, 0, -1, 0],
        [-15, -10, -8, -4, -2, 0, -3, -1, 0, -1, 0],
    ]

    /// The third-octave bands that share a critical band: 25 to 80 Hz, 100 to 160 Hz, 200 and 250 Hz.
    static let lowGroups = [0..<6, 6..<9, 9..<11]

    /// Level at threshold in quiet of each critical band, dB (table A.6).
    static let thresholds: [Double] = [30, 18, 12, 8, 7, 6, 5, 4, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3]

    /// What the outer and middle ear take away, dB (table A.4).
    static let attenuations: [Double] = [
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -0.5, -1.6, -3.2, -5.4, -5.6, -4, -1.5, 2, 5, 12,
    ]

    /// What a diffuse field adds to the level that counts, dB (table A.5).
    static let diffuseField: [Double] = [
        0, 0, 0.5, 0.9, 1.2, 1.6, 2.3, 2.8, 3, 2, 0, -1.4, -2, -1.9, -1, 0.5, 3, 4, 4.3, 4,
    ]

    /// From third-octave to critical-band levels, dB (table A.7).
    static let bandwidthCorrections: [Double] = [
        -0.25, -0.6, -0.8, -0.8, -0.5, 0, 0.5, 1.1, 1.5, 1.7, 1.8, 1.8, 1.7, 1.6, 1.4, 1.2, 0.8, 0.5, 0, -0.5,
    ]

    /// Upper ends of the critical bands, Bark (table A.8).
    static let upperEnds: [Double] = [
        0.9, 1.8, 2.8, 3.5, 4.4, 5.4, 6.6, 7.9, 9.2, 10.6, 12.3, 13.8, 15.2, 16.7, 18.1, 19.3, 20.6, 21.8,
        22.7, 23.6, 24,
    ]

    /// Lower limits of the ranges of specific loudness with a slope of their own, sone/Bark (table A.9).
    static let slopeRanges: [Double] = [
        21.5, 18, 15.1, 11.5, 9, 6.1, 4.4, 3.1, 2.13, 1.36, 0.82, 0.42, 0.3, 0.22, 0.15, 0.1, 0.035, 0,
    ]

    /// How steeply specific loudness falls towards higher bands, sone/Bark^2: a row for each range of specific
    /// loudness, a column for each critical band from the second on; the last serves all above (table A.9).
    static let slopes: [[Double]] = [
        [13, 8.2, 6.3, 5.5, 5.5, 5.5, 5.5, 5.5],
        [9, 7.5, 6, 5.1, 4.5, 4.5, 4.5, 4.5],
        [7.8, 6.7, 5.6, 4.9, 4.4, 3.9, 3.9, 3.9],
        [6.2, 5.4, 4.6, 4, 3.5, 3.2, 3.2, 3.2],
        [4.5, 3.8, 3.6, 3.2, 2.9, 2.7, 2.7, 2.7],
        [3.7, 3, 2.8, 2.35, 2.2, 2.2, 2.2, 2.2],
        [2.9, 2.3, 2.1, 1.9, 1.8, 1.7, 1.7, 1.7],
        [2.4, 1.7, 1.5, 1.35, 1.3, 1.3, 1.3, 1.3],
        [1.95, 1.45, 1.3, 1.15, 1.1, 1.1, 1.1, 1.1],
        [1.5, 1.2, 0.94, 0.86, 0.82, 0.82, 0.82, 0.82],
        [0.72, 0.67, 0.64, 0.63, 0.62, 0.62, 0.62, 0.62],
        [0.59, 0.53, 0.51, 0.5, 0.42, 0.42, 0.42, 0.42],
        [0.4, 0.33, 0.26, 0.24, 0.24, 0.22, 0.22, 0.22],
        [0.27, 0.21, 0.2, 0.18, 0.17, 0.17, 0.17, 0.17],
        [0.16, 0.15, 0.14, 0.12, 0.11, 0.11, 0.11, 0.11],
        [0.12, 0.11, 0.1, 0.08, 0.08, 0.08, 0.08, 0.08],
        [0.09, 0.08, 0.07, 0.06, 0.06, 0.06, 0.06, 0.05],
        [0.06, 0.05, 0.03, 0.02, 0.02, 0.02, 0.02, 0.02],
    ]
}
