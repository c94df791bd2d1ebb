import Foundation
import Tensor

/// Finds beats that fall on strong onsets and keep a steady distance, by dynamic programming.
///
///     C(t) = O(t) + max(0, max over t - 2P <= u <= t - P/2 of C(u) - tightness ln((t - u) / P)^2)
///
/// O is the onset strength in units of its standard deviation, smoothed over P / 32, and P the period of the
/// tempo in frames. The best chain is followed back from the largest C of the last period, and weak
/// beats at its ends are left out.
///
/// Source: Ellis, Beat tracking by dynamic programming, Journal of New Music Research 36(1), 2007, section 4.
public struct BeatTracker: Sendable, Equatable {
    /// How much an uneven beat costs; default 100.
    public var tightness = 100.0

    public init() {}

    /// The beats of a sound, seconds, ascending.
    public func beats(in envelope: OnsetEnvelope, tempo: Tempo) -> [Double] {
        let period = tempo.period * envelope.frameRate
        guard period >= 2, let scores = scores(envelope, period: period) else { return [] }
        let (nearest, farthest) = (max(1, Int((period / 2).rounded())), Int((2 * period).rounded()))
        let costs = (0...farthest).map { distance in
            distance < nearest ? 0 : tightness * pow(log(Double(distance) / period), 2)
        }
        var sums = scores
        var links = [Int](repeating: -1, count: scores.count)
        for frame in scores.indices {
            var best = 0.0
            for distance in stride(from: nearest, through: min(farthest, frame), by: 1) {
                let sum = sums[frame - distance] - costs[distance]
                if sum > best { (best, links[frame]) = (sum, frame - distance) }
            }
            sums[frame] += best
        }
        guard var frame = lastBeat(sums, period: Int(period.rounded(.up))) else { return [] }
        var beats = [frame]
        while links[frame] >= 0 {
            frame = links[frame]
            beats.append(frame)
        }
        return trimmed(beats.reversed(), scores).map { Double($0) / envelope.frameRate }
    }

    /// A chain runs on where nothing sounds; beats at its ends that are weaker than half the rms of all go.
    private func trimmed(_ beats: [Int], _ scores: [Double]) -> ArraySlice<Int> {
        let power = beats.reduce(0) { $0 + scores[$1] * scores[$1] } / Double(beats.count)
        func isStrong(_ beat: Int) -> Bool { scores[beat] >= 0.5 * power.squareRoot() }
        guard let first = beats.firstIndex(where: isStrong), let last = beats.lastIndex(where: isStrong)
        else { return [] }
        return beats[first...last]
    }

    /// The smoothed strength in standard deviations; nil when nothing stands out.
    private func scores(_ envelope: OnsetEnvelope, period: Double) -> [Double]? {
        let values = envelope.values
        guard values.count > 1 else { return nil }
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
        guard variance > 1e-12 else { return nil }
        let reach = Int((period / 8).rounded(.up))
        let kernel = (-reach...reach).map { exp(-0.5 * pow(Double($0) * 32 / period, 2)) }
        return values.indices.map { frame in
            var sum = 0.0
            for place in max(0, frame - reach)...min(values.count - 1, frame + reach) {
                sum += kernel[place - frame + reach] * values[place]
            }
            return sum / variance.squareRoot()
        }
    }

    /// The best end within the last period: one of the chains that pass there has every good beat before it.
    private func lastBeat(_ sums: [Double], period: Int) -> Int? {
        sums.indices.suffix(period).max { sums[$0] < sums[$1] }
    }
}
