import Tensor

/// Background scenes: one family of the split, sometimes two at once, coloured by a random place.
struct Ambience {
    let sampleRate: Int
    let count: Int

    func render(split: DataSplit, stream: RandomStream) -> (samples: [Float], family: String?) {
        var stream = stream
        let families = AmbienceFamily.of(split)
        let family = stream.pick(families)
        var samples = render(family, stream: stream.fork("scene"))
        var name = family.rawValue
        if stream.chance(0.3) {
            let second = stream.pick(families)
            let gain = Float(Mathematics.gain(decibels: stream.uniform(-12...0)))
            let other = render(second, stream: stream.fork("second"))
            for i in samples.indices { samples[i] += gain * other[i] }
            if second != family { name += "+" + second.rawValue }
        }
        var shelf = ToneFilter.highShelf(
            stream.logUniform(400...2500), decibels: stream.uniform(-8...6), sampleRate: sampleRate)
        shelf.filter(&samples)
        // A phone's microphone passes little below 60 to 120 Hz.
        var subsonic = ToneFilter.highPass(stream.uniform(40...120), sampleRate: sampleRate)
        subsonic.filter(&samples)
        return (samples, name)
    }

    private func render(_ family: AmbienceFamily, stream: RandomStream) -> [Float] {
        var stream = stream
        var blocks = AmbienceBlocks(sampleRate: sampleRate, count: count)
        switch family {
        case .wind, .stream, .fire, .rain, .fountain, .steam, .insects:
            blocks.nature(family, stream: &stream)
        case .engine, .ventilation, .machinery, .drone, .rotor, .server, .turbine, .railway:
            blocks.machine(family, stream: &stream)
        case .crowd, .passing, .interference, .cafe:
            blocks.street(family, stream: &stream)
        }
        // All have unit RMS, so that two scenes mix as drawn.
        let rms = ActiveLevel.meanRMS(blocks.samples)
        guard rms > 0 else { return blocks.samples }
        let gain = Float(1 / rms)
        return blocks.samples.map { $0 * gain }
    }
}

extension AmbienceBlocks {
    fileprivate func randomPeaks(
        _ count: Range<Int>, _ range: ClosedRange<Double>, _ stream: inout RandomStream
    ) -> [(Double, Double, Double)] {
        (0..<stream.integer(count)).map { _ in
            (stream.logUniform(range), stream.uniform(0.7...4), stream.uniform(4...14))
        }
    }

    mutating func nature(_ family: AmbienceFamily, stream: inout RandomStream) {
        switch family {
        case .wind:
            noise(
                exponent: stream.uniform(1.4...2.2), band: 20...stream.logUniform(300...2500),
                modulation: (stream.uniform(0.5...4), stream.uniform(4...16)), level: 0, stream: &stream)
            noise(
                exponent: 0.5, band: 300...stream.uniform(1500...5000),
                peaks: randomPeaks(0..<3, 400...1500, &stream),
                modulation: (stream.uniform(0.5...3), stream.uniform(4...16)),
                level: stream.uniform(-25 ... -6),
                stream: &stream)
        case .stream:
            noise(
                exponent: stream.uniform(0.1...0.9),
                band: stream.uniform(80...500)...stream.uniform(3500...9000),
                peaks: randomPeaks(0..<3, 400...3000, &stream),
                modulation: (stream.uniform(2...10), stream.uniform(1...5)), level: 0, stream: &stream)
            events(
                rate: stream.logUniform(15...120), regularity: 0, modes: 400...2500, modeCount: 1,
                ring: 0.003...0.02, click: 0.1, level: stream.uniform(-14...0), stream: &stream)
        case .rain:
            noise(
                exponent: stream.uniform(-0.1...0.5), band: 500...9000,
                modulation: (2, stream.uniform(0...3)), level: 0, stream: &stream)
            events(
                rate: stream.logUniform(40...160), regularity: 0, modes: 1500...6000, modeCount: 1,
                ring: 0.0005...0.003, click: 0.5, level: stream.uniform(-8...2), stream: &stream)
        case .fountain:
            noise(
                exponent: stream.uniform(0...0.6), band: 200...7500,
                peaks: randomPeaks(1..<3, 800...3500, &stream),
                modulation: (stream.uniform(6...14), stream.uniform(1...4)), level: 0, stream: &stream)
            events(
                rate: stream.logUniform(60...180), regularity: 0, modes: 700...4000, modeCount: 1,
                ring: 0.002...0.009, click: 0, level: stream.uniform(-10 ... -2), stream: &stream)
        case .fire:
            noise(
                exponent: stream.uniform(1...1.8), band: 40...stream.uniform(800...3000),
                modulation: (stream.uniform(3...12), stream.uniform(3...9)), level: stream.uniform(-12...0),
                stream: &stream)
            events(
                rate: stream.logUniform(6...60), regularity: 0, modes: 1000...6000, modeCount: 1,
                ring: 0.0004...0.004, click: stream.uniform(0.3...1), level: -4, stream: &stream)
        case .steam:
            noise(
                exponent: stream.uniform(-0.4...0.3), band: stream.uniform(800...2500)...9000,
                peaks: randomPeaks(0..<3, 2000...6000, &stream),
                modulation: (stream.uniform(0.5...3), stream.uniform(2...14)), level: 0, stream: &stream)
            noise(exponent: 1.5, band: 30...600, level: stream.uniform(-20 ... -8), stream: &stream)
        default:
            // Insects: bursts of a narrow high tone over faint wind.
            noise(exponent: 1.2, band: 60...4000, level: stream.uniform(-16 ... -6), stream: &stream)
            for _ in 0..<stream.integer(1..<4) {
                var chirps = AmbienceBlocks(sampleRate: sampleRate, count: samples.count)
                chirps.noise(
                    exponent: 0, band: 2500...9000,
                    peaks: [(stream.uniform(3200...6500), stream.uniform(12...30), 36)], level: 0,
                    stream: &stream)
                let (rate, duty) = (stream.uniform(4...22), stream.uniform(0.2...0.7))
                let offset = stream.uniform()
                chirps.shape { (($0 * rate + offset).truncatingRemainder(dividingBy: 1)) < duty ? 1 : 0.05 }
                let gain = Float(Mathematics.gain(decibels: stream.uniform(-6...2)))
                for i in samples.indices { samples[i] += gain * chirps.samples[i] }
            }
        }
    }

