import Foundation
import Tensor

/// Loudness of a programme in LUFS, over time and as a whole, and how much it varies.
///
///     block loudness  l = -0.691 + 10 log10(sum over channels of G mean(z^2)),   z = K-weighted signal
///     integrated      l of the mean of all 400 ms blocks (one every 100 ms) that lie above -70 LUFS and no
///                     more than 10 LU below the mean of those
///     range           95th minus 10th percentile of the 3 s blocks (one every 100 ms) that lie above -70 LUFS
///                     and no more than 20 LU below the mean of those
///
/// Only whole blocks count. Sources: ITU-R BS.1770-4, annex 1; EBU Tech 3341 (momentary and short-term
/// loudness); EBU Tech 3342 (loudness range).
public struct ProgrammeLoudness: Sendable, Equatable {
    /// LUFS; nil when no block rises above -70 LUFS, or the signal is shorter than 400 ms.
    public let integrated: Double?
    /// LU; nil when no 3 s block rises above -70 LUFS, or the signal is shorter than 3 s. Below a minute of
    /// sound the value says little (EBU Tech 3342, clause 2).
    public let range: Double?
    /// LUFS of the 400 ms that end at 0.4 s, 0.5 s and so on; minus infinity in silence.
    public let momentary: [Double]
    /// LUFS of the 3 s that end at 3.0 s, 3.1 s and so on; minus infinity in silence.
    public let shortTerm: [Double]

    /// Seconds from value to value of `momentary` and `shortTerm`.
    public static let interval = 0.1

    private static let absoluteGate = -70.0
    private static let blocksMomentary = 4
    private static let blocksShortTerm = 30

    /// Measures a waveform.
    ///
    /// - Parameters:
    ///   - waveform: any sampling rate above 3400 Hz.
    ///   - channelWeights: G for each channel; default `defaultWeights(channelCount:)`.
    /// - Throws: `SoundMeasurementError` for samples that are not finite, for a number of channels without
    ///   default weights, and for rates of 3400 Hz and less.
    public static func measure(
        _ waveform: Waveform, channelWeights: [Double]? = nil
    ) throws(SoundMeasurementError) -> ProgrammeLoudness {
        let quantity = "programme loudness"
        guard waveform.sampleRate > 3400 else {
            throw .sampleRate(quantity: quantity, rate: waveform.sampleRate, accepted: "above 3400 Hz")
        }
        guard let weights = channelWeights ?? defaultWeights(channelCount: waveform.channelCount),
            weights.count == waveform.channelCount
        else {
            throw .channels(
                quantity: quantity, count: waveform.channelCount,
                accepted: channelWeights.map { "\($0.count), as many as weights" } ?? "1 to 6 without weights"
            )
        }
        for (index, channel) in waveform.channels.enumerated() {
            try SoundMeasurementError.check(channel, channel: index, for: quantity)
        }
        let steps = waveform.frameCount * 10 / waveform.sampleRate
        let edges = (0...steps).map { $0 * waveform.sampleRate / 10 }
        let filter = KWeighting(sampleRate: waveform.sampleRate)
        var energies = [[Double]](repeating: [], count: weights.count)
        energies.withUnsafeMutableBufferPointer { energies in
            ThreadPool.shared.run(weights.count) { c in
                if weights[c] != 0 {
                    energies[c] = filter.blockEnergies(of: waveform.channels[c], edges: edges)
                }
            }
        }
        var sums = [Double](repeating: 0, count: steps)
        for (weight, channel) in zip(weights, energies) where weight != 0 {
            for i in 0..<steps { sums[i] += weight * channel[i] }
        }
        return ProgrammeLoudness(sums: sums, edges: edges)
    }

    /// G by position: left, right, centre 1; surround 1.41 (+1.5 dB); the low-frequency effects are left out.
    ///
    /// - Parameter channelCount: 1 mono, 2 stereo, 3 L R C, 4 L R Ls Rs, 5 L R C Ls Rs, 6 L R C LFE Ls Rs.
    /// - Returns: nil for other numbers of channels.
    public static func defaultWeights(channelCount: Int) -> [Double]? {
        switch channelCount {
        case 1...3: [Double](repeating: 1, count: channelCount)
        case 4: [1, 1, 1.41, 1.41]
        case 5: [1, 1, 1, 1.41, 1.41]
        case 6: [1, 1, 1, 0, 1.41, 1.41]
        default: nil
        }
    }

    /// - Parameters:
    ///   - sums: weighted energy of each 100 ms.
    ///   - edges: the samples between which they lie.
    private init(sums: [Double], edges: [Int]) {
        func powers(of width: Int) -> [Double] {
            guard sums.count >= width else { return [] }
            return (0...sums.count - width).map { start in
                var sum = 0.0
                for i in start..<start + width { sum += sums[i] }
                return sum / Double(edges[start + width] - edges[start])
            }
        }
        let momentaryPowers = powers(of: Self.blocksMomentary)
        let shortTermPowers = powers(of: Self.blocksShortTerm)
        momentary = momentaryPowers.map(Self.loudness)
        shortTerm = shortTermPowers.map(Self.loudness)
        integrated = Self.mean(Self.gated(momentaryPowers, relative: -10)).map(Self.loudness)
        range = Self.range(of: Self.gated(shortTermPowers, relative: -20).map(Self.loudness))
    }

    private static func loudness(of power: Double) -> Double { -0.691 + 10 * log10(power) }

    private static func mean(_ powers: [Double]) -> Double? {
        powers.isEmpty ? nil : powers.reduce(0, +) / Double(powers.count)
    }

    /// The blocks that count: above the absolute gate, then above the mean of those plus `relative` LU.
    private static func gated(_ powers: [Double], relative: Double) -> [Double] {
        let audible = powers.filter { loudness(of: $0) > absoluteGate }
        guard let mean = mean(audible) else { return [] }
        let gate = loudness(of: mean) + relative
        return audible.filter { loudness(of: $0) > gate }
    }

    /// EBU Tech 3342, clause 3: percentiles are values of the distribution, at the nearest place.
    private static func range(of levels: [Double]) -> Double? {
        guard !levels.isEmpty else { return nil }
        let sorted = levels.sorted()
        func percentile(_ share: Double) -> Double {
            sorted[Int((Double(sorted.count - 1) * share).rounded())]
        }
        return percentile(0.95) - percentile(0.10)
    }
}
