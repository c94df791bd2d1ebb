import Tensor

/// Makes the background noises of the degradation chain.
///
/// Levels are arbitrary: the caller scales. The splits draw from different ambience families and from
/// different ranges of parameters, and their babble is spoken by different voices.
struct NoiseSynthesiser {
    let sampleRate: Int

    /// - Returns: Samples and the name of the ambience family if there is one.
    func noise(
        kind: NoiseKind, split: DataSplit, count: Int, stream: RandomStream
    ) -> (samples: [Float], family: String?) {
        var stream = stream
        switch kind {
        case .white: return (sloped(0, count, &stream), nil)
        case .pink: return (sloped(1, count, &stream), nil)
        case .brown: return (sloped(2, count, &stream), nil)
        case .hum: return (hum(count, &stream), nil)
        case .keys:
            return (KeyStrokes(sampleRate: sampleRate, split: split).render(count, stream: stream), nil)
        case .babble: return (babble(count, &stream), nil)
        case .ambience:
            let scene = Ambience(sampleRate: sampleRate, count: count)
            return scene.render(split: split, stream: stream)
        }
    }

    /// Noise with a power spectrum of `1 / f^exponent`.
    private func sloped(_ exponent: Double, _ count: Int, _ stream: inout RandomStream) -> [Float] {
        var source = NoiseSource(stream.fork("noise"))
        // The lowest corner of the filter needs some time to settle.
        let settle = exponent > 0 ? sampleRate / 10 : 0
        var samples = source.samples(count + settle)
        guard exponent > 0 else { return samples }
        var slope = SlopeFilter(exponent: exponent, sampleRate: sampleRate)
        slope.filter(&samples)
        samples.removeFirst(settle)
        return samples
    }

    /// Mains hum: 50 or 60 Hz with 12 harmonics, the odd ones stronger, and a trace of hiss.
    private func hum(_ count: Int, _ stream: inout RandomStream) -> [Float] {
        let base = (stream.chance(0.5) ? 50.0 : 60.0) * stream.uniform(0.998...1.002)
        let slope = stream.uniform(0.6...1.6)
        let amplitudes = (1...12).map { harmonic -> Double in
            guard base * Double(harmonic) < 0.48 * Double(sampleRate) else { return 0 }
            let odd = harmonic % 2 == 1 ? 1.0 : 0.4
            return odd * stream.uniform(0.2...1) / Mathematics.power(Double(harmonic), slope)
        }
        let table = Wavetable(amplitudes: amplitudes, stream: &stream)
        var source = NoiseSource(stream.fork("hiss"))
        let hiss = Float(Mathematics.gain(decibels: stream.uniform(-50 ... -30)))
        var phase = stream.uniform()
        let step = base / Double(sampleRate)
        var samples = [Float](repeating: 0, count: count)
        for i in 0..<count {
            samples[i] = table.value(at: phase) + hiss * source.next()
            phase += step
            if phase >= 1 { phase -= 1 }
        }
        return samples
    }

    /// Five voices at once, at distances within 8 dB, slightly dulled by the distance.
    private func babble(_ count: Int, _ stream: inout RandomStream) -> [Float] {
        let renderer = VoiceRenderer(sampleRate: sampleRate)
        var samples = [Float](repeating: 0, count: count)
        for _ in 0..<5 {
            let voice = renderer.render(count: count, singing: 0, stream: stream.fork("voice"))
            let gain = Float(Mathematics.gain(decibels: stream.uniform(-8...0)))
            for i in 0..<count { samples[i] += gain * voice.samples[i] }
        }
        var shelf = ToneFilter.highShelf(2000, decibels: stream.uniform(-8...0), sampleRate: sampleRate)
        shelf.filter(&samples)
        return samples
    }
}
