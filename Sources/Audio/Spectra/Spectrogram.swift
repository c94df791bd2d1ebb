import Foundation
import Tensor

/// A complex short-time spectrum, real and imaginary parts apart, frame after frame.
public struct Spectrogram: Sendable, Equatable {
    public let frameCount: Int
    public let binCount: Int
    /// [frames x bins], row-major.
    public var real: [Double]
    /// [frames x bins], row-major.
    public var imaginary: [Double]

    public init(frameCount: Int, binCount: Int, real: [Double], imaginary: [Double]) {
        require(
            real.count == frameCount * binCount && imaginary.count == frameCount * binCount,
            "[Spectrogram] expects \(frameCount) x \(binCount) parts, got \(real.count) and \(imaginary.count)"
        )
        self.frameCount = frameCount
        self.binCount = binCount
        self.real = real
        self.imaginary = imaginary
    }

    /// |X|^2, [frames x bins].
    public var power: [Double] {
        real.indices.map { real[$0] * real[$0] + imaginary[$0] * imaginary[$0] }
    }

    /// |X|, [frames x bins].
    public var magnitude: [Double] { power.map { $0.squareRoot() } }

    /// Some of the frames.
    public func frames(_ range: Range<Int>) -> Spectrogram {
        Spectrogram(
            frameCount: range.count, binCount: binCount,
            real: Array(real[range.lowerBound * binCount..<range.upperBound * binCount]),
            imaginary: Array(imaginary[range.lowerBound * binCount..<range.upperBound * binCount]))
    }

    /// Multiplies every bin by its gain; the phase stays.
    ///
    /// - Parameter gains: [frames x bins], row-major.
    public mutating func apply(gains: [Double]) {
        require(
            gains.count == real.count,
            "[Spectrogram] expects \(frameCount) x \(binCount) gains, got \(gains.count)")
        for i in real.indices {
            real[i] *= gains[i]
            imaginary[i] *= gains[i]
        }
    }
}

/// Decibels and back.
public enum Decibel {
    /// 10 log10(max(p, floor)).
    public static func power(_ p: Double, floor: Double = 1e-10) -> Double {
        10 * log10(max(p, floor))
    }

    /// 20 log10(max(a, floor)).
    public static func amplitude(_ a: Double, floor: Double = 1e-5) -> Double {
        20 * log10(max(a, floor))
    }

    /// The amplitude factor of a gain in dB.
    public static func toAmplitude(_ decibels: Double) -> Double { pow(10, decibels / 20) }

    /// The power factor of a gain in dB.
    public static func toPower(_ decibels: Double) -> Double { pow(10, decibels / 10) }
}
