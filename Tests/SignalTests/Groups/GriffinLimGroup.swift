import Audio
import Tensor

enum GriffinLimGroup {
    static func check(_ check: SignalCheck) throws {
        let entry = check.entry
        let samples = try check.samples()
        let transform = try ShortTimeFourierTransform(entry)
        let magnitudes = transform.analyse(samples).magnitude
        for momentum in ["0.0", "0.99"] {
            for iterations in [0, 1, 4, 16, 32, 64] {
                let key = "momentum_\(momentum)_iter_\(iterations)"
                let (mean, spread) = (try entry.scalar(key, "mean"), try entry.scalar(key, "std"))
                let method = GriffinLim(
                    transform: transform, iterations: iterations,
                    momentum: try require(Double(momentum), "no number"))
                var sum = 0.0
                for start in 0..<5 {
                    let stream = RandomStream(seed: 1, "griffin-lim", start)
                    let signal = method.signal(
                        magnitudes: magnitudes, length: samples.count, initial: .random(stream))
                    let convergence = relativeDistance(transform.analyse(signal).magnitude, magnitudes)
                    check.expect(convergence, atMost: mean + 3 * spread, "\(key), start \(start)")
                    sum += convergence
                }
                check.expect(sum / 5, atMost: mean + spread, "\(key), mean of 5")
            }
        }
        // Started from the right phases nothing has to be found.
        let known = GriffinLim(transform: transform, iterations: 4)
            .signal(
                magnitudes: magnitudes, length: samples.count, initial: .given(transform.analyse(samples)))
        check.expectClose(known, to: samples, "from the true phases", absolute: 1e-9, relative: 0)
    }
}
