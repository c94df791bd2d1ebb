import Tensor

/// The way from the performer to the tape in a good studio: a little room, microphone colour, a noise floor.
///
/// All but the floor is linear and equal for every stem, so stems still sum to the mixture.
struct StudioChannel {
    let sampleRate: Int
    private var filters: [ToneFilter] = []
    /// Early reflections: delay in samples and gain.
    private var reflections: [(delay: Int, gain: Float)] = []
    /// RMS of the floor, dBFS.
    private let floorLevel: Double
    private let floorSlope: Double
    private let floorStream: RandomStream

    init(sampleRate: Int, stream: RandomStream) {
        var stream = stream
        self.sampleRate = sampleRate
        // Subsonic filter, proximity or thinness, a bell, and a tilt of up to 4 dB at the top.
        filters.append(.highPass(stream.uniform(30...90), sampleRate: sampleRate))
        let tilt = stream.uniform(-4...4)
        filters.append(.highShelf(stream.logUniform(700...2500), decibels: tilt, sampleRate: sampleRate))
        filters.append(
            .highShelf(stream.logUniform(120...300), decibels: stream.uniform(-3...3), sampleRate: sampleRate)
        )
        filters.append(
            .peak(
                stream.logUniform(300...min(6000, 0.4 * Double(sampleRate))),
                quality: stream.uniform(0.6...1.6),
                decibels: stream.uniform(-3...3), sampleRate: sampleRate))
        if stream.chance(0.45) {
            let strength = Mathematics.gain(decibels: stream.uniform(-34 ... -20))
            for _ in 0..<stream.integer(3..<8) {
                let delay = stream.uniform(0.002...0.03)
                let fade = Mathematics.exponential(-delay / 0.012)
                let sign: Double = stream.chance(0.5) ? 1 : -1
                reflections.append(
                    (Int(delay * Double(sampleRate)), Float(sign * strength * fade * stream.uniform(0.5...1)))
                )
            }
        }
        floorLevel = stream.uniform(-76 ... -61)
        floorSlope = stream.uniform(0.3...1.6)
        floorStream = stream.fork("floor")
    }

    /// Room and colour, in place.
    func process(_ signal: inout [Float]) {
        if !reflections.isEmpty {
            let dry = signal
            for (delay, gain) in reflections where delay < dry.count {
                for i in delay..<dry.count { signal[i] += gain * dry[i - delay] }
            }
        }
        for var filter in filters { filter.filter(&signal) }
    }

    /// The noise floor of the room and the amplifier.
    func noiseFloor(count: Int) -> [Float] {
        var noise = NoiseSource(floorStream)
        var floor = noise.samples(count)
        var slope = SlopeFilter(exponent: floorSlope, sampleRate: sampleRate)
        slope.filter(&floor)
        let level = ActiveLevel.meanRMS(floor)
        guard level > 0 else { return floor }
        let gain = Float(Mathematics.gain(decibels: floorLevel) / level)
        for i in floor.indices { floor[i] *= gain }
        return floor
    }
}
