import Tensor

/// The parts that background scenes are put together from. Every block adds to `samples`.
struct AmbienceBlocks {
    let sampleRate: Int
    var samples: [Float]

    init(sampleRate: Int, count: Int) {
        self.sampleRate = sampleRate
        samples = [Float](repeating: 0, count: count)
    }

    var seconds: Double { Double(samples.count) / Double(sampleRate) }

    /// Stationary or slowly modulated coloured noise.
    ///
    /// - Parameters:
    ///   - exponent: Slope of the power spectrum, `1 / f^exponent`.
    ///   - band: Second-order high-pass and low-pass in Hz.
    ///   - peaks: Resonances: Hz, quality, dB.
    ///   - modulation: Rate in Hz and depth in dB of slow level changes.
    mutating func noise(
        exponent: Double, band: ClosedRange<Double>, peaks: [(Double, Double, Double)] = [],
        modulation: (rate: Double, depth: Double) = (1, 0), level: Double, stream: inout RandomStream
    ) {
        var source = NoiseSource(stream.fork("noise"))
        var part = source.samples(samples.count)
        var slope = SlopeFilter(exponent: exponent, sampleRate: sampleRate)
        slope.filter(&part)
        var filters: [ToneFilter] = []
        if band.lowerBound > 10 { filters.append(.highPass(band.lowerBound, sampleRate: sampleRate)) }
        if band.upperBound < 0.45 * Double(sampleRate) {
            filters.append(.lowPass(band.upperBound, sampleRate: sampleRate))
        }
        for peak in peaks {
            filters.append(.peak(peak.0, quality: peak.1, decibels: peak.2, sampleRate: sampleRate))
        }
        for var filter in filters { filter.filter(&part) }
        add(part, level: level, modulation: modulation, stream: &stream)
    }

    /// Harmonics of one frequency: motors, fans, transformers.
    ///
    /// - Parameters:
    ///   - drift: Relative slow deviation of the frequency.
    ///   - slope: Amplitude of harmonic h is about `1 / h^slope`.
    mutating func comb(
        frequency: Double, harmonics: Int, slope: Double, drift: Double, glide: Double = 0,
        modulation: (rate: Double, depth: Double) = (1, 0), level: Double, stream: inout RandomStream
    ) {
        let highest = frequency * (1 + drift) * max(1, 1 + glide)
        let amplitudes = (1...max(1, harmonics)).map { harmonic -> Double in
            guard highest * Double(harmonic) < 0.48 * Double(sampleRate) else { return 0 }
            return stream.uniform(0.1...1) / Mathematics.power(Double(harmonic), slope)
        }
        let table = Wavetable(amplitudes: amplitudes, stream: &stream)
        let wander = SlowModulation(
            rate: stream.uniform(0.5...8), count: samples.count, sampleRate: sampleRate, stream: &stream)
        var part = [Float](repeating: 0, count: samples.count)
        var phase = stream.uniform()
        let step = frequency / Double(sampleRate)
        for i in part.indices {
            part[i] = table.value(at: phase)
            let course = glide * Double(i) / Double(part.count)
            phase += step * (1 + drift * Double(wander.value(at: i)) + course)
            if phase >= 1 { phase -= 1 }
        }
        add(part, level: level, modulation: modulation, stream: &stream)
    }

    /// Short events: drops, crackles, clatter, blows of a machine.
    ///
    /// - Parameters:
    ///   - rate: Events a second.
    ///   - regularity: 1 for a clockwork, 0 for chance.
    ///   - modes: Resonances of an event are drawn from here, Hz.
    ///   - ring: Their decay time in s.
    ///   - click: Share of unpitched noise, 0 ... 1.
    mutating func events(
        rate: Double, regularity: Double, modes: ClosedRange<Double>, modeCount: Int,
        ring: ClosedRange<Double>,
        click: Double, level: Double, sameBody: Bool = false, stream: inout RandomStream
    ) {
        var part = [Float](repeating: 0, count: samples.count)
        let top = min(modes.upperBound, 0.46 * Double(sampleRate))
        let range = min(modes.lowerBound, top)...top
        let body = (0..<modeCount).map { _ in stream.logUniform(range) }
        var time = -stream.uniform(0...1) / rate
        while time < seconds {
            let first = Int(time * Double(sampleRate))
            let loudness = Mathematics.gain(decibels: -18 * (1 - regularity) * stream.uniform())
            for mode in 0..<modeCount {
                DampedMode(
                    frequency: sameBody ? body[mode] * stream.uniform(0.99...1.01) : stream.logUniform(range),
                    time: stream.logUniform(ring),
                    amplitude: loudness * stream.uniform(0.2...1) * (1 - click),
                    sampleRate: sampleRate
                ).add(to: &part, at: first)
            }
            if click > 0 {
                var source = NoiseSource(stream.fork("click"))
                let decay = Decay(time: stream.logUniform(ring) * 0.5, sampleRate: sampleRate).factor
                var amplitude = Float(loudness * click)
                for i in max(first, 0)..<max(max(first, 0), min(part.count, first + sampleRate / 5)) {
                    part[i] += amplitude * source.next()
                    amplitude *= decay
                    if amplitude < 1e-4 { break }
                }
            }
            let chance = -Mathematics.logarithm(1 - stream.uniform())
            time += (regularity + (1 - regularity) * chance) / rate
        }
        add(part, level: level, modulation: (1, 0), stream: &stream)
    }

    /// Multiplies everything so far by a periodic or a bell-shaped course.
    mutating func shape(_ gain: (_ second: Double) -> Float) {
        // The course is slow: one value every 32 samples, straight lines between.
        let hop = 32
        var start = 0
        var from = gain(0)
        while start < samples.count {
            let to = gain(Double(start + hop) / Double(sampleRate))
            for i in start..<min(start + hop, samples.count) {
                samples[i] *= from + (to - from) * Float(i - start) / Float(hop)
            }
            from = to
            start += hop
        }
    }

    private mutating func add(
        _ part: [Float], level: Double, modulation: (rate: Double, depth: Double), stream: inout RandomStream
    ) {
        let rms = ActiveLevel.meanRMS(part)
        guard rms > 0 else { return }
        let gain = Float(Mathematics.gain(decibels: level) / rms)
        guard modulation.depth > 0 else {
            for i in samples.indices { samples[i] += gain * part[i] }
            return
        }
        let course = SlowModulation(
            rate: modulation.rate, count: part.count, sampleRate: sampleRate, stream: &stream)
        // dB / 2 each way, as a power of e.
        let depth = Float(modulation.depth * 0.5 * 0.11513)
        let hop = 32
        var start = 0
        var from = Mathematics.exponential(depth * course.value(at: 0))
        while start < samples.count {
            let end = min(start + hop, samples.count)
            let to = Mathematics.exponential(depth * course.value(at: min(end, part.count - 1)))
            for i in start..<end {
                samples[i] += gain * part[i] * (from + (to - from) * Float(i - start) / Float(hop))
            }
            from = to
            start = end
        }
    }
}
