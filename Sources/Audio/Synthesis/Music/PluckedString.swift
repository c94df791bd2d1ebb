import Tensor

/// A plucked string: guitar, harp, harpsichord, bass.
///
/// The extended Karplus-Strong algorithm (Jaffe and Smith, *Extensions of the Karplus-Strong plucked-string
/// algorithm*, Computer Music Journal 7(2), 1983): a delay line filled with noise, a weighted two-point
/// average for damping, an all-pass for the fraction of a sample, a comb for the place of the pick.
struct PluckedString: Instrument {
    let sampleRate: Int
    /// s to fall by 60 dB at 440 Hz.
    private let decay: Double
    /// 0.5 damps high partials most, 1 least.
    private let brightness: Double
    /// Place of the pick as a share of the string.
    private let pick: Double
    /// Corner of the plucking noise in Hz at full velocity.
    private let hardness: Double
    private let body: [(frequency: Double, quality: Double, decibels: Double)]

    init(sampleRate: Int, bass: Bool, stream: inout RandomStream) {
        self.sampleRate = sampleRate
        decay = stream.logUniform(bass ? 1...4 : 0.5...5)
        brightness = bass ? stream.uniform(0.55...0.8) : stream.uniform(0.6...0.97)
        pick = stream.uniform(0.06...0.4)
        hardness = stream.logUniform(bass ? 500...2500 : 1200...8000)
        body = (0..<3).map { _ in
            (stream.logUniform(90...900), stream.uniform(1...4), stream.uniform(0...6))
        }
    }

    func add(_ note: Note, to signal: inout [Float], stream: RandomStream) {
        var stream = stream
        let rate = Double(sampleRate)
        let frequency = note.frequency
        let first = Int(note.start * rate)
        let length = min(Int((note.duration + 0.15) * rate), signal.count - first)
        guard length > 0, first + length > 0, frequency < 0.2 * rate else { return }
        let period = rate / frequency
        // The damping average delays by 1 - brightness samples; the all-pass makes up the fraction.
        let total = period - (1 - brightness)
        let whole = Int(total - 0.3)
        let fraction = total - Double(whole)
        let allPass = Float((1 - fraction) / (1 + fraction))
        let seconds = decay * Mathematics.power(440 / frequency, 0.4)
        let loss = Float(Mathematics.power(0.001, 1 / (frequency * seconds)))
        let muted = Float(Mathematics.power(0.001, 1 / (frequency * 0.12)))
        var line = excitation(whole, velocity: note.velocity, stream: &stream)
        var part = [Float](repeating: 0, count: length)
        let (direct, delayed) = (Float(brightness), Float(1 - brightness))
        let damped = Int(note.duration * rate)
        var place = 0
        var (last, input, output): (Float, Float, Float) = (0, 0, 0)
        line.withUnsafeMutableBufferPointer { line in
            for i in 0..<length {
                let x = line[place]
                part[i] = x
                let average = (direct * x + delayed * last) * (i < damped ? loss : muted)
                last = x
                output = allPass * (average - output) + input
                input = average
                line[place] = output
                place += 1
                if place == whole { place = 0 }
            }
        }
        for resonance in body {
            var filter = ToneFilter.peak(
                resonance.frequency, quality: resonance.quality, decibels: resonance.decibels,
                sampleRate: sampleRate)
            filter.filter(&part)
        }
        for i in max(0, -first)..<length { signal[first + i] += part[i] }
    }

    private func excitation(_ count: Int, velocity: Double, stream: inout RandomStream) -> [Float] {
        var source = NoiseSource(stream.fork("pluck"))
        var noise = source.samples(max(count, 2))
        var smooth = OnePole(cutoff: hardness * (0.3 + 0.7 * velocity), sampleRate: sampleRate)
        for i in noise.indices { noise[i] = smooth(noise[i]) }
        for i in noise.indices { noise[i] = smooth(noise[i]) }
        let comb = max(1, Int(pick * Double(count)))
        var result = noise
        var mean: Float = 0
        for i in noise.indices {
            result[i] -= noise[(i + noise.count - comb) % noise.count]
            mean += result[i]
        }
        mean /= Float(noise.count)
        let level = Float(velocity / max(ActiveLevel.meanRMS(result), 1e-9))
        for i in result.indices { result[i] = (result[i] - mean) * level }
        return result
    }
}
