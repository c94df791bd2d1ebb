import Foundation
import Tensor

/// Intervals in which the disturbance is so large that their delay may have been misjudged: it is estimated
/// again from the magnitudes of the samples.
///
/// Source: ITU-T P.862 (02/2001), clause 10.2.12.
enum PESQBadIntervals {
    /// A frame that disturbs more is bad.
    private static let threshold = 30.0
    /// Bad frames with so many others between them, and this one fewer, belong together.
    private static let reach = 2
    /// Frames of an interval at least.
    private static let shortest = 5
    /// How far delays are looked for, in frames' lengths.
    private static let search = 4
    /// Below this correlation noise would be compared with noise.
    private static let leastCorrelation = 0.5

    static func realign(_ frames: inout PESQFrames, _ input: PESQInput, delay: (Int) -> Int) {
        for range in intervals(frames.disturbances.map { $0.symmetric > threshold }) {
            let samples = frames.start(of: range.lowerBound)..<frames.start(of: range.upperBound) + frames.hop
            guard let shift = delayCorrection(samples, input, frames.hop * 2 * search, delay) else {
                continue
            }
            frames.retry(range) { delay($0) + shift }
        }
    }

    /// Runs of bad frames, small gaps closed.
    static func intervals(_ bad: [Bool]) -> [Range<Int>] {
        func isBad(_ range: ClosedRange<Int>) -> Bool {
            range.clamped(to: 0...bad.count - 1).contains { bad[$0] }
        }
        var result: [Range<Int>] = []
        var start: Int?
        for index in 0...bad.count {
            let inside = index < bad.count && isBad(index - reach...index) && isBad(index...index + reach)
            if inside {
                start = start ?? index
            } else if let first = start {
                if index - first >= shortest { result.append(first..<index) }
                start = nil
            }
        }
        return result
    }

    /// By how many samples the estimate is late beyond its known delay, or nil when that cannot be said.
    private static func delayCorrection(
        _ samples: Range<Int>, _ input: PESQInput, _ search: Int, _ delay: (Int) -> Int
    ) -> Int? {
        func magnitude(_ signal: [Double], _ index: Int) -> Double {
            signal.indices.contains(index) ? abs(signal[index]) : 0
        }
        // What lies around the interval in the estimate counts too, so that its envelope finds its place.
        var size = 1
        while size < samples.count + 2 * search { size *= 2 }
        var x = [Double](repeating: 0, count: size)
        var y = x
        var energies = (x: 0.0, y: 0.0)
        for (n, index) in samples.enumerated() {
            x[n] = magnitude(input.reference, index)
            energies.x += x[n] * x[n]
        }
        for n in 0..<samples.count + 2 * search {
            let index = samples.lowerBound - search + n
            y[n] = magnitude(input.estimate, index + delay(index))
            energies.y += y[n] * y[n]
        }
        let scale = (energies.x * energies.y).squareRoot()
        guard scale > 0 else { return nil }
        let correlation = circularCorrelation(x, y)
        var best = (lag: 0, value: 0.0)
        for lag in -search...search {
            let value = correlation[search + lag] / scale
            if value > best.value { best = (lag, value) }
        }
        return best.value >= leastCorrelation ? best.lag : nil
    }
}

/// The sums over n of x[n] y[n + lag], lags modulo the length.
func circularCorrelation(_ x: [Double], _ y: [Double]) -> [Double] {
    let transform = RealFFT.plan(length: x.count)
    var first = [Double](repeating: 0, count: 2 * transform.binCount)
    var second = first
    transform.forward(x, interleaved: &first)
    transform.forward(y, interleaved: &second)
    let scale = 1 / Double(x.count)
    for k in 0..<transform.binCount {
        let (a, b) = (first[2 * k], first[2 * k + 1])
        let (c, d) = (second[2 * k], second[2 * k + 1])
        first[2 * k] = scale * (a * c + b * d)
        first[2 * k + 1] = scale * (a * d - b * c)
    }
    var result = [Double](repeating: 0, count: x.count)
    transform.inverse(interleaved: first, &result)
    return result
}
