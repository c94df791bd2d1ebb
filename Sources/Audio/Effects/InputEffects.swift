import Tensor

/// Single steps of the degradation chain for use outside it.
public enum InputEffects {
    /// Automatic gain with the chain's reference, limit and time constants.
    public static func compress(_ signal: [Float], exponent: Double, sampleRate: Int) -> [Float] {
        let defaults = DegradationConfiguration()
        let gains = AutomaticGain(
            reference: defaults.gainReference, exponent: exponent, maximum: defaults.gainMaximum,
            attack: defaults.gainAttack, release: defaults.gainRelease
        ).gains(signal, sampleRate: sampleRate)
        return signal.indices.map { signal[$0] * gains[$0] }
    }

    /// Synthesised background noise of any level, of those that are meant for training.
    public static func noise(
        _ kind: NoiseKind, count: Int, sampleRate: Int, stream: RandomStream
    ) -> [Float] {
        NoiseSynthesiser(sampleRate: sampleRate)
            .noise(kind: kind, split: .train, count: count, stream: stream).samples
    }

    /// Cuts the loudest samples off.
    ///
    /// - Parameter share: of the samples, 0 ... 1.
    /// - Returns: the signal, and the share that was really cut.
    public static func clip(_ signal: [Float], share: Double) -> (signal: [Float], clipped: Double) {
        var signal = signal
        let clipped = Clipping.clip(&signal, fraction: share)
        return (signal, clipped)
    }
}

extension DegradationConfiguration.NoiseShares {
    /// A kind, drawn by the shares.
    public func draw(_ stream: inout RandomStream) -> NoiseKind {
        let kinds: [(NoiseKind, Double)] = [
            (.ambience, ambience), (.babble, babble), (.keys, keys), (.hum, hum), (.white, white),
            (.pink, pink), (.brown, brown),
        ]
        return kinds[stream.weighted(kinds.map(\.1))].0
    }
}
