import Tensor

/// Powers of a spectrogram, [frames x bins].
struct PowerFrames {
    let values: [Double]
    let frameCount: Int
    let binCount: Int
    /// Seconds from frame to frame.
    let hopDuration: Double
    /// Frames that overlap at any moment.
    let overlap: Int

    func row(_ frame: Int) -> ArraySlice<Double> { values[frame * binCount..<(frame + 1) * binCount] }
}

/// The frame that all classical methods share: analyse, estimate the noise, multiply by gains, synthesise with
/// the phases of the input.
struct SpectralGains {
    /// Seconds of a frame.
    let frameDuration: Double
    /// Frames that overlap at any moment, at least 2.
    let overlap: Int
    let noise: NoiseEstimator
    /// Samples of the transform over those of the frame, 1 or 2; the rest is zeros.
    var zeroPadding = 1

    /// - Parameter gains: [frames x bins] from powers and noise powers of that shape.
    func apply(
        to samples: [Float], sampleRate: Int, gains: (_ power: PowerFrames, _ noise: [Double]) -> [Double]
    ) -> [Float] {
        guard !samples.isEmpty else { return [] }
        let size = max(16, Int(frameDuration * Double(sampleRate) / 8) * 8)
        let fftSize = size * zeroPadding
        // Mirrored ends keep the noise level up to the edge; too short a clip cannot be mirrored.
        let transform = ShortTimeFourierTransform(
            fftSize: fftSize, windowLength: size, hopLength: size / overlap,
            padding: samples.count > fftSize / 2 ? .reflect : .zero)
        var spectrum = transform.analyse(samples)
        let power = PowerFrames(
            values: spectrum.power, frameCount: spectrum.frameCount, binCount: spectrum.binCount,
            hopDuration: Double(transform.hopLength) / Double(sampleRate), overlap: overlap)
        spectrum.apply(gains: gains(power, noise.estimate(power)))
        return transform.synthesise(spectrum, length: samples.count).map(Float.init)
    }
}

/// Averages the gains of each bin over `2 reach + 1` frames, which takes the edge off musical noise.
func smoothedOverTime(_ gains: [Double], frames: Int, bins: Int, reach: Int) -> [Double] {
    var result = gains
    var series = [Double](repeating: 0, count: frames)
    for bin in 0..<bins {
        for t in 0..<frames { series[t] = gains[t * bins + bin] }
        let smooth = slidingMean(series, reach: reach)
        for t in 0..<frames { result[t * bins + bin] = smooth[t] }
    }
    return result
}

/// Means over `2 reach + 1` values around each, fewer at the ends.
func slidingMean(_ values: [Double], reach: Int) -> [Double] {
    values.indices.map { i in
        let range = max(0, i - reach)...min(values.count - 1, i + reach)
        return range.reduce(0) { $0 + values[$1] } / Double(range.count)
    }
}

/// Minima over `2 reach + 1` values around each, fewer at the ends, in linear time: the candidates are kept in
/// a queue of rising values.
func slidingMinimum(_ values: [Double], reach: Int) -> [Double] {
    var queue: [Int] = []
    var head = 0
    var result: [Double] = []
    result.reserveCapacity(values.count)
    var next = 0
    for i in values.indices {
        while next < values.count, next <= i + reach {
            while queue.count > head, values[queue[queue.count - 1]] >= values[next] { queue.removeLast() }
            queue.append(next)
            next += 1
        }
        while queue[head] < i - reach { head += 1 }
        result.append(values[queue[head]])
    }
    return result
}
