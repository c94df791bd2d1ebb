import Foundation
import Tensor

/// Changes the sampling rate, aligned to the sample: output m lies at the time of input m from / to.
///
///     y[m] = sum over n of x[n] h(m from / to - n),   h = Kaiser-windowed sinc
///
/// The filter spans 64 samples of the lower rate on each side: flat to 0.90 of the lower Nyquist
/// frequency, 6 dB down at 0.95, and below -100 dB from 1.0 on. Ratios of whole rates are exact (one set
/// of taps per phase); ratios with more than 4096 phases interpolate linearly between 4096 sets, which
/// adds errors below -120 dB. Beyond the ends the signal is silence.
///
/// Source: Crochiere and Rabiner, Multirate Digital Signal Processing, 1983; Kaiser window formulas from
/// Oppenheim and Schafer, Discrete-Time Signal Processing, section 7.5.
public struct Resampler: Sendable {
    /// In hertz.
    public let inputRate: Int
    /// In hertz.
    public let outputRate: Int
    let filter: PolyphaseFilter

    /// What the filter is good for.
    public enum Quality: Sendable {
        /// For sound that people hear and models learn from: as described above.
        case high
        /// For effects that draw a ratio for every clip, where making the filter would take longer than using it: 24
        /// samples to each side, flat to 0.8 of half the lower rate, below -70 dB from 1.0 on, 128 sets of taps interpolated.
        case draft

        /// Samples of the lower rate to each side.
        var reach: Double { self == .high ? 64 : 24 }
        /// Of half the lower rate.
        var cutoff: Double { self == .high ? 0.95 : 0.9 }
        /// dB.
        var attenuation: Double { self == .high ? 100 : 75 }
        var mostStoredPhases: Int { self == .high ? 4096 : 128 }
    }

    /// - Parameters:
    ///   - inputRate: hertz, positive.
    ///   - outputRate: hertz, positive.
    ///   - quality: default `.high`.
    public init(from inputRate: Int, to outputRate: Int, quality: Quality = .high) {
        require(
            inputRate > 0 && outputRate > 0,
            "[resample] \(inputRate) Hz to \(outputRate) Hz: rates are positive")
        self.inputRate = inputRate
        self.outputRate = outputRate
        filter = PolyphaseFilter(inputRate: inputRate, outputRate: outputRate, quality: quality)
    }

    /// Samples that `count` samples become: count to / from, rounded up.
    public func outputCount(for count: Int) -> Int {
        (count * filter.up + filter.down - 1) / filter.down
    }

    /// The whole signal at the new rate, `outputCount(for:)` samples.
    public func resample(_ signal: [Float]) -> [Float] {
        if inputRate == outputRate { return signal }
        var stream = makeStream()
        return stream.push(signal) + stream.finish()
    }

    /// The whole signal of every channel at the new rate.
    public func resample(_ waveform: Waveform) -> Waveform {
        require(
            waveform.sampleRate == inputRate,
            "[resample] expects \(inputRate) Hz, the waveform has \(waveform.sampleRate) Hz")
        return Waveform(sampleRate: outputRate, channels: waveform.channels.map(resample))
    }

    /// A resampler for one channel that arrives in pieces. The pieces of output, put together, equal the
    /// output for the whole signal bit for bit, wherever the input was cut.
    public func makeStream() -> ResamplingStream { ResamplingStream(filter: filter) }
}

/// One channel on its way to another rate, with the memory of one filter length. See `Resampler`.
public struct ResamplingStream: Sendable {
    private let filter: PolyphaseFilter
    /// Input samples from `bufferStart` on, counted from the signal's start (negative: silence before it).
    private var buffer: [Float]
    private var bufferStart: Int
    private var inputCount = 0
    private var outputCount = 0
    private var isFinished = false
    /// Samples that a thread makes at a time.
    private static let grain = 4096

    init(filter: PolyphaseFilter) {
        self.filter = filter
        bufferStart = -filter.halfLength
        buffer = [Float](repeating: 0, count: filter.halfLength)
    }

    /// Takes samples and gives those of the output that are complete.
    public mutating func push(_ samples: [Float]) -> [Float] {
        require(!isFinished, "[resample] push() after finish()")
        inputCount += samples.count
        if filter.isIdentity { return samples }
        buffer += samples
        // Output m needs inputs up to floor(m down / up) + halfLength.
        let lastCentre = inputCount - 1 - filter.halfLength
        return lastCentre < 0 ? [] : produce(upTo: (lastCentre * filter.up + filter.up - 1) / filter.down + 1)
    }

    /// Gives the rest of the output.
    public mutating func finish() -> [Float] {
        require(!isFinished, "[resample] finish() twice")
        isFinished = true
        if filter.isIdentity { return [] }
        buffer += [Float](repeating: 0, count: filter.halfLength + 1)
        return produce(upTo: (inputCount * filter.up + filter.down - 1) / filter.down)
    }

    private mutating func produce(upTo end: Int) -> [Float] {
        guard end > outputCount else { return [] }
        let first = outputCount
        let filter = filter
        let start = bufferStart
        let output = buffer.withUnsafeBufferPointer { buffer in
            [Float](unsafeUninitializedCapacity: end - first) { target, count in
                if let target = target.baseAddress {
                    ThreadPool.shared.run(end - first, grain: Self.grain) { range in
                        for index in range {
                            let (centre, phase) = ((first + index) * filter.down)
                                .quotientAndRemainder(dividingBy: filter.up)
                            target[index] = filter.apply(
                                phase: phase, to: buffer, at: centre - filter.halfLength + 1 - start)
                        }
                    }
                }
                count = end - first
            }
        }
        outputCount = end
        let needed = end * filter.down / filter.up - filter.halfLength + 1
        let surplus = min(max(0, needed - bufferStart), buffer.count)
        buffer.removeFirst(surplus)
        bufferStart += surplus
        return output
    }
}

extension Resampler {
    /// Input samples that the filter reaches to each side.
    public var reach: Int { inputRate == outputRate ? 0 : filter.halfLength }

    /// Lengths that are whole on both sides: after so many input samples the filter's phases repeat.
    ///
    /// - Parameter least: input samples that are needed.
    public func inputPeriod(atLeast least: Int) -> (input: Int, output: Int) {
        let periods = (least + filter.down - 1) / filter.down
        return (periods * filter.down, periods * filter.up)
    }
}
