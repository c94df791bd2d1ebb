import Foundation

/// The taps of a windowed-sinc resampling filter, one set per phase. See `Resampler`.
final class PolyphaseFilter: Sendable {
    /// Rate ratio in lowest terms: `up` output samples for `down` input samples.
    let up: Int
    let down: Int
    /// Input samples the filter reaches to each side; a multiple of 8.
    let halfLength: Int
    var isIdentity: Bool { up == down }

    private var tapCount: Int { 2 * halfLength }
    /// Sets stored: one per phase and one more for interpolation, or fewer than there are phases.
    private let storedPhases: Int
    private let taps: [Float]

    init(inputRate: Int, outputRate: Int, quality: Resampler.Quality) {
        var (a, b) = (inputRate, outputRate)
        while b != 0 { (a, b) = (b, a % b) }
        up = outputRate / a
        down = inputRate / a
        // In input samples, one sample of the lower rate.
        let spacing = max(1, Double(inputRate) / Double(outputRate))
        halfLength = (Int((quality.reach * spacing).rounded(.up)) + 7) / 8 * 8
        storedPhases = up == down ? 0 : min(up, quality.mostStoredPhases)

        let length = 2 * halfLength
        let beta = 0.1102 * (quality.attenuation - 8.7)
        let windowScale = 1 / Window.besselI0(beta)
        let bandwidth = quality.cutoff / spacing
        var taps = [Float](repeating: 0, count: up == down ? 0 : (storedPhases + 1) * length)
        var row = [Double](repeating: 0, count: length)
        for phase in 0..<(up == down ? 0 : storedPhases + 1) {
            let fraction = Double(phase) / Double(storedPhases)
            for k in 0..<length {
                let distance = fraction + Double(halfLength - 1 - k)
                let relative = distance / (quality.reach * spacing)
                guard abs(relative) < 1 else {
                    row[k] = 0
                    continue
                }
                let angle = Double.pi * bandwidth * distance
                let sinc = angle == 0 ? 1 : sin(angle) / angle
                row[k] = sinc * Window.besselI0(beta * (1 - relative * relative).squareRoot()) * windowScale
            }
            // Every phase passes a constant unchanged; without this, phases differ by the ripple.
            let sum = row.reduce(0, +)
            for k in 0..<length { taps[phase * length + k] = Float(row[k] / sum) }
        }
        self.taps = taps
    }

    /// One output sample.
    ///
    /// - Parameters:
    ///   - phase: 0 ..< up, the position between two input samples.
    ///   - samples: at least `2 * halfLength` from `start` on.
    @inline(__always)
    func apply(phase: Int, to samples: UnsafeBufferPointer<Float>, at start: Int) -> Float {
        let length = tapCount
        return taps.withUnsafeBufferPointer { taps in
            guard let samples = samples.baseAddress, let taps = taps.baseAddress else { return 0 }
            if storedPhases == up {
                return dotProduct(taps + phase * length, samples + start, count: length)
            }
            let (index, remainder) = (phase * storedPhases).quotientAndRemainder(dividingBy: up)
            let fraction = Float(remainder) / Float(up)
            let lower = dotProduct(taps + index * length, samples + start, count: length)
            let upper = dotProduct(taps + (index + 1) * length, samples + start, count: length)
            return lower + fraction * (upper - lower)
        }
    }
}

/// The sum of products of two rows; `count` is a multiple of 16. The order of summation is fixed.
@inline(__always)
private func dotProduct(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, count: Int) -> Float {
    var first = SIMD8<Float>.zero
    var second = SIMD8<Float>.zero
    let a = UnsafeRawPointer(a)
    let b = UnsafeRawPointer(b)
    var offset = 0
    while offset < count * 4 {
        first +=
            a.loadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self)
            * b.loadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self)
        second +=
            a.loadUnaligned(fromByteOffset: offset + 32, as: SIMD8<Float>.self)
            * b.loadUnaligned(fromByteOffset: offset + 32, as: SIMD8<Float>.self)
        offset += 64
    }
    return (first + second).sum()
}
