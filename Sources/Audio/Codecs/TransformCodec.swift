import Foundation
import Tensor

/// What a transform codec does to a sound when it has too few bits: the spectrum of each frame is rounded in steps
/// that grow with the band's own level, weak bands vanish, and everything above an edge is left out.
///
///     step(b) = sqrt(12) rms(b) 10^(-r / 20),   bands half a critical band wide
///
/// A model of the artefacts of such codecs, not a bit stream of any.
public struct TransformCodec: Sendable {
    /// Signal to rounding noise in every band, dB; near 0 most components vanish.
    public let ratio: Double
    /// Hertz; nothing above it is sent.
    public let edge: Double

    /// - Parameters:
    ///   - ratio: dB, default 8.
    ///   - edge: hertz, default 7000.
    public init(ratio: Double = 8, edge: Double = 7000) {
        self.ratio = ratio
        self.edge = edge
    }

    private static let frameDuration = 0.02

    /// As long as the signal and aligned with it.
    public func transmit(_ signal: [Float], sampleRate: Int) -> [Float] {
        guard !signal.isEmpty else { return [] }
        let size = max(16, Int(Self.frameDuration * Double(sampleRate) / 4) * 4)
        let transform = ShortTimeFourierTransform(fftSize: size, hopLength: size / 2, padding: .zero)
        var spectrum = transform.analyse(signal.map(Double.init))
        let bands = Self.bands(binCount: spectrum.binCount, spacing: Double(sampleRate) / Double(size))
        let factor = 12.0.squareRoot() * pow(10, -ratio / 20)
        let last = Int(edge / (Double(sampleRate) / Double(size)))
        for t in 0..<spectrum.frameCount {
            let row = t * spectrum.binCount
            for band in bands {
                var power = 0.0
                for k in band {
                    power += spectrum.real[row + k] * spectrum.real[row + k]
                    power += spectrum.imaginary[row + k] * spectrum.imaginary[row + k]
                }
                let step = factor * (power / Double(2 * band.count)).squareRoot()
                for k in band {
                    let isSent = k <= last && step > 0
                    spectrum.real[row + k] = isSent ? (spectrum.real[row + k] / step).rounded() * step : 0
                    spectrum.imaginary[row + k] =
                        isSent ? (spectrum.imaginary[row + k] / step).rounded() * step : 0
                }
            }
        }
        return transform.synthesise(spectrum, length: signal.count).map(Float.init)
    }

    /// Bands that are 50 Hz wide at the bottom and a tenth of their frequency above.
    private static func bands(binCount: Int, spacing: Double) -> [Range<Int>] {
        var result: [Range<Int>] = []
        var start = 0
        while start < binCount {
            let width = max(50, 0.1 * Double(start) * spacing)
            let end = min(binCount, start + max(1, Int((width / spacing).rounded())))
            result.append(start..<end)
            start = end
        }
        return result
    }
}
