import Foundation
import Tensor

/// How fast the beat of a sound goes.
public struct Tempo: Sendable, Equatable {
    public let beatsPerMinute: Double
    /// How strongly the onset strength repeats after one beat: its autocorrelation there over that at lag 0, at
    /// most 1.
    public let strength: Double

    /// Seconds from beat to beat.
    public var period: Double { 60 / beatsPerMinute }
}

/// Finds the tempo at which the onset strength repeats.
///
/// The autocorrelations r of windows of the envelope (a tempogram), its mean taken away, are averaged and weighted
/// by how usual a tempo is:
///
///     score(lag) = r(lag) exp(-1/2 (log2(tempo(lag) / usual) / spread)^2)
///
/// The maximum is refined by a parabola, which makes the tempo finer than whole frames.
///
/// Source: Ellis, Beat tracking by dynamic programming, Journal of New Music Research 36(1), 2007, section 3;
/// Grosche, Mueller and Kurth, Cyclic tempogram, ICASSP 2010.
public struct TempoEstimator: Sendable, Equatable {
    /// Seconds of the windows; default 8.
    public var windowDuration = 8.0
    /// Beats per minute, where the prior is highest; default 120.
    public var usual = 120.0
    /// Octaves of the prior's standard deviation; default 1.
    public var spread = 1.0
    /// Beats per minute that are considered; default 30 ... 320.
    public var range = 30.0...320.0

    public init() {}

    /// The autocorrelation of each window, [windows x lags], each divided by its value at lag 0.
    public struct Tempogram: Sendable, Equatable {
        public let windowCount: Int
        public let lagCount: Int
        /// Row-major; a window without onsets is all zero.
        public let values: [Double]
        /// Frames per second: lag l stands for 60 frameRate / l beats per minute.
        public let frameRate: Double
        /// The mean square of each window, by which windows count in an average.
        public let energies: [Double]
    }

    /// - Parameter hopDuration: seconds from window to window; default 1.
    public func tempogram(_ envelope: OnsetEnvelope, hopDuration: Double = 1) -> Tempogram {
        require(windowDuration > 0 && hopDuration > 0, "[tempo] windows and hops need a positive duration")
        let rate = envelope.frameRate
        let window = max(4, Int((windowDuration * rate).rounded()))
        let hop = max(1, Int((hopDuration * rate).rounded()))
        let lags = min(window, Int((60 * rate / range.lowerBound).rounded(.up)) + 2)
        let windows = envelope.values.isEmpty ? 0 : (envelope.values.count - 1) / hop + 1
        let mean = envelope.values.reduce(0, +) / Double(max(1, envelope.values.count))
        let shape = Window.hann.values(length: window, periodic: false)
        let plan = RealFFT.plan(length: RealFFT.fastLength(atLeast: 2 * window))
        var values = [Double](repeating: 0, count: windows * lags)
        var energies = [Double](repeating: 0, count: windows)
        var samples = [Double](repeating: 0, count: plan.length)
        for index in 0..<windows {
            let start = index * hop - window / 2
            for n in 0..<window {
                let place = start + n
                samples[n] =
                    envelope.values.indices.contains(place) ? shape[n] * (envelope.values[place] - mean) : 0
            }
            for n in window..<plan.length { samples[n] = 0 }
            let spectrum = plan.forward(samples)
            let power = zip(spectrum.real, spectrum.imaginary).map { $0 * $0 + $1 * $1 }
            let correlation = plan.inverse(real: power, imaginary: [Double](repeating: 0, count: power.count))
            let energy = correlation[0] / Double(plan.length)
            guard energy > 1e-9 else { continue }
            energies[index] = energy / Double(window)
            for lag in 0..<lags { values[index * lags + lag] = correlation[lag] / correlation[0] }
        }
        return Tempogram(
            windowCount: windows, lagCount: lags, values: values, frameRate: rate, energies: energies)
    }

    /// The tempo of a sound; nil when nothing in it repeats.
    public func estimate(_ envelope: OnsetEnvelope) -> Tempo? {
        let tempogram = tempogram(envelope)
        let lags = tempogram.lagCount
        let total = tempogram.energies.reduce(0, +)
        guard total > 0, lags > 3 else { return nil }
        var mean = [Double](repeating: 0, count: lags)
        for window in 0..<tempogram.windowCount {
            let share = tempogram.energies[window] / total
            for lag in 0..<lags { mean[lag] += share * tempogram.values[window * lags + lag] }
        }
        let first = max(1, Int((60 * envelope.frameRate / range.upperBound).rounded(.up)))
        var best: (lag: Int, score: Double)?
        for lag in first..<lags - 1
        where mean[lag] > 0 && mean[lag] >= mean[lag - 1] && mean[lag] >= mean[lag + 1] {
            let octaves = log2(60 * envelope.frameRate / Double(lag) / usual)
            let score = mean[lag] * exp(-0.5 * (octaves / spread) * (octaves / spread))
            if score > best?.score ?? 0 { best = (lag, score) }
        }
        guard let best else { return nil }
        let (before, here, after) = (mean[best.lag - 1], mean[best.lag], mean[best.lag + 1])
        let curvature = before - 2 * here + after
        let shift = curvature < 0 ? max(-0.5, min(0.5, 0.5 * (before - after) / curvature)) : 0
        return Tempo(
            beatsPerMinute: 60 * envelope.frameRate / (Double(best.lag) + shift), strength: min(1, here))
    }
}
