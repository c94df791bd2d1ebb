import Foundation
import Tensor

/// How long a room's response takes to decay by 60 dB.
///
/// The squared response is integrated backwards (the energy still to come), a line is fitted to its level
/// between two levels, and the slope extrapolated to 60 dB.
///
/// Source: Schroeder, New method of measuring reverberation time, JASA 37, 1965; ISO 3382-2:2008 (T20 and T30).
public enum ReverberationTime {
    /// - Parameters:
    ///   - response: an impulse response.
    ///   - sampleRate: hertz.
    ///   - start: where the line begins, dB below the whole energy; default -5.
    ///   - end: where it ends; default -25 (T20).
    /// - Returns: seconds; nil if the response never decays that far.
    public static func estimate(
        _ response: [Double], sampleRate: Int, from start: Double = -5, to end: Double = -25
    ) -> Double? {
        require(end < start && start <= 0, "[t60] a decay from \(start) to \(end) dB")
        var energy = [Double](repeating: 0, count: response.count)
        var sum = 0.0
        for n in response.indices.reversed() {
            sum += response[n] * response[n]
            energy[n] = sum
        }
        guard sum > 0 else { return nil }
        var count = 0.0
        var (sumX, sumY, sumXX, sumXY) = (0.0, 0.0, 0.0, 0.0)
        var reachesEnd = false
        for n in energy.indices {
            let level = energy[n] > 0 ? 10 * log10(energy[n] / sum) : -.infinity
            if level < end { reachesEnd = true }
            guard level <= start && level >= end else { continue }
            let x = Double(n) / Double(sampleRate)
            count += 1
            sumX += x
            sumY += level
            sumXX += x * x
            sumXY += x * level
        }
        let spread = count * sumXX - sumX * sumX
        guard reachesEnd, count >= 2, spread > 0 else { return nil }
        let slope = (count * sumXY - sumX * sumY) / spread
        return slope < 0 ? -60 / slope : nil
    }
}
