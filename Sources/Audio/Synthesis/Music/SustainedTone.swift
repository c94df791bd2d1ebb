import Tensor

/// A bowed, blown or electronic tone: wavetables of two colours that the envelope mixes, vibrato, breath.
struct SustainedTone: Instrument {
    enum Kind: CaseIterable {
        case bowed
        case reed
        case flute
        case brass
        case organ
        case pad
    }

    let sampleRate: Int
    let kind: Kind
    private let envelope: Envelope
    private let vibratoRate: Double
    private let vibratoDepth: Double
    private let breath: Float
    private let slope: Double
    /// Resonances of the body: Hz, relative width, gain.
    private let body: [(frequency: Double, width: Double, gain: Double)]
    private let drawbars: [Double]
    private let detune: Double
    private let key: UInt64

    init(sampleRate: Int, kinds: [Kind], stream: inout RandomStream) {
        self.sampleRate = sampleRate
        kind = stream.pick(kinds)
        let quick = stream.uniform()
        switch kind {
        case .organ:
            envelope = Envelope(attack: 0.008, decay: 0.1, sustain: 0.9, release: 0.03)
        case .pad:
            envelope = Envelope(attack: 0.1 + 0.3 * quick, decay: 1, sustain: 0.8, release: 0.25)
        case .flute, .reed:
            envelope = Envelope(attack: 0.03 + 0.05 * quick, decay: 0.3, sustain: 0.75, release: 0.05)
        case .bowed, .brass:
            envelope = Envelope(attack: 0.03 + 0.1 * quick, decay: 0.4, sustain: 0.7, release: 0.08)
        }
        vibratoRate = stream.uniform(4.5...6.5)
        vibratoDepth = kind == .organ ? 0 : stream.uniform(0...0.012)
        breath = Float(
            [.flute, .reed].contains(kind) ? stream.uniform(0.01...0.12) : stream.uniform(0...0.015))
        slope = stream.uniform(0.8...1.5)
        body = (0..<5).map { _ in
            (stream.logUniform(250...5000), stream.uniform(0.15...0.5), stream.uniform(0.5...3))
        }
        drawbars = (0..<9).map { _ in stream.chance(0.6) ? stream.uniform(0.2...1) : 0 }
        detune = kind == .pad ? stream.uniform(0.002...0.007) : 0
        key = stream.nextBits()
    }

    func bend(_ note: Note, elapsed: Double) -> Double {
        let settled = min(max((elapsed - 0.15) / 0.25, 0), 1)
        return vibratoDepth * settled * Mathematics.sine(2 * .pi * vibratoRate * elapsed)
    }

    /// Amplitudes of the harmonics, duller for small `colour` (0 ... 1).
    private func spectrum(_ frequency: Double, colour: Double) -> [Double] {
        let count = max(1, min(100, Int(0.46 * Double(sampleRate) / (frequency * 1.02))))
        let ratios: [Double] = [0.5, 1.5, 1, 2, 3, 4, 5, 6, 8]
        return (1...count).map { harmonic in
            let h = Double(harmonic)
            var amplitude: Double
            switch kind {
            case .organ:
                // The table's fundamental is half the note, for the sub-octave drawbars.
                amplitude = zip(ratios, drawbars).reduce(0) { $0 + ($1.0 * 2 == h ? $1.1 : 0) }
                if harmonic == 2 { amplitude += 0.5 }
                return amplitude + 0.01 / h
            case .reed: amplitude = (harmonic % 2 == 1 ? 1 : 0.25) / Mathematics.power(h, slope)
            case .flute: amplitude = 1 / Mathematics.power(h, slope + 1.3)
            case .bowed, .pad: amplitude = 1 / Mathematics.power(h, slope)
            case .brass: amplitude = h < 4 ? 0.8 : 1 / Mathematics.power(h - 2, slope)
            }
            // A soft tone has fewer high harmonics.
            amplitude *= Mathematics.exponential(-(1 - colour) * 0.25 * h)
            for resonance in body {
                let distance = Mathematics.logarithm(h * frequency / resonance.frequency) / resonance.width
                amplitude *= 1 + resonance.gain * Mathematics.exponential(-distance * distance)
            }
            return amplitude
        }
    }

    func add(_ note: Note, to signal: inout [Float], stream: RandomStream) {
        var stream = stream
        let rate = Double(sampleRate)
        let first = Int(note.start * rate)
        let length = min(Int((note.duration + envelope.tail) * rate), signal.count - first)
        guard length > 0, first + length > 0, note.frequency < 0.4 * rate else { return }
        let fundamental = kind == .organ ? note.frequency / 2 : note.frequency
        // The phases are those of the instrument, so that both colours mix without cancelling.
        let phases = RandomPhases(key: key).values
        let dull = Wavetable(amplitudes: spectrum(fundamental, colour: 0.2), phases: phases)
        let bright = Wavetable(
            amplitudes: spectrum(fundamental, colour: 0.5 + 0.5 * note.velocity), phases: phases)
        let voices = kind == .pad ? 3 : 1
        var source = NoiseSource(stream.fork("breath"))
        var air = ToneFilter.bandPass(
            min(note.frequency * 2, 0.3 * rate), bandwidth: 2500, sampleRate: sampleRate)
        let gain = Float(note.velocity) / Float(voices)
        let flutter = SlowModulation(rate: 9, count: length, sampleRate: sampleRate, stream: &stream)
        let hop = 16
        for voice in 0..<voices {
            var phase = stream.uniform()
            let tuning = 1 + detune * (Double(voice) - Double(voices - 1) / 2)
            var start = max(0, -first)
            phase += Double(start) * fundamental / rate
            phase -= phase.rounded(.down)
            var level = envelope.value(Double(start) / rate, duration: note.duration)
            while start < length {
                let end = min(start + hop, length)
                let t = Double(end) / rate
                let next = envelope.value(t, duration: note.duration)
                let wobble = 1 + 0.0015 * Double(flutter.value(at: start))
                let step = fundamental * tuning * wobble * (1 + bend(note, elapsed: t)) / rate
                let slope = (next - level) / Float(hop)
                for i in start..<end {
                    let loudness = level + slope * Float(i - start)
                    let tone = dull.value(at: phase) * (1 - loudness) + bright.value(at: phase) * loudness
                    var y = tone * loudness * gain
                    if voice == 0 && breath > 0.003 { y += air(source.next()) * breath * loudness * gain }
                    signal[first + i] += y
                    phase += step
                    if phase >= 1 { phase -= 1 }
                }
                level = next
                start = end
            }
        }
    }
}

/// A fixed set of phases in periods, drawn once an instrument.
struct RandomPhases {
    let values: [Double]

    init(key: UInt64) {
        var stream = RandomStream(key: "phases/\(key)")
        values = (0..<200).map { _ in stream.uniform() }
    }
}
