/// The level of a signal where it is active.
public enum ActiveLevel {
    /// RMS over the 25 ms frames whose energy is within `range` dB of the loudest frame; 0 for silence.
    ///
    /// - Parameters:
    ///   - signal: Mono samples of any length; shorter than a frame counts as one frame.
    ///   - range: dB, default 40.
    public static func rms(_ signal: [Float], sampleRate: Int, range: Double = 40) -> Double {
        let frame = max(1, sampleRate / 40)
        var energies: [Double] = []
        var start = 0
        while start < signal.count {
            let end = min(start + frame, signal.count)
            // A remainder shorter than half a frame says little about the level.
            if end - start < frame / 2 && start > 0 { break }
            var sum: Float = 0
            for i in start..<end { sum += signal[i] * signal[i] }
            energies.append(Double(sum) / Double(end - start))
            start = end
        }
        guard let loudest = energies.max(), loudest > 0 else { return 0 }
        let threshold = loudest * Mathematics.power(10, -range / 10)
        let active = energies.filter { $0 >= threshold }
        return (active.reduce(0, +) / Double(active.count)).squareRoot()
    }

    /// Root of the mean square; 0 for an empty signal.
    public static func meanRMS(_ signal: [Float]) -> Double {
        guard !signal.isEmpty else { return 0 }
        var total = 0.0
        var start = 0
        while start < signal.count {
            let end = min(start + 1024, signal.count)
            var sum: Float = 0
            for i in start..<end { sum += signal[i] * signal[i] }
            total += Double(sum)
            start = end
        }
        return (total / Double(signal.count)).squareRoot()
    }
}
