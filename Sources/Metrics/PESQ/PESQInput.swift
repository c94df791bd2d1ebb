import Foundation
import Tensor

/// Both signals at the listening level, as they enter the parts of PESQ, with silence around them.
///
/// Source: ITU-T P.862 (02/2001), clauses 10.1.1 (level) and 10.1.2 (receiving filter); P.862.2 (11/2007).
struct PESQInput: Sendable {
    enum Band: Sendable {
        /// P.862: heard through a telephone handset.
        case narrow
        /// P.862.2: heard through headphones.
        case wide
    }

    let sampleRate: Int
    /// Samples of the signals without their padding.
    let length: Int
    /// Samples of silence before the signals, 300 ms.
    let padding: Int
    /// What the perceptual model hears.
    let reference: [Double]
    let estimate: [Double]
    /// What delays are estimated from.
    let referenceSpeech: [Double]
    let estimateSpeech: [Double]

    /// Silence behind the signals that still counts as part of them, in seconds.
    private static let tail = 0.32
    /// The mean square to which both signals are brought in the alignment band.
    private static let targetPower = 1e7

    /// - Returns: nil when one of the signals has no power between 300 and 3500 Hz.
    init?(_ pair: MetricPair, band: Band) {
        sampleRate = pair.sampleRate
        length = pair.sampleCount
        let padding = 75 * sampleRate / 250
        self.padding = padding
        let total = length + 2 * padding + Int(Self.tail * Double(sampleRate))
        let rate = sampleRate
        func listen(_ samples: [Float]) -> [Double]? {
            var padded = [Double](repeating: 0, count: total)
            for i in samples.indices { padded[padding + i] = 32768 * Double(samples[i]) }
            return Self.levelled(padded, rate, span: total - 2 * padding, band: band)
        }
        guard var first = listen(pair.reference), var second = listen(pair.estimate) else { return nil }
        let range = padding..<padding + length
        if band == .wide {
            SectionCascade(PESQFilters.wideBand).apply(to: &first, &second)
        }
        reference = first
        estimate = second
        Self.removeMean(&first, in: range)
        Self.removeMean(&second, in: range)
        SectionCascade(PESQFilters.delays(sampleRate)).apply(to: &first, &second)
        referenceSpeech = first
        estimateSpeech = second
    }

    /// Removes the mean within a range and fades 16 samples at its ends.
    private static func removeMean(_ samples: inout [Double], in range: Range<Int>) {
        let fade = min(16, range.count / 2)
        var mean = 0.0
        for i in range { mean += samples[i] }
        mean /= Double(range.count)
        for i in range { samples[i] -= mean }
        for i in 0..<fade {
            let gain = (0.5 + Double(i)) / Double(fade)
            samples[range.lowerBound + i] *= gain
            samples[range.upperBound - 1 - i] *= gain
        }
    }

    /// The signal at the target level, through the receiving filter when narrow band.
    private static func levelled(
        _ samples: [Double], _ sampleRate: Int, span: Int, band: Band
    ) -> [Double]? {
        var size = 1
        while size < samples.count { size *= 2 }
        let transform = RealFFT.plan(length: size)
        var signal = samples + [Double](repeating: 0, count: size - samples.count)
        var spectrum = [Double](repeating: 0, count: 2 * transform.binCount)
        transform.forward(signal, interleaved: &spectrum)
        let spacing = Double(sampleRate) / Double(size)
        let aligned = PESQFilters.alignment.gains(spacing: spacing, count: transform.binCount)
        // Parseval: the power of the filtered signal without going back.
        var power = 0.0
        for k in 1..<transform.binCount - 1 where aligned[k] > 1e-9 {
            let square = spectrum[2 * k] * spectrum[2 * k] + spectrum[2 * k + 1] * spectrum[2 * k + 1]
            power += 2 * aligned[k] * aligned[k] * square
        }
        power /= Double(size) * Double(span)
        guard power > 0 else { return nil }
        let gain = (targetPower / power).squareRoot()
        if band == .wide { return samples.map { gain * $0 } }
        let response = PESQFilters.receive.gains(spacing: spacing, count: transform.binCount)
        // The response is relative to 1 kHz.
        let scale = gain / Double(size) / PESQFilters.receive.gains(spacing: 1000, count: 2)[1]
        for k in response.indices {
            spectrum[2 * k] *= scale * response[k]
            spectrum[2 * k + 1] *= scale * response[k]
        }
        transform.inverse(interleaved: spectrum, &signal)
        return Array(signal[0..<samples.count])
    }
}
