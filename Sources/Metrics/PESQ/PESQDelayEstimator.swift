import Foundation
import Tensor

/// Delays of the estimate against the reference: coarse ones from envelopes, fine ones from samples.
///
/// Source: ITU-T P.862 (02/2001), clause 10.1.3.
struct PESQDelayEstimator {
    /// A delay and how sure it is, from 0 to 1.
    struct Finding {
        /// Samples; positive when the estimate is late.
        var delay: Int
        var confidence: Double
    }

    private let reference: [Double]
    private let estimate: [Double]
    let referenceActivity: PESQActivity
    private let estimateActivity: PESQActivity
    /// Samples of a block of the envelopes.
    let blockLength: Int
    /// Half the width of the triangle that smooths histograms of delays, one millisecond, in samples.
    let resolution: Int
    /// Samples of a window of the fine estimate, 64 ms.
    private let windowLength: Int
    private let window: [Double]
    private let transform: RealFourierTransform<Double>

    init(_ input: PESQInput) {
        reference = input.referenceSpeech
        estimate = input.estimateSpeech
        referenceActivity = PESQActivity(reference, sampleRate: input.sampleRate)
        estimateActivity = PESQActivity(estimate, sampleRate: input.sampleRate)
        blockLength = PESQActivity.blockLength(input.sampleRate)
        let length = input.sampleRate * 64 / 1000
        windowLength = length
        resolution = max(1, length / 64)
        window = (0..<length).map { 0.5 * (1 - cos(2 * Double.pi * Double($0) / Double(length))) }
        transform = RealFFT.plan(length: length)
    }

    /// The lag of the best correlation of envelopes, in samples, near a known delay.
    ///
    /// - Parameters:
    ///   - blocks: of the reference; nil for all.
    ///   - expected: delay in samples around which lags are tried.
    ///   - search: the largest deviation from it, in blocks; nil for any.
    func coarse(_ blocks: Range<Int>? = nil, around expected: Int = 0, search: Int? = nil) -> Int {
        let blocks = blocks ?? 0..<referenceActivity.envelope.count
        let search = search ?? referenceActivity.envelope.count - 1
        let first = blocks.lowerBound + Int((Double(expected) / Double(blockLength)).rounded()) - search
        let count = blocks.count + 2 * search
        var size = 1
        while size < count { size *= 2 }
        var x = [Double](repeating: 0, count: size)
        var y = x
        let late = estimateActivity.envelope
        for n in 0..<blocks.count { x[n] = referenceActivity.envelope[blocks.lowerBound + n] }
        for n in 0..<count where late.indices.contains(first + n) { y[n] = late[first + n] }
        let correlation = circularCorrelation(x, y)
        var best = search
        for lag in 0...2 * search where correlation[lag] > correlation[best] * (1 + 1e-12) { best = lag }
        return (first + best - blocks.lowerBound) * blockLength
    }

    /// Delays of single windows: where each begins in the reference, its delay, and its weight.
    struct WindowDelays {
        var starts: [Int] = []
        var delays: [Int] = []
        var weights: [Double] = []
    }

    /// The delay of every 64 ms window of a range of samples, within half a window of the expected one.
    func windowDelays(_ samples: Range<Int>, around expected: Int) -> WindowDelays {
        var result = WindowDelays()
        let bins = transform.binCount
        var x = [Double](repeating: 0, count: windowLength)
        var y = x
        var spectra = (x: [Double](repeating: 0, count: 2 * bins), y: [Double](repeating: 0, count: 2 * bins))
        for start in stride(from: samples.lowerBound, to: samples.upperBound, by: windowLength / 4) {
            guard start + windowLength <= reference.count else { break }
            let other = start + expected
            guard other >= 0, other + windowLength <= estimate.count else { continue }
            var energies = (x: 0.0, y: 0.0)
            for n in 0..<windowLength {
                x[n] = window[n] * reference[start + n]
                y[n] = window[n] * estimate[other + n]
                energies.x += x[n] * x[n]
                energies.y += y[n] * y[n]
            }
            guard energies.x > 0, energies.y > 0 else { continue }
            transform.forward(x, interleaved: &spectra.x)
            transform.forward(y, interleaved: &spectra.y)
            for k in 0..<bins {
                let (a, b) = (spectra.x[2 * k], spectra.x[2 * k + 1])
                let (c, d) = (spectra.y[2 * k], spectra.y[2 * k + 1])
                spectra.x[2 * k] = a * c + b * d
                spectra.x[2 * k + 1] = a * d - b * c
            }
            transform.inverse(interleaved: spectra.x, &x)
            var best = 0
            for lag in x.indices where abs(x[lag]) > abs(x[best]) { best = lag }
            let lag = best >= windowLength / 2 ? best - windowLength : best
            result.starts.append(start)
            result.delays.append(expected + lag)
            result.weights.append(pow(abs(x[best]), 0.125))
        }
        return result
    }

    /// The most frequent delay of some windows, by a weighted and smoothed histogram.
    func consensus(_ windows: WindowDelays, in samples: Range<Int>) -> Finding? {
        var low = Int.max
        var high = Int.min
        for (start, delay) in zip(windows.starts, windows.delays) where samples.contains(start) {
            low = min(low, delay)
            high = max(high, delay)
        }
        guard low <= high else { return nil }
        let reach = resolution
        var histogram = [Double](repeating: 0, count: high - low + 1 + 2 * reach)
        var total = 0.0
        for index in windows.starts.indices where samples.contains(windows.starts[index]) {
            let centre = windows.delays[index] - low + reach
            total += windows.weights[index]
            for offset in -reach...reach {
                let part = 1 - Double(abs(offset)) / Double(reach)
                histogram[centre + offset] += part * windows.weights[index]
            }
        }
        var best = reach
        for bin in histogram.indices where histogram[bin] > histogram[best] { best = bin }
        return Finding(delay: best - reach + low, confidence: histogram[best] / total)
    }
}
