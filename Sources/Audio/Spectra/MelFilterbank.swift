import Foundation
import Tensor

/// Triangular band filters, equally wide on the mel scale of pitch.
///
/// Sources: Slaney, Auditory Toolbox, 1998 (linear below 1 kHz, logarithmic above); O'Shaughnessy,
/// Speech Communication, 1987, as in HTK: mel = 2595 log10(1 + f / 700).
public struct MelFilterbank: Sendable {
    public enum Scale: String, Sendable, CaseIterable {
        case slaney
        case htk

        /// Mels of a frequency in hertz.
        public func mel(hertz: Double) -> Double {
            switch self {
            case .htk: 2595 * log10(1 + hertz / 700)
            case .slaney: hertz < 1000 ? hertz * 3 / 200 : 15 + log(hertz / 1000) * 27 / log(6.4)
            }
        }

        /// Hertz of a pitch in mels.
        public func hertz(mel: Double) -> Double {
            switch self {
            case .htk: 700 * (pow(10, mel / 2595) - 1)
            case .slaney: mel < 15 ? mel * 200 / 3 : 1000 * exp((mel - 15) * log(6.4) / 27)
            }
        }
    }

    public enum Normalisation: String, Sendable, CaseIterable {
        /// Triangles of height 1.
        case peak
        /// Triangles of area 1 in hertz: height 2 / (upper edge - lower edge).
        case slaney
    }

    public let bandCount: Int
    /// fftSize / 2 + 1.
    public let binCount: Int
    /// Band weights over bins, [bands x bins], row-major.
    public let weights: [Double]
    /// How band values spread back over bins, [bins x bands], row-major: the transposed triangles, each bin's
    /// weights summing to 1. Bins outside the triangles take the nearest band.
    public let interpolation: [Double]
    /// Where each triangle peaks, hertz.
    public let centreFrequencies: [Double]
    /// The bins of each band with a weight above 0, from the first to the last; empty for a triangle between
    /// two bins.
    public let bandRanges: [Range<Int>]
    /// The bands of each bin in `interpolation`.
    private let binRanges: [Range<Int>]

    /// - Parameters:
    ///   - sampleRate: hertz.
    ///   - fftSize: samples per transform.
    ///   - bands: at least 1.
    ///   - minimum: lower edge of the first band, hertz; default 0.
    ///   - maximum: upper edge of the last band, hertz, at most half the rate; default half the rate.
    ///   - scale: default `.slaney`.
    ///   - normalisation: default `.slaney`.
    public init(
        sampleRate: Int, fftSize: Int, bands: Int, minimum: Double = 0, maximum: Double? = nil,
        scale: Scale = .slaney, normalisation: Normalisation = .slaney
    ) {
        let nyquist = Double(sampleRate) / 2
        let maximum = maximum ?? nyquist
        require(bands >= 1, "[mel] \(bands) bands: at least 1")
        require(
            minimum >= 0 && minimum < maximum && maximum <= nyquist,
            "[mel] bands from \(minimum) to \(maximum) Hz: expects 0 <= minimum < maximum <= \(nyquist)")
        let bins = fftSize / 2 + 1
        let low = scale.mel(hertz: minimum)
        let step = (scale.mel(hertz: maximum) - low) / Double(bands + 1)
        let edges = (0..<bands + 2).map { scale.hertz(mel: low + step * Double($0)) }

        var weights = [Double](repeating: 0, count: bands * bins)
        var triangles = weights
        for band in 0..<bands {
            let (left, centre, right) = (edges[band], edges[band + 1], edges[band + 2])
            let height = normalisation == .slaney ? 2 / (right - left) : 1
            for bin in 0..<bins {
                let frequency = Double(bin) * Double(sampleRate) / Double(fftSize)
                let rising = (frequency - left) / (centre - left)
                let falling = (right - frequency) / (right - centre)
                let triangle = max(0, min(rising, falling))
                triangles[band * bins + bin] = triangle
                weights[band * bins + bin] = height * triangle
            }
        }
        bandCount = bands
        binCount = bins
        self.weights = weights
        centreFrequencies = Array(edges[1...bands])
        interpolation = Self.interpolation(
            triangles: triangles, bands: bands, bins: bins, centres: edges[1...bands],
            binWidth: Double(sampleRate) / Double(fftSize))
        bandRanges = Self.occupied(weights, rows: bands)
        binRanges = Self.occupied(interpolation, rows: bins)
    }

    /// Where each row of a matrix has its first and last value that is not 0.
    private static func occupied(_ matrix: [Double], rows: Int) -> [Range<Int>] {
        let width = matrix.count / rows
        return (0..<rows).map { row in
            let values = matrix[row * width..<(row + 1) * width]
            guard let first = values.firstIndex(where: { $0 != 0 }),
                let last = values.lastIndex(where: { $0 != 0 })
            else { return 0..<0 }
            return first - row * width..<last - row * width + 1
        }
    }

    private static func interpolation(
        triangles: [Double], bands: Int, bins: Int, centres: ArraySlice<Double>, binWidth: Double
    ) -> [Double] {
        let centres = Array(centres)
        var matrix = [Double](repeating: 0, count: bins * bands)
        for bin in 0..<bins {
            let frequency = Double(bin) * binWidth
            let sum = (0..<bands).reduce(0) { $0 + triangles[$1 * bins + bin] }
            // Below the first centre and above the last a triangle's foot says nothing about a neighbour.
            if sum <= 0 || frequency <= centres[0] || frequency >= centres[bands - 1] {
                let nearest = (0..<bands).min { abs(centres[$0] - frequency) < abs(centres[$1] - frequency) }
                matrix[bin * bands + (nearest ?? 0)] = 1
            } else {
                for band in 0..<bands { matrix[bin * bands + band] = triangles[band * bins + bin] / sum }
            }
        }
        return matrix
    }

    /// Band values of bin values: powers of power, for example.
    ///
    /// - Parameter bins: [frames x bins], row-major.
    /// - Returns: [frames x bands].
    public func bands(of bins: [Double]) -> [Double] {
        multiply(bins, by: weights, inner: binCount, ranges: bandRanges)
    }

    /// Bin gains of band gains.
    ///
    /// - Parameter bands: [frames x bands], row-major.
    /// - Returns: [frames x bins].
    public func bins(of bands: [Double]) -> [Double] {
        multiply(bands, by: interpolation, inner: bandCount, ranges: binRanges)
    }

    /// rows [n x inner] times the transpose of matrix [outer x inner], within each of its rows' range.
    private func multiply(
        _ rows: [Double], by matrix: [Double], inner: Int, ranges: [Range<Int>]
    ) -> [Double] {
        require(rows.count % inner == 0, "[mel] \(rows.count) values are no rows of \(inner)")
        let count = rows.count / inner
        let outer = ranges.count
        return [Double](unsafeUninitializedCapacity: count * outer) { result, initialised in
            rows.withUnsafeBufferPointer { rows in
                matrix.withUnsafeBufferPointer { matrix in
                    for i in 0..<count {
                        for (j, range) in ranges.enumerated() {
                            var sum = 0.0
                            for k in range { sum += matrix[j * inner + k] * rows[i * inner + k] }
                            result[i * outer + j] = sum
                        }
                    }
                }
            }
            initialised = count * outer
        }
    }
}
