import Foundation
import Tensor

/// Where the energy of each frame's spectrum lies. Frequencies in hertz; m are magnitudes, f their frequencies.
///
/// A silent frame has centroid, bandwidth and roll-off 0 and flatness 1.
///
/// Source: Peeters, A large set of audio features for sound description, Ircam, 2004; flatness: Gray and Markel,
/// A spectral-flatness measure for studying the autocorrelation method, IEEE TASSP 22(3), 1974.
public struct SpectralShape: Sendable {
    public let frameCount: Int
    public let binCount: Int
    /// [frames x bins].
    private let magnitudes: [Double]
    /// Hertz from bin to bin.
    private let spacing: Double

    /// - Parameters:
    ///   - spectrogram: of a real signal, fftSize / 2 + 1 bins.
    ///   - sampleRate: hertz.
    ///   - fftSize: samples per transform.
    public init(_ spectrogram: Spectrogram, sampleRate: Int, fftSize: Int) {
        require(
            spectrogram.binCount == fftSize / 2 + 1,
            "[shape] \(spectrogram.binCount) bins: FFT size \(fftSize) has \(fftSize / 2 + 1)")
        frameCount = spectrogram.frameCount
        binCount = spectrogram.binCount
        magnitudes = spectrogram.magnitude
        spacing = Double(sampleRate) / Double(fftSize)
    }

    private func forEachFrame(_ body: (ArraySlice<Double>) -> Double) -> [Double] {
        (0..<frameCount).map { body(magnitudes[$0 * binCount..<($0 + 1) * binCount]) }
    }

    /// c = sum f m / sum m, in hertz, one per frame.
    public var centroid: [Double] {
        forEachFrame { frame in
            var sum = 0.0
            var weighted = 0.0
            for (k, m) in frame.enumerated() {
                sum += m
                weighted += m * Double(k)
            }
            return sum > 0 ? weighted / sum * spacing : 0
        }
    }

    /// sqrt(sum (f - c)^2 m / sum m), in hertz, one per frame.
    public var bandwidth: [Double] {
        zip(0..., centroid).map { t, centre in
            var sum = 0.0
            var spread = 0.0
            for k in 0..<binCount {
                let m = magnitudes[t * binCount + k]
                let distance = Double(k) * spacing - centre
                sum += m
                spread += m * distance * distance
            }
            return sum > 0 ? (spread / sum).squareRoot() : 0
        }
    }

    /// The geometric over the arithmetic mean of max(m^2, floor), 0 ... 1, one per frame.
    ///
    /// - Parameter floor: a power; default 1e-10.
    public func flatness(floor: Double = 1e-10) -> [Double] {
        forEachFrame { frame in
            var logarithms = 0.0
            var sum = 0.0
            for m in frame {
                let power = max(m * m, floor)
                logarithms += log(power)
                sum += power
            }
            return exp(logarithms / Double(binCount)) / (sum / Double(binCount))
        }
    }

    /// The frequency of the lowest bin up to which the magnitudes sum to a share of the whole, hertz, one per
    /// frame.
    ///
    /// - Parameter share: in (0, 1); default 0.85.
    public func rollOff(share: Double = 0.85) -> [Double] {
        forEachFrame { frame in
            // One running sum for both the whole and the share: the last bin always reaches it.
            let threshold = share * frame.reduce(0, +)
            var sum = 0.0
            for (k, m) in frame.enumerated() {
                sum += m
                if sum >= threshold { return Double(k) * spacing }
            }
            return Double(binCount - 1) * spacing
        }
    }
}
