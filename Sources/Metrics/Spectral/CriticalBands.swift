import Foundation

/// The 25 Gaussian critical-band filters of Klatt's spectral slope measure, 50 Hz to 3.6 kHz.
///
///     F[i, k] = exp(-11 ((k - floor(f_i)) / b_i)^2 + ln(b_1 / b_i)),   below -30 dB: 0
///
/// with centres f and bandwidths b in bins.
/// Source: Klatt, Prediction of perceived phonetic distance from critical-band spectra, ICASSP 1982; values
/// from Quackenbush, Barnwell, Clements, Objective Measures of Speech Quality, 1988.
struct CriticalBands: Sendable {
    static let count = 25
    /// In hertz.
    private static let centres = [
        50.0, 120, 190, 260, 330, 400, 470, 540, 617.372, 703.378, 798.717, 904.128, 1020.38, 1148.30,
        1288.72, 1442.54, 1610.70, 1794.16, 1993.93, 2211.08, 2446.71, 2701.97, 2978.04, 3276.17, 3597.63,
    ]
    /// In hertz.
    private static let widths = [
        70.0, 70, 70, 70, 70, 70, 70, 77.3724, 86.0056, 95.3398, 105.411, 116.256, 127.914, 140.423, 153.823,
        168.154, 183.457, 199.776, 217.153, 235.631, 255.255, 276.072, 298.126, 321.465, 346.136,
    ]

    /// Bins with weight, per band.
    private let ranges: [Range<Int>]
    private let weights: [[Double]]

    /// - Parameter binCount: bins below the Nyquist frequency.
    init(sampleRate: Int, binCount: Int) {
        let binsPerHertz = Double(binCount) / (Double(sampleRate) / 2)
        let floor = exp(-30 / (2 * 2.303))
        var ranges: [Range<Int>] = []
        var weights: [[Double]] = []
        for (centre, width) in zip(Self.centres, Self.widths) {
            let middle = (centre * binsPerHertz).rounded(.down)
            let row = (0..<binCount).map { bin in
                let distance = (Double(bin) - middle) / (width * binsPerHertz)
                return exp(-11 * distance * distance + log(Self.widths[0] / width))
            }
            let first = row.firstIndex { $0 > floor } ?? 0
            let last = row.lastIndex { $0 > floor } ?? first - 1
            ranges.append(first..<last + 1)
            weights.append(Array(row[first..<last + 1]))
        }
        self.ranges = ranges
        self.weights = weights
    }

    /// The weighted sums of one spectrum into `bands`.
    func sum(_ spectrum: UnsafeBufferPointer<Double>, into bands: UnsafeMutablePointer<Double>) {
        for band in 0..<Self.count {
            var sum = 0.0
            let start = ranges[band].lowerBound
            weights[band].withUnsafeBufferPointer { weights in
                for k in 0..<weights.count { sum += weights[k] * spectrum[start + k] }
            }
            bands[band] = sum
        }
    }
}
