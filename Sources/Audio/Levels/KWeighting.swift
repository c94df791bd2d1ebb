import Foundation
import Tensor

/// The weighting of programme loudness: a shelf for the head, then a high-pass.
///
/// At 48 kHz the coefficients are those of the Recommendation. At other rates both filters are derived again
/// by the bilinear transform, with warping, of second-order prototypes that give the 48 kHz coefficients back:
///
///     shelf      H(s) = (Vh s^2 + Vb s / Q + 1) / (s^2 + s / Q + 1),  1681.974 Hz, Q 0.70718,
///                Vh = 10^(3.99984 / 20), Vb = Vh^0.49967
///     high-pass  H(s) = s^2 / (s^2 + s / Q + 1),  38.1355 Hz, Q 0.50033, numerator 1 -2 1 after the transform
///
/// Sources: ITU-R BS.1770-4, annex 1, tables 1 and 2; B. De Man, Evaluation of implementations of the EBU R128
/// loudness measurement, AES Convention 145, 2018 (prototype parameters).
public struct KWeighting: Sendable {
    /// One second-order filter: y[n] = b0 x[n] + b1 x[n-1] + b2 x[n-2] - a1 y[n-1] - a2 y[n-2].
    public struct Section: Sendable, Equatable {
        public let b0: Double
        public let b1: Double
        public let b2: Double
        public let a1: Double
        public let a2: Double
    }

    /// In hertz.
    public let sampleRate: Int
    public let shelf: Section
    public let highPass: Section

    /// - Parameter sampleRate: hertz, above 3400 (the shelf's corner has to lie below half of it).
    public init(sampleRate: Int) {
        require(sampleRate > 3400, "[KWeighting] sampling rate \(sampleRate) Hz: above 3400 Hz is accepted")
        self.sampleRate = sampleRate
        if sampleRate == 48000 {
            shelf = Section(
                b0: 1.53512485958697, b1: -2.69169618940638, b2: 1.19839281085285,
                a1: -1.69065929318241, a2: 0.73248077421585)
            highPass = Section(b0: 1, b1: -2, b2: 1, a1: -1.99004745483398, a2: 0.99007225036621)
        } else {
            shelf = Self.shelf(sampleRate: Double(sampleRate))
            highPass = Self.highPass(sampleRate: Double(sampleRate))
        }
    }

    static func shelf(sampleRate: Double) -> Section {
        let k = tan(Double.pi * 1681.974450955533 / sampleRate)
        let quality = 0.7071752369554196
        let high = pow(10, 3.999843853973347 / 20)
        let band = pow(high, 0.4996667741545416)
        let norm = 1 / (1 + k / quality + k * k)
        return Section(
            b0: (high + band * k / quality + k * k) * norm, b1: 2 * (k * k - high) * norm,
            b2: (high - band * k / quality + k * k) * norm,
            a1: 2 * (k * k - 1) * norm, a2: (1 - k / quality + k * k) * norm)
    }

    static func highPass(sampleRate: Double) -> Section {
        let k = tan(Double.pi * 38.13547087602444 / sampleRate)
        let quality = 0.5003270373238773
        let norm = 1 / (1 + k / quality + k * k)
        return Section(
            b0: 1, b1: -2, b2: 1, a1: 2 * (k * k - 1) * norm, a2: (1 - k / quality + k * k) * norm)
    }

    /// The gain of both filters together.
    ///
    /// - Parameter frequency: hertz, 0 to half the sampling rate.
    /// - Returns: dB; minus infinity at 0 Hz.
    public func decibels(at frequency: Double) -> Double {
        let angle = 2 * Double.pi * frequency / Double(sampleRate)
        func power(_ c0: Double, _ c1: Double, _ c2: Double) -> Double {
            let re = c0 + c1 * cos(angle) + c2 * cos(2 * angle)
            let im = c1 * sin(angle) + c2 * sin(2 * angle)
            return re * re + im * im
        }
        func gain(_ s: Section) -> Double { power(s.b0, s.b1, s.b2) / power(1, s.a1, s.a2) }
        return 10 * log10(gain(shelf) * gain(highPass))
    }

    /// Sums of squares of the weighted signal, block by block.
    ///
    /// - Parameters:
    ///   - samples: one channel.
    ///   - edges: where blocks begin and end, ascending, at most `samples.count`; the filter starts at rest at
    ///     the first sample.
    /// - Returns: one sum for each pair of neighbouring edges.
    func blockEnergies(of samples: [Float], edges: [Int]) -> [Double] {
        var (s1, s2, h1, h2) = (0.0, 0.0, 0.0, 0.0)
        let (shelf, highPass) = (shelf, highPass)
        return samples.withUnsafeBufferPointer { samples in
            zip(edges, edges.dropFirst()).map { start, end in
                var sum = 0.0
                for i in start..<end {
                    let x = Double(samples[i])
                    let y = shelf.b0 * x + s1
                    s1 = shelf.b1 * x - shelf.a1 * y + s2
                    s2 = shelf.b2 * x - shelf.a2 * y
                    let z = highPass.b0 * y + h1
                    h1 = highPass.b1 * y - highPass.a1 * z + h2
                    h2 = highPass.b2 * y - highPass.a2 * z
                    sum += z * z
                }
                // Digital silence would let the memory sink into subnormal numbers, which are slow.
                if abs(s1) + abs(s2) + abs(h1) + abs(h2) < 1e-30 { (s1, s2, h1, h2) = (0, 0, 0, 0) }
                return sum
            }
        }
    }
}
