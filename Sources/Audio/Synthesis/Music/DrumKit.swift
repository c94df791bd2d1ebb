import Tensor

/// Drums and cymbals made of noise and damped modes.
struct DrumKit {
    let sampleRate: Int
    private let kickTone: Double
    private let kickSweep: Double
    private let kickTime: Double
    private let snareTone: Double
    private let snareTime: Double
    private let snareNoise: Double
    private let hatCorner: Double
    private let hatTime: Double
    private let tomTone: Double
    private let metal: [Double]

    init(sampleRate: Int, stream: inout RandomStream) {
        self.sampleRate = sampleRate
        kickTone = stream.uniform(42...75)
        kickSweep = stream.uniform(1.5...5)
        kickTime = stream.uniform(0.06...0.25)
        snareTone = stream.uniform(150...260)
        snareTime = stream.uniform(0.02...0.07)
        snareNoise = stream.uniform(0.25...0.9)
        hatCorner = stream.uniform(4500...7500)
        hatTime = stream.uniform(0.015...0.05)
        tomTone = stream.uniform(80...180)
        metal = (0..<8).map { _ in stream.logUniform(2200...9500) }
    }

    func add(_ stroke: Stroke, to signal: inout [Float], stream: RandomStream) {
        var stream = stream
        let first = Int(stroke.start * Double(sampleRate))
        let v = stroke.velocity
        switch stroke.drum {
        case .kick:
            sweep(&signal, first, tone: kickTone, ratio: kickSweep, time: kickTime, amplitude: v)
            noise(&signal, first, time: 0.003, corner: 800, amplitude: 0.25 * v, stream: &stream)
        case .tom:
            let tone = tomTone * stream.pick([1, 1.3, 1.7])
            sweep(&signal, first, tone: tone, ratio: 1.3, time: 0.15, amplitude: 0.8 * v)
            noise(&signal, first, time: 0.01, corner: 500, amplitude: 0.15 * v, stream: &stream)
        case .snare:
            for (ratio, amplitude) in [(1.0, 0.6), (1.59, 0.35), (2.14, 0.2)] {
                DampedMode(
                    frequency: snareTone * ratio, time: 0.05, amplitude: amplitude * v, sampleRate: sampleRate
                ).add(to: &signal, at: first)
            }
            noise(
                &signal, first, time: snareTime, corner: 1200, amplitude: 0.4 * snareNoise * v,
                stream: &stream)
        case .closedHat, .openHat:
            let time = stroke.drum == .openHat ? hatTime * 7 : hatTime
            noise(&signal, first, time: time, corner: hatCorner, amplitude: 0.22 * v, stream: &stream)
            for frequency in metal where frequency > 4000 {
                DampedMode(frequency: frequency, time: time, amplitude: 0.02 * v, sampleRate: sampleRate)
                    .add(to: &signal, at: first)
            }
        case .shaker:
            noise(&signal, first, time: 0.03, corner: 3500, amplitude: 0.12 * v, rise: 0.02, stream: &stream)
        case .cymbal:
            noise(&signal, first, time: 0.5, corner: 3000, amplitude: 0.2 * v, stream: &stream)
            for frequency in metal {
                DampedMode(
                    frequency: frequency, time: stream.uniform(0.2...0.7), amplitude: 0.03 * v,
                    sampleRate: sampleRate
                ).add(to: &signal, at: first)
            }
        }
    }

    /// A sinusoid whose frequency falls from `ratio` times the tone.
    private func sweep(
        _ signal: inout [Float], _ first: Int, tone: Double, ratio: Double, time: Double, amplitude: Double
    ) {
        let rate = Double(sampleRate)
        let length = min(Int(7 * time * rate), signal.count - first)
        guard length > 0 else { return }
        let fall = Decay(time: time, sampleRate: sampleRate).factor
        let bend = Mathematics.exponential(-1 / (0.02 * rate))
        var (phase, extra, level) = (0.0, tone * (ratio - 1), Float(amplitude))
        for i in 0..<length {
            if first + i >= 0 { signal[first + i] += level * Mathematics.sine(Float(2 * .pi * phase)) }
            phase += (tone + extra) / rate
            if phase >= 1 { phase -= 1 }
            extra *= bend
            level *= fall
        }
    }

    private func noise(
        _ signal: inout [Float], _ first: Int, time: Double, corner: Double, amplitude: Double,
        rise: Double = 0.0005,
        stream: inout RandomStream
    ) {
        let rate = Double(sampleRate)
        let length = min(Int(7 * time * rate), signal.count - first)
        guard length > 0 else { return }
        var source = NoiseSource(stream.fork("stroke"))
        var filter = ToneFilter.highPass(corner, sampleRate: sampleRate)
        let fall = Decay(time: time, sampleRate: sampleRate).factor
        let riseSamples = Float(max(rise * rate, 1))
        var level = Float(amplitude)
        for i in 0..<length {
            let y = filter(source.next()) * level * min(Float(i + 1) / riseSamples, 1)
            if first + i >= 0 { signal[first + i] += y }
            level *= fall
        }
    }
}
