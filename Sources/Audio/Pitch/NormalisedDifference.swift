import Tensor

/// How much a frame differs from itself after a lag, in absolute terms and against shorter lags.
///
///     d(tau)  = 1 / (N - tau)  sum over j < N - tau of (x[j] - x[j + tau])^2
///     d'(tau) = d(tau) tau / sum over 1 <= k <= tau of d(k)
///
/// All samples of the frame take part at every lag, so that what is compared stays centred in the frame. The
/// sum is E(0 ..< N - tau) + E(tau ..< N) - 2 r(tau), whose autocorrelation r comes from two Fourier transforms.
///
/// Source: de Cheveigne and Kawahara, YIN, a fundamental frequency estimator for speech and music,
/// JASA 111(4), 2002, equations 6 to 8.
struct NormalisedDifference: ~Copyable {
    let frameLength: Int
    let maximumLag: Int
    /// d, lags 0 ... maximumLag + 1, so that the last lag has neighbours.
    let absolute: UnsafeMutablePointer<Double>
    /// d', the same lags; 1 at lag 0 and wherever nothing sounds.
    let normalised: UnsafeMutablePointer<Double>

    private let transform: RealFFT
    private let samples: UnsafeMutablePointer<Double>
    private let real: UnsafeMutablePointer<Double>
    private let imaginary: UnsafeMutablePointer<Double>
    /// The autocorrelation times the transform's length.
    private let correlation: UnsafeMutablePointer<Double>

    /// Mean power that counts as silence: -120 dB of full scale, below the step of 16-bit samples.
    private static let silence = 1e-12
    /// What rounding of the transforms may leave of a difference, as a share of the frame's power.
    private static let rounding = 1e-13

    /// - Parameters:
    ///   - frameLength: samples, more than `maximumLag` + 1.
    ///   - maximumLag: samples.
    init(frameLength: Int, maximumLag: Int) {
        require(
            frameLength > maximumLag + 1, "[pitch] lags up to \(maximumLag + 1) in \(frameLength) samples")
        self.frameLength = frameLength
        self.maximumLag = maximumLag
        // So long that lags of interest do not wrap around.
        transform = RealFFT.plan(length: RealFFT.fastLength(atLeast: frameLength + maximumLag + 2))
        samples = .allocate(capacity: transform.length)
        real = .allocate(capacity: transform.binCount)
        imaginary = .allocate(capacity: transform.binCount)
        correlation = .allocate(capacity: transform.length)
        absolute = .allocate(capacity: maximumLag + 2)
        normalised = .allocate(capacity: maximumLag + 2)
        for pointer in [samples, correlation] { pointer.initialize(repeating: 0, count: transform.length) }
        for pointer in [real, imaginary] { pointer.initialize(repeating: 0, count: transform.binCount) }
        for pointer in [absolute, normalised] { pointer.initialize(repeating: 0, count: maximumLag + 2) }
    }

    deinit {
        for pointer in [samples, correlation, real, imaginary, absolute, normalised] { pointer.deallocate() }
    }

    /// Computes both functions for the frame that begins at sample `start`; what lies outside the signal is zero.
    mutating func load(_ signal: [Double], from start: Int) {
        let (first, last) = (max(0, start), min(signal.count, start + frameLength))
        samples.update(repeating: 0, count: transform.length)
        if first < last {
            signal.withUnsafeBufferPointer { signal in
                // The mean cancels in every difference; without it less is lost to rounding.
                var mean = 0.0
                for n in first..<last { mean += signal[n] }
                mean /= Double(frameLength)
                for n in 0..<frameLength { samples[n] = -mean }
                for n in first..<last { samples[n - start] = signal[n] - mean }
            }
        }
        var energy = 0.0
        for n in 0..<frameLength { energy += samples[n] * samples[n] }
        guard energy > Self.silence * Double(frameLength) else {
            absolute.update(repeating: 0, count: maximumLag + 2)
            normalised.update(repeating: 1, count: maximumLag + 2)
            return
        }
        correlate()
        compare(energy: energy)
    }

    private mutating func correlate() {
        transform.forward(samples, real: real, imaginary: imaginary)
        for k in 0..<transform.binCount {
            real[k] = real[k] * real[k] + imaginary[k] * imaginary[k]
            imaginary[k] = 0
        }
        transform.inverse(real: real, imaginary: imaginary, correlation)
    }

    private mutating func compare(energy: Double) {
        let scale = 2 / Double(transform.length)
        let floor = Self.rounding * energy
        var (head, tail) = (energy, energy)
        var sum = 0.0
        absolute[0] = 0
        normalised[0] = 1
        for lag in 1...maximumLag + 1 {
            let (left, right) = (samples[frameLength - lag], samples[lag - 1])
            head -= left * left
            tail -= right * right
            let difference = head + tail - scale * correlation[lag]
            let mean = max(0, difference - floor) / Double(frameLength - lag)
            absolute[lag] = mean
            sum += mean
            normalised[lag] = sum > 0 ? mean * Double(lag) / sum : 1
        }
    }

    /// Whether d' has a minimum at this lag, 1 ... maximumLag.
    func isTrough(_ lag: Int) -> Bool {
        normalised[lag] < normalised[lag - 1] && normalised[lag] <= normalised[lag + 1]
    }

    /// The minimum near a trough of whole samples: the vertex of the parabola through d at three lags, which
    /// d' would draw towards longer lags.
    func refined(_ lag: Int) -> Double {
        let (before, here, after) = (absolute[lag - 1], absolute[lag], absolute[lag + 1])
        let curvature = before - 2 * here + after
        guard curvature > 0 else { return Double(lag) }
        return Double(lag) + max(-1, min(1, 0.5 * (before - after) / curvature))
    }
}