    mutating func machine(_ family: AmbienceFamily, stream: inout RandomStream) {
        switch family {
        case .engine:
            let base = stream.logUniform(22...140)
            comb(
                frequency: base, harmonics: stream.integer(12..<80), slope: stream.uniform(0.4...1.3),
                drift: stream.uniform(0.002...0.05),
                glide: stream.chance(0.4) ? stream.uniform(-0.4...0.6) : 0,
                modulation: (stream.uniform(1...12), stream.uniform(1...8)), level: 0, stream: &stream)
            noise(
                exponent: stream.uniform(0.8...1.8), band: 30...stream.uniform(1500...8000),
                modulation: (stream.uniform(4...20), stream.uniform(0...8)), level: stream.uniform(-14...4),
                stream: &stream)
        case .ventilation:
            noise(
                exponent: stream.uniform(0.7...1.7), band: 30...stream.uniform(2000...9000),
                peaks: randomPeaks(0..<4, 80...2500, &stream), modulation: (2, stream.uniform(0...2)),
                level: 0,
                stream: &stream)
            comb(
                frequency: stream.uniform(60...420), harmonics: stream.integer(1..<8), slope: 1, drift: 0.003,
                level: stream.uniform(-24 ... -4), stream: &stream)
        case .server:
            noise(exponent: 0.5, band: 150...8000, level: 0, stream: &stream)
            comb(
                frequency: stream.uniform(420...900), harmonics: 6, slope: 0.7, drift: 0.001,
                level: stream.uniform(-14 ... -2), stream: &stream)
        case .machinery:
            events(
                rate: stream.logUniform(1.5...22), regularity: stream.uniform(0.7...1), modes: 120...3500,
                modeCount: stream.integer(2..<6), ring: 0.004...0.06, click: stream.uniform(0...0.7),
                level: 0,
                sameBody: true, stream: &stream)
            comb(
                frequency: stream.uniform(30...200), harmonics: stream.integer(4..<30), slope: 0.9,
                drift: 0.004,
                level: stream.uniform(-14...2), stream: &stream)
            noise(
                exponent: stream.uniform(0.3...1.4), band: 50...8000, level: stream.uniform(-18...0),
                stream: &stream)
        case .drone:
            for _ in 0..<stream.integer(2..<6) {
                comb(
                    frequency: stream.logUniform(40...700), harmonics: stream.integer(1..<12),
                    slope: stream.uniform(0.5...2), drift: stream.uniform(0...0.03),
                    glide: stream.chance(0.3) ? stream.uniform(-0.5...0.9) : 0,
                    modulation: (stream.uniform(0.3...15), stream.uniform(0...16)),
                    level: stream.uniform(-12...0), stream: &stream)
            }
            noise(exponent: 1, band: 30...8000, level: stream.uniform(-24 ... -4), stream: &stream)
        case .rotor:
            noise(exponent: stream.uniform(0.8...1.5), band: 40...5000, level: 0, stream: &stream)
            let (rate, sharpness) = (stream.uniform(9...18), Float(stream.uniform(2...6)))
            let offset = stream.uniform()
            shape { second in
                let wave = Float(0.5 + 0.5 * Mathematics.cosine(2 * .pi * (rate * second + offset)))
                return 0.25 + Mathematics.power(wave, sharpness)
            }
        case .turbine:
            noise(
                exponent: stream.uniform(0.2...1), band: 100...9000,
                peaks: randomPeaks(1..<4, 300...4000, &stream),
                modulation: (1, stream.uniform(0...6)), level: 0, stream: &stream)
            let whine = stream.logUniform(700...2600)
            for ratio in [1, stream.uniform(1.3...1.9)] {
                comb(
                    frequency: whine * ratio, harmonics: 2, slope: 1, drift: 0.004,
                    glide: stream.uniform(-0.25...0.25), level: stream.uniform(-20 ... -6), stream: &stream)
            }
        default:
            // A train: rumble and pairs of blows at the joints of the rails.
            noise(exponent: 1.7, band: 30...900, modulation: (3, 5), level: 0, stream: &stream)
            noise(exponent: 0.5, band: 400...7000, modulation: (2, 6), level: -12, stream: &stream)
            events(
                rate: stream.uniform(2...4.5), regularity: 0.9, modes: 150...1800, modeCount: 4,
                ring: 0.01...0.05,
                click: 0.3, level: stream.uniform(-8...0), sameBody: true, stream: &stream)
        }
    }

