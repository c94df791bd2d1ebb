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
        var magnitude: [Float] = []
        var inPhase: [Float] = []
        var cleanMagnitude: [Float] = []
        var (real, imaginary, cleanSamples): ([Float], [Float], [Float]) = ([], [], [])
        var logMelInput: [Float] = []
        var logMelTarget: [Float] = []
        let size = frames * bins
        for pair in pairs {
            let gain = frontEnd.levelGain(pair.degraded)
            let x = frontEnd.stft.analyse(pair.degraded.map { Double($0) * gain })
            let s = frontEnd.stft.analyse(pair.clean.map { Double($0) * gain })
            require(
                x.frameCount >= frames && s.frameCount >= frames,
                "[batch] clips of \(x.frameCount) frames, \(frames) are needed")
            var xm = [Float](repeating: 0, count: size)
            var sm = xm
            var cosine = xm
            for index in 0..<size {
                let (xr, xi, sr, si) = (x.real[index], x.imaginary[index], s.real[index], s.imaginary[index])
                let length = (xr * xr + xi * xi).squareRoot()
                xm[index] = Float(length)
                sm[index] = Float((sr * sr + si * si).squareRoot())
                cosine[index] = length > 1e-12 ? Float((xr * sr + xi * si) / length) : 0
            }
            real += x.real.prefix(size).map { Float($0) }
            imaginary += x.imaginary.prefix(size).map { Float($0) }
            cleanSamples += pair.clean.prefix(frontEnd.samples(frames: frames)).map { $0 * Float(gain) }
            magnitude += xm
            inPhase += cosine
            cleanMagnitude += sm
            logMelInput += frontEnd.logMel(xm)
            logMelTarget += frontEnd.logMel(sm)
        }
        let spectrum = [pairs.count, frames, bins]
        let mel = [pairs.count, frames, frontEnd.bands, 1]
        self.magnitude = Tensor(magnitude, shape: spectrum)
        self.inPhase = Tensor(inPhase, shape: spectrum)
        self.cleanMagnitude = Tensor(cleanMagnitude, shape: spectrum)
        self.real = Tensor(real, shape: spectrum)
        self.imaginary = Tensor(imaginary, shape: spectrum)
        self.cleanSamples = Tensor(cleanSamples, shape: [pairs.count, frontEnd.samples(frames: frames)])
        self.logMelInput = Tensor(logMelInput, shape: mel)
        self.logMelTarget = Tensor(logMelTarget, shape: mel)
    }
}
