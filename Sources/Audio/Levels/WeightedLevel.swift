import Foundation
import Tensor

/// Levels of a signal, weighted over frequency as a sound level meter does.
///
/// The weighting acts on the spectrum, exactly and without delay: filters made from the analogue prototype
/// would deviate near half the sampling rate.
/// Source: IEC 61672-1:2013 (weightings, equivalent continuous level).
public struct WeightedLevel: Sendable {
    /// In hertz.
    public let sampleRate: Int
    public let weighting: FrequencyWeighting

    /// - Parameters:
    ///   - sampleRate: hertz, positive.
    ///   - weighting: default A.
    public init(sampleRate: Int, weighting: FrequencyWeighting = .a) {
        require(sampleRate > 0, "[WeightedLevel] sampling rate \(sampleRate) Hz: it must be positive")
        self.sampleRate = sampleRate
        self.weighting = weighting
    }

    /// The equivalent level of a whole signal: 10 log10 of the mean square of the weighted samples.
    ///
    /// - Parameter samples: one channel, not empty.
    /// - Returns: dB relative to an rms of 1; minus infinity for silence. `Calibration.level(meanSquare:)` and
    ///   `meanSquare(of:)` give dB SPL.
    /// - Throws: `SoundMeasurementError` for an empty signal and for samples that are not finite.
    public func level(of samples: [Float]) throws(SoundMeasurementError) -> Double {
        10 * log10(try meanSquare(of: samples))
    }

    /// The mean square of the weighted samples.
    public func meanSquare(of samples: [Float]) throws(SoundMeasurementError) -> Double {
        let quantity = "level (weighting \(weighting.rawValue))"
        try SoundMeasurementError.check(count: samples.count, needed: 1, for: quantity)
        try SoundMeasurementError.check(samples, for: quantity)
        if weighting == .none {
            return samples.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(samples.count)
        }
        // Silence up to a length that transforms quickly; few lengths also means few plans.
        let length = Self.transformLength(atLeast: samples.count)
        var padded = [Double](repeating: 0, count: length)
        for i in samples.indices { padded[i] = Double(samples[i]) }
        let spectrum = RealFFT.plan(length: length).forward(padded)
        let power = weightedPower(real: spectrum.real, imaginary: spectrum.imaginary, length: length)
        return power / (Double(length) * Double(samples.count))
    }

    /// The level frame by frame, each frame under a Hann window and divided by the window's power.
    ///
    /// - Parameters:
    ///   - samples: one channel.
    ///   - frameLength: samples of a frame, at least 2; low frequencies need at least 1/20 s.
    ///   - hopLength: samples from frame to frame, 1 ... frameLength.
    /// - Returns: dB relative to an rms of 1, one value a frame; only whole frames are taken. Minus infinity
    ///   for silent frames.
    /// - Throws: `SoundMeasurementError` if there is no whole frame, and for samples that are not finite.
    public func levels(
        of samples: [Float], frameLength: Int, hopLength: Int
    ) throws(SoundMeasurementError) -> [Double] {
        let quantity = "level (weighting \(weighting.rawValue))"
        try SoundMeasurementError.check(count: samples.count, needed: frameLength, for: quantity)
        try SoundMeasurementError.check(samples, for: quantity)
        let analysis = ShortTimeFourierTransform(
            fftSize: frameLength, hopLength: hopLength, padding: nil)
        let spectrogram = analysis.analyse(samples)
        let bins = spectrogram.binCount
        let weights = binWeights(length: frameLength)
        let scale =
            1 / (Double(frameLength) * analysis.window.reduce(0.0) { $0 + $1 * $1 })
        return (0..<spectrogram.frameCount).map { frame in
            var sum = 0.0
            for k in 0..<bins {
                let re = spectrogram.real[frame * bins + k]
                let im = spectrogram.imaginary[frame * bins + k]
                sum += weights[k] * (re * re + im * im)
            }
            return 10 * log10(sum * scale)
        }
    }

    /// Squared gains, doubled for the bins that stand for a negative frequency too.
    private func binWeights(length: Int) -> [Double] {
        (0...length / 2).map { k in
            let gain = weighting.gain(at: Double(k) * Double(sampleRate) / Double(length))
            return gain * gain * (k == 0 || 2 * k == length ? 1 : 2)
        }
    }

    private func weightedPower(real: [Double], imaginary: [Double], length: Int) -> Double {
        let weights = binWeights(length: length)
        var sum = 0.0
        for k in real.indices { sum += weights[k] * (real[k] * real[k] + imaginary[k] * imaginary[k]) }
        return sum
    }

    /// The smallest 2^a, 3 2^a or 5 2^a that is at least `count`.
    static func transformLength(atLeast count: Int) -> Int {
        [1, 3, 5].map { factor in
            var length = factor
            while length < count { length *= 2 }
            return length
        }.min() ?? count
    }
}