    mutating func street(_ family: AmbienceFamily, stream: inout RandomStream) {
        switch family {
        case .crowd:
            // Many distant voices: noise in the bands of speech, each beating at syllable rate.
            for _ in 0..<stream.integer(3..<7) {
                let centre = stream.logUniform(250...3000)
                noise(
                    exponent: 0.8, band: centre * 0.6...min(centre * 1.7, 0.44 * Double(sampleRate)),
                    modulation: (stream.uniform(3...8), stream.uniform(3...14)),
                    level: -6 * Mathematics.logarithm(centre / 250), stream: &stream)
            }
            noise(exponent: 1.3, band: 60...6000, level: stream.uniform(-16 ... -3), stream: &stream)
        case .passing:
            noise(
                exponent: stream.uniform(0.8...1.6), band: 40...stream.uniform(1500...9000),
                peaks: randomPeaks(0..<3, 100...1200, &stream),
                modulation: (stream.uniform(2...8), stream.uniform(0...4)), level: 0, stream: &stream)
            if stream.chance(0.7) {
                comb(
                    frequency: stream.logUniform(35...180), harmonics: stream.integer(8..<50),
                    slope: stream.uniform(0.5...1.2), drift: 0.01, glide: stream.uniform(-0.3...0.05),
                    level: stream.uniform(-12...3), stream: &stream)
            }
            let (moment, width) = (stream.uniform(-0.3...1.3) * seconds, stream.logUniform(0.4...4))
            let far = Float(Mathematics.gain(decibels: stream.uniform(-22 ... -6)))
            shape { second in
                let distance = (second - moment) / width
                return far + (1 - far) * Float(1 / (1 + distance * distance))
            }
        case .interference:
            noise(
                exponent: stream.uniform(-0.6...0.5), band: stream.uniform(30...800)...9000,
                modulation: (stream.uniform(1...30), stream.uniform(0...16)), level: 0, stream: &stream)
            comb(
                frequency: stream.logUniform(50...1200), harmonics: stream.integer(2..<60),
                slope: stream.uniform(0...0.8), drift: stream.uniform(0...0.01),
                modulation: (stream.uniform(1...30), stream.uniform(0...20)), level: stream.uniform(-16...2),
                stream: &stream)
            if stream.chance(0.5) {
                events(
                    rate: stream.logUniform(4...50), regularity: stream.uniform(), modes: 500...7000,
                    modeCount: 1, ring: 0.0003...0.002, click: 0.8, level: stream.uniform(-10...2),
                    stream: &stream)
            }
        default:
            // A café: murmur, clatter of dishes, a hissing machine now and then.
            for _ in 0..<4 {
                let centre = stream.logUniform(350...2400)
                noise(
                    exponent: 0.9, band: centre * 0.7...min(centre * 1.5, 0.44 * Double(sampleRate)),
                    modulation: (stream.uniform(4...7), stream.uniform(6...12)),
                    level: -5 * Mathematics.logarithm(centre / 350), stream: &stream)
            }
            events(
                rate: stream.uniform(1.5...6), regularity: 0, modes: 1500...7000, modeCount: 4,
                ring: 0.008...0.08,
                click: 0.2, level: stream.uniform(-8...0), stream: &stream)
            noise(exponent: 0.4, band: 300...8000, level: stream.uniform(-16 ... -6), stream: &stream)
        }
    }
}
