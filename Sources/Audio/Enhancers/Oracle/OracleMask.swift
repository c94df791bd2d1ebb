import Tensor

/// What a mask on the spectrogram could reach at best, made with the clean signal in hand: a ceiling, not a method.
///
///     ideal ratio:      M = sqrt(|S|^2 / (|S|^2 + |X - S|^2))
///     phase sensitive:  M = clip(|S| / |X| cos(arg S - arg X), 0, 1)
///
/// Sources: Srinivasan, Roman, Wang, Binary and ratio time-frequency masks, Speech Communication 48 (11), 2006;
/// Erdogan, Hershey, Watanabe, Le Roux, Phase-sensitive and recognition-boosted speech separation, ICASSP 2015.
public struct OracleMask: Enhancer, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case idealRatio = "irm"
        case phaseSensitive = "psm"
    }

    public let kind: Kind
    /// The clean signal of the one recording that can be enhanced.
    public let clean: [Float]
    /// Length of a frame, seconds; the hop is a quarter of it.
    public let frameDuration: Double

    public var name: String { "oracle mask (\(kind.rawValue.uppercased()))" }

    /// - Parameter frameDuration: seconds, default 0.032.
    public init(_ kind: Kind, clean: [Float], frameDuration: Double = 0.032) {
        self.kind = kind
        self.clean = clean
        self.frameDuration = frameDuration
    }

    /// - Parameter samples: as many as the clean signal has.
    public func enhance(_ samples: [Float], sampleRate: Int) -> [Float] {
        require(
            samples.count == clean.count,
            "[oracle] \(samples.count) samples: the clean signal has \(clean.count)")
        guard !samples.isEmpty else { return [] }
        let size = max(16, Int(frameDuration * Double(sampleRate) / 8) * 8)
        let transform = ShortTimeFourierTransform(
            fftSize: size, hopLength: size / 4, padding: samples.count > size / 2 ? .reflect : .zero)
        var mixture = transform.analyse(samples)
        let target = transform.analyse(clean)
        var gains = [Double](repeating: 0, count: mixture.real.count)
        for i in gains.indices {
            let (xr, xi, sr, si) = (
                mixture.real[i], mixture.imaginary[i], target.real[i], target.imaginary[i]
            )
            switch kind {
            case .idealRatio:
                let speech = sr * sr + si * si
                let rest = (xr - sr) * (xr - sr) + (xi - si) * (xi - si)
                gains[i] = speech + rest > 0 ? (speech / (speech + rest)).squareRoot() : 0
            case .phaseSensitive:
                let power = xr * xr + xi * xi
                gains[i] = power > 0 ? max(0, min(1, (sr * xr + si * xi) / power)) : 0
            }
        }
        mixture.apply(gains: gains)
        return transform.synthesise(mixture, length: samples.count).map(Float.init)
    }
}
