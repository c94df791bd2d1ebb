import Tensor

/// The telephone channel: band-pass, 8 kHz, 8-bit mu-law, and back to the recording's rate, without delay.
///
/// Both filters are linear-phase windowed sincs (Kaiser, beta 8.6) of fixed length in seconds: at 16 kHz
/// 511 taps for the band-pass and 255 for the low-pass at 3700 Hz. The band-pass is evaluated only at the
/// instants of the 8 kHz samples, which also serves rates that are no multiple of 8 kHz.
struct Telephone: Sendable {
    private static let lineRate = 8000
    private let down: PhaseFilter
    private let up: PhaseFilter

    /// - Parameter band: Edges of the pass band in Hz (-6 dB).
    init(sampleRate: Int, band: DegradationConfiguration.Interval) {
        let rate = Double(sampleRate)
        down = PhaseFilter(
            inputRate: sampleRate, outputRate: Self.lineRate, reach: 255.0 / 16000,
            low: min(band.minimum, 0.45 * rate), high: min(band.maximum, 0.45 * rate), gain: 1 / rate)
        up = PhaseFilter(
            inputRate: Self.lineRate, outputRate: sampleRate, reach: 127.0 / 16000, low: 0,
            high: min(3700, 0.48 * rate), gain: 1 / Double(Self.lineRate))
    }

    /// As long as the signal and aligned with it.
    func transmit(_ signal: [Float]) -> [Float] {
        var line = down.filter(
            signal, count: (signal.count * down.denominator + down.numerator - 1) / down.numerator)
        var peak: Float = 0
        for x in line { peak = max(peak, abs(x)) }
        if peak > 0 {
            let scale = 0.9 / peak
            for i in line.indices { line[i] = Self.companded(line[i] * scale) / scale }
        }
        return up.filter(line, count: signal.count)
    }

    /// Rounds to one of the 255 values (127 of each sign and zero) of continuous mu-law companding, mu = 255:
    /// `F(x) = sign(x) ln(1 + mu |x|) / ln(1 + mu)` (ITU-T G.711 approximates it by segments).
    static func companded(_ x: Float) -> Float {
        let mu = 255.0
        let full = Mathematics.logarithm(1 + mu)
        let magnitude = min(abs(Double(x)), 1)
        let code = (Mathematics.logarithm(1 + mu * magnitude) / full * 127).rounded()
        let value = (Mathematics.exponential(code / 127 * full) - 1) / mu
        return Float(x < 0 ? -value : value)
    }
}

/// A linear-phase filter evaluated at the instants of another sampling rate.
struct PhaseFilter: Sendable {
    /// Input samples a output sample, as a reduced fraction.
    let numerator: Int
    let denominator: Int
    private let taps: Int
    private let reachSamples: Int
    /// Row r: taps for outputs that lie r / denominator after an input sample.
    private let table: [Float]

    /// - Parameters:
    ///   - reach: Half length in s.
    ///   - low, high: Pass band in Hz; low 0 is a low-pass.
    ///   - gain: Seconds an input sample.
    init(inputRate: Int, outputRate: Int, reach: Double, low: Double, high: Double, gain: Double) {
        var (a, b) = (inputRate, outputRate)
        while b != 0 { (a, b) = (b, a % b) }
        numerator = inputRate / a
        denominator = outputRate / a
        reachSamples = Int((reach * Double(inputRate)).rounded(.up)) + 1
        // A multiple of 8 lets whole vectors cover a row.
        taps = (2 * reachSamples + 8) / 8 * 8
        var table = [Float](repeating: 0, count: taps * denominator)
        let norm = Self.bessel(8.6)
        for phase in 0..<denominator {
            for k in 0..<taps {
                let offset = Double(k - reachSamples) - Double(phase) / Double(denominator)
                let t = offset / Double(inputRate)
                let u = t / (reach + 1e-9)
                guard abs(u) <= 1 else { continue }
                let window = Self.bessel(8.6 * (1 - u * u).squareRoot()) / norm
                table[phase * taps + k] = Float(gain * window * (Self.sinc(high, t) - Self.sinc(low, t)))
            }
        }
        self.table = table
    }

    private static func sinc(_ cutoff: Double, _ t: Double) -> Double {
        abs(t) < 1e-12 ? 2 * cutoff : Mathematics.sine(2 * .pi * cutoff * t) / (.pi * t)
    }

    /// Modified Bessel function of the first kind, order 0.
    private static func bessel(_ x: Double) -> Double {
        var sum = 1.0
        var term = 1.0
        for k in 1..<40 {
            term *= (x / 2) / Double(k)
            sum += term * term
        }
        return sum
    }

    func filter(_ signal: [Float], count: Int) -> [Float] {
        var result = [Float](repeating: 0, count: count)
        // Zeros on both sides, so that every output reads a whole row.
        let padded =
            [Float](repeating: 0, count: reachSamples) + signal
            + [Float](repeating: 0, count: taps + numerator / denominator + 1)
        padded.withUnsafeBytes { source in
            table.withUnsafeBytes { table in
                for m in 0..<count {
                    let place = m * numerator / denominator
                    let row = (m * numerator % denominator) * taps
                    var sum0 = SIMD8<Float>()
                    for k in stride(from: 0, to: taps, by: 8) {
                        let x = source.loadUnaligned(fromByteOffset: 4 * (place + k), as: SIMD8<Float>.self)
                        let h = table.loadUnaligned(fromByteOffset: 4 * (row + k), as: SIMD8<Float>.self)
                        sum0 += x * h
                    }
                    result[m] = sum0.sum()
                }
            }
        }
        return result
    }
}
