import Tensor

/// Changes of rate by a ratio of whole numbers with taps of the caller's choice, in double precision:
///
///     y[m] = sum over n of x[n] h(m down - n up + (taps - 1) / 2)
///
/// which is the signal with up - 1 zeros between samples, filtered, advanced by the filter's delay, and every
/// down-th sample kept. `Resampler` is the one for sound; this one follows given recipes to the last digit.
public enum RationalResampling {
    /// The taps of a short filter: Kaiser window of beta 5, 10 samples of the lower rate to each side, the gain
    /// `up` included. In lowest terms.
    public static func taps(up: Int, down: Int) -> [Double] {
        let most = max(up, down)
        return WindowedSinc.lowPass(count: 20 * most + 1, cutoff: 1 / Double(most), beta: 5)
            .map { $0 * Double(up) }
    }

    /// - Parameters:
    ///   - signal: silence beyond its ends.
    ///   - up: output samples for `down` input samples, positive.
    ///   - down: positive.
    ///   - taps: an odd number of them, at `up` times the input rate; default `taps(up:down:)`.
    /// - Returns: count up / down samples, rounded up.
    public static func resample(_ signal: [Double], up: Int, down: Int, taps: [Double]? = nil) -> [Double] {
        require(up >= 1 && down >= 1, "[resample] \(up) / \(down): positive numbers")
        var (a, b) = (up, down)
        while b != 0 { (a, b) = (b, a % b) }
        let (up, down) = (up / a, down / a)
        if up == down { return signal }
        let taps = taps ?? Self.taps(up: up, down: down)
        require(taps.count % 2 == 1, "[resample] \(taps.count) taps: an odd number is needed")
        let half = taps.count / 2
        return (0..<(signal.count * up + down - 1) / down).map { m in
            // Tap m down + half - n up, which lies in 0 ..< taps.count.
            let position = m * down + half
            let first = max(0, (position - taps.count + up) / up)
            let last = min(signal.count - 1, position / up)
            var sum = 0.0
            for n in stride(from: first, through: last, by: 1) { sum += signal[n] * taps[position - n * up] }
            return sum
        }
    }
}
