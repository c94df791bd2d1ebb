import Audio
import Tensor

/// What training and validation need of some pairs, all of them level-normalised by the degraded signal.
///
/// Shapes: spectra [batch, frames, bins], mel spectrograms [batch, frames, bands, 1].
public struct Batch: Sendable {
    /// |X| of the degraded signal.
    public let magnitude: Tensor
    /// |S| cos(phase of S - phase of X).
    public let inPhase: Tensor
    /// |S| of the clean signal.
    public let cleanMagnitude: Tensor
    /// X itself.
    public let real, imaginary: Tensor
    /// The clean signal, [batch, samples].
    public let cleanSamples: Tensor
    /// Log-mel of the degraded signal.
    public let logMelInput: Tensor
    /// Log-mel of the clean signal.
    public let logMelTarget: Tensor

    public var count: Int { magnitude.shape[0] }

    /// All pairs must have one length.
    public init(_ pairs: [AlignedPair], frontEnd: FrontEnd, frames: Int) {
        let bins = frontEnd.bins
        let size = frames * bins
        let samples = frontEnd.samples(frames: frames)
        // Of their final size from the beginning: growing would copy megabytes a step.
        var magnitude = [Float](repeating: 0, count: pairs.count * size)
        var (inPhase, cleanMagnitude, real, imaginary) = (magnitude, magnitude, magnitude, magnitude)
        var cleanSamples: [Float] = []
        cleanSamples.reserveCapacity(pairs.count * samples)
        var logMelInput: [Float] = []
        var logMelTarget: [Float] = []
        for (number, pair) in pairs.enumerated() {
            let gain = frontEnd.levelGain(pair.degraded)
            let x = frontEnd.stft.analyse(pair.degraded.map { Double($0) * gain })
            let s = frontEnd.stft.analyse(pair.clean.map { Double($0) * gain })
            require(
                x.frameCount >= frames && s.frameCount >= frames,
                "[batch] clips of \(x.frameCount) frames, \(frames) are needed")
            let start = number * size
            for index in 0..<size {
                let (xr, xi, sr, si) = (x.real[index], x.imaginary[index], s.real[index], s.imaginary[index])
                let length = (xr * xr + xi * xi).squareRoot()
                magnitude[start + index] = Float(length)
                cleanMagnitude[start + index] = Float((sr * sr + si * si).squareRoot())
                inPhase[start + index] = length > 1e-12 ? Float((xr * sr + xi * si) / length) : 0
                real[start + index] = Float(xr)
                imaginary[start + index] = Float(xi)
            }
            for sample in pair.clean.prefix(samples) { cleanSamples.append(sample * Float(gain)) }
            logMelInput += frontEnd.logMel(Array(magnitude[start..<start + size]))
            logMelTarget += frontEnd.logMel(Array(cleanMagnitude[start..<start + size]))
        }
        let spectrum = [pairs.count, frames, bins]
        let mel = [pairs.count, frames, frontEnd.bands, 1]
        self.magnitude = Tensor(magnitude, shape: spectrum)
        self.inPhase = Tensor(inPhase, shape: spectrum)
        self.cleanMagnitude = Tensor(cleanMagnitude, shape: spectrum)
        self.real = Tensor(real, shape: spectrum)
        self.imaginary = Tensor(imaginary, shape: spectrum)
        self.cleanSamples = Tensor(cleanSamples, shape: [pairs.count, samples])
        self.logMelInput = Tensor(logMelInput, shape: mel)
        self.logMelTarget = Tensor(logMelTarget, shape: mel)
    }
}
