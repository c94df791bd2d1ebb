import Tensor

/// A person typing: strokes of damped modes and short noise bursts at irregular times.
struct KeyStrokes {
    let sampleRate: Int
    let split: DataSplit

    func render(_ count: Int, stream: RandomStream) -> [Float] {
        var stream = stream
        let rate = Double(sampleRate)
        // Each split types on keyboards of other materials.
        let modes: ClosedRange<Double>
        switch split {
        case .train: modes = 1100...3600
        case .validation: modes = 900...2800
        case .test: modes = 1500...5200
        }
        let board = (0..<4).map { _ in stream.logUniform(modes) }
        let thud = stream.uniform(120...420)
        let thudLevel = stream.uniform(0.1...0.8)
        let damping = stream.uniform(0.0015...0.007)
        let tempo = stream.uniform(3...9)
        var samples = [Float](repeating: 0, count: count)
        var time = stream.uniform(-0.1...0.15)
        let seconds = Double(count) / rate
        while time < seconds {
            let loudness = Mathematics.gain(decibels: stream.uniform(-9...0))
            stroke(
                &samples, at: time, modes: board, thud: (thud, thudLevel), damping: damping,
                loudness: loudness,
                stream: &stream)
            // The key comes up again.
            stroke(
                &samples, at: time + stream.uniform(0.05...0.13), modes: board.map { $0 * 1.2 },
                thud: (thud, thudLevel * 0.3), damping: damping * 0.7, loudness: loudness * 0.35,
                stream: &stream)
            time += stream.uniform(0.4...1.7) / tempo
            if stream.chance(0.12) { time += stream.uniform(0.2...0.8) }
        }
        var source = NoiseSource(stream.fork("floor"))
        for i in 0..<count { samples[i] += 0.002 * source.next() }
        return samples
    }

    private func stroke(
        _ samples: inout [Float], at time: Double, modes: [Double], thud: (frequency: Double, level: Double),
        damping: Double, loudness: Double, stream: inout RandomStream
    ) {
        let first = Int(time * Double(sampleRate))
        let length = Int(0.03 * Double(sampleRate))
        var source = NoiseSource(stream.fork("click"))
        let click = Decay(time: 0.0007, sampleRate: sampleRate)
        var level = Float(loudness * stream.uniform(0.3...1))
        for i in max(0, first)..<max(max(0, first), min(samples.count, first + length)) {
            samples[i] += level * source.next()
            level *= click.factor
        }
        for frequency in modes {
            DampedMode(
                frequency: frequency * stream.uniform(0.95...1.05), time: damping * stream.uniform(0.6...1.5),
                amplitude: loudness * stream.uniform(0.1...0.6), sampleRate: sampleRate
            ).add(to: &samples, at: first)
        }
        DampedMode(
            frequency: thud.frequency * stream.uniform(0.9...1.1), time: 0.008,
            amplitude: loudness * thud.level, sampleRate: sampleRate
        ).add(to: &samples, at: first)
    }
}
