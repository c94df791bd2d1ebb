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
    ///   - level: Active RMS level in dBFS (over frames within 40 dB of the loudest) is drawn uniformly from
    ///     here; default -30 ... -20. Lower where peaks would pass 0.97.
    ///   - stream: The key to the performance.
    public func performance(
        kind: Kind, seconds: Double, level: ClosedRange<Double> = -30 ... -20, stream: RandomStream
    ) -> Performance {
        let count = Int((seconds * Double(sampleRate)).rounded())
        require(count > 0, "[synthesiser] a performance needs at least one sample, asked \(seconds) s")
        var stream = stream
        let target = Mathematics.gain(decibels: stream.uniform(level))
        let studio = StudioChannel(sampleRate: sampleRate, stream: stream.fork("studio"))
        var stems: [Performance.Stem]
        let pitch: [Float]
        let onsets: [Performance.Onset]
        switch kind {
        case .voice:
            let voice = VoiceRenderer(sampleRate: sampleRate).render(
                count: count, stream: stream.fork("voice"))
            stems = [.init(name: "voice", samples: voice.samples)]
            (pitch, onsets) = (voice.pitch, voice.onsets)
        case .music:
            let music = MusicRenderer(sampleRate: sampleRate).render(
                count: count, stream: stream.fork("music"))
            stems = music.stems
            (pitch, onsets) = (music.pitch, music.onsets)
        }
        for i in stems.indices { studio.process(&stems[i].samples) }
        let dry = Self.sum(stems, count: count)
        var gain = 1.0
        let active = ActiveLevel.rms(dry, sampleRate: sampleRate)
        if active > 0 {
            gain = target / active
            var peak: Float = 0
            for x in dry { peak = max(peak, abs(x)) }
            gain = min(gain, 0.95 / Double(peak))
        }
        // The floor belongs to the first stem, so that the stems sum to the mixture.
        let floor = studio.noiseFloor(count: count)
        for stem in stems.indices {
            for i in 0..<count { stems[stem].samples[i] *= Float(gain) }
        }
        for i in 0..<count { stems[0].samples[i] += floor[i] }
        return Performance(
            kind: kind, sampleRate: sampleRate, samples: Self.sum(stems, count: count), stems: stems,
            pitch: pitch, onsets: onsets)
    }

    private static func sum(_ stems: [Performance.Stem], count: Int) -> [Float] {
        var total = stems[0].samples
        for stem in stems.dropFirst() {
            for i in 0..<count { total[i] += stem.samples[i] }
        }
        return total
    }
}
