import Foundation
import Tensor

/// Linear-phase low-pass filters: a sinc under a Kaiser window.
public enum WindowedSinc {
    /// The taps h[n] of a low-pass, symmetric, with a sum of 1.
    ///
    /// - Parameters:
    ///   - count: taps, at least 1.
    ///   - cutoff: where the response is half, as a share of half the sampling rate, in (0, 1].
    ///   - beta: shape of the Kaiser window.
    /// Source: Oppenheim and Schafer, Discrete-Time Signal Processing, section 7.5.
    public static func lowPass(count: Int, cutoff: Double, beta: Double) -> [Double] {
        require(count >= 1, "[low-pass] \(count) taps: at least 1")
        require(cutoff > 0 && cutoff <= 1, "[low-pass] cut-off \(cutoff): above 0, at most 1")
        let middle = Double(count - 1) / 2
        let taps = zip(0..., Window.kaiser(length: count, beta: beta)).map { n, weight in
            let angle = Double.pi * cutoff * (Double(n) - middle)
            return weight * cutoff * (angle == 0 ? 1 : sin(angle) / angle)
        }
        let sum = taps.reduce(0, +)
        return taps.map { $0 / sum }
    }
}
