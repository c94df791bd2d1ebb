import Tensor

extension NoiseEvent {
    /// Adds the noise of the event to a signal that begins at time 0.
    ///
    /// - Parameter opening: Opening of the glottis at each sample, used if the event is modulated.
    func render(into signal: inout [Float], opening: [Float], sampleRate: Int, stream: RandomStream) {
        let rate = Double(sampleRate)
        let first = Int(start * rate)
        let count = Int(duration * rate)
        guard count > 1, first + count > 0, first < signal.count, amplitude > 0 else { return }
        var filters: [(filter: ToneFilter, gain: Float)] = []
        var power = 0.0
        for band in bands where band.frequency - band.bandwidth * 0.5 < rate * 0.48 {
            // Bands beyond the Nyquist frequency are left out, those near it pulled below.
            let frequency = min(band.frequency, rate * 0.47)
            let weight = Mathematics.gain(decibels: band.level)
            filters.append(
                (
                    ToneFilter.bandPass(frequency, bandwidth: band.bandwidth, sampleRate: sampleRate),
                    Float(weight)
                ))
            power += weight * weight * .pi * band.bandwidth / rate
        }
        guard power > 0, let lowest = bands.map(\.frequency).min() else { return }
        // The front cavity passes little below its first resonance: a steeper skirt than one pole's.
        var skirt = ToneFilter.highPass(0.65 * lowest, sampleRate: sampleRate)
        var noise = NoiseSource(stream)
        let scale = amplitude / Float(power.squareRoot())
        let attackSamples = Float(max(attack * rate, 1))
        let releaseSamples = Float(max(release * rate, 1))
        for n in 0..<count {
            let x = skirt(noise.next())
            var y: Float = 0
            for i in filters.indices { y += filters[i].gain * filters[i].filter(x) }
            let place = first + n
            guard place >= 0 && place < signal.count else { continue }
            let rise = min(Float(n + 1) / attackSamples, 1)
            let fall = min(Float(count - n) / releaseSamples, 1)
            var envelope = scale * rise * (2 - rise) * fall * (2 - fall)
            if modulated { envelope *= 0.3 + 1.2 * opening[place] }
            signal[place] += y * envelope
        }
    }
}
