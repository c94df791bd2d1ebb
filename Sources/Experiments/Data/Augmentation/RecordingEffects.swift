import Audio
import StrictJSON
import Tensor

// What makes the input a worse recording: rooms, noises and levels.

/// `{"kind": "remix"}`
public struct RemixAugmentation: AugmentationConfig {
    public static let kind = "remix"
    public static let summary =
        "the noise of another example: its input less its target replaces the pair's own"
    public static let target = AugmentationTarget.input

    public var probability = 0.5

    public init() {}

    public static let fields: [Field<Self>] = [probabilityField]

    public func apply(
        _ pair: inout AlignedPair, samples: Int, context: AugmentationContext, stream: RandomStream,
        drawn: inout JSONObject
    ) throws {
        let (other, number) = try context.partner(samples, stream)
        drawn["pair"] = .integer(number)
        for i in pair.degraded.indices {
            pair.degraded[i] = pair.clean[i] + other.degraded[i] - other.clean[i]
        }
    }
}

/// `{"kind": "room", "t60": [0.1, 0.5], "impulses": "my_rooms"}`
public struct RoomAugmentation: AugmentationConfig {
    public static let kind = "room"
    public static let summary = "a room: simulated (image sources), or an impulse response of a folder"
    public static let target = AugmentationTarget.input

    public var probability = 0.3
    public var t60 = DegradationConfiguration.Interval(0.1, 0.5)
    public var distance = DegradationConfiguration.Interval(0.3, 2)
    public var impulses = ""

    public init() {}

    public static let fields: [Field<Self>] = [
        probabilityField, Field("t60", \.t60, "reverberation time of a simulated room, s"),
        Field("distance", \.distance, "from the source to the microphone, m"),
        Field("impulses", \.impulses, "a folder of impulse responses in place of simulated rooms"),
    ]

    public func validate() throws {
        try accept("t60", t60, 0.02...3)
        try accept("distance", distance, 0.02...20)
    }

    public func apply(
        _ pair: inout AlignedPair, samples: Int, context: AugmentationContext, stream: RandomStream,
        drawn: inout JSONObject
    ) throws {
        var stream = stream
        let response: [Float]
        if impulses.isEmpty {
            let size = SIMD3(stream.uniform(2.5...7), stream.uniform(3...9), stream.uniform(2.3...3.5))
            let t60 = stream.uniform(t60.range)
            let distance = min(stream.uniform(distance.range), size.x - 1.2)
            let microphone = SIMD3(0.6, stream.uniform(0.5...size.y - 0.5), stream.uniform(0.7...1.7))
            let room = ShoeboxRoom(
                size: size, t60: t60, source: microphone + SIMD3(distance, 0, 0), microphone: microphone)
            response = room.response(sampleRate: context.sampleRate, stream: stream.fork("tail"))
            drawn["t60"] = .number(t60)
            drawn["distance"] = .number(distance)
            drawn["room"] = .array([.number(size.x), .number(size.y), .number(size.z)])
        } else {
            let (name, samples) = try ImpulseFolder.shared(impulses).draw(
                sampleRate: context.sampleRate, &stream)
            response = samples
            drawn["impulse"] = .string(name)
        }
        pair.degraded = Convolution.causal(pair.degraded, with: response)
    }
}

/// `{"kind": "noise", "snr": [5, 30]}`
public struct NoiseAugmentation: AugmentationConfig {
    public static let kind = "noise"
    public static let summary = "more synthesised noise in the background"
    public static let target = AugmentationTarget.input

    public var probability = 0.3
    public var snr = DegradationConfiguration.Interval(5, 30)
    public var shares = DegradationConfiguration.NoiseShares()

    public init() {}

    public static let fields: [Field<Self>] = [
        probabilityField, Field("snr", \.snr, "active level of the input over the noise, dB"),
        Field("shares", \.shares, "relative frequency of each kind of noise"),
    ]

    public func validate() throws { try accept("snr", snr, -40...80) }

    public func apply(
        _ pair: inout AlignedPair, samples: Int, context: AugmentationContext, stream: RandomStream,
        drawn: inout JSONObject
    ) {
        var stream = stream
        let snr = stream.uniform(snr.range)
        let kind = shares.draw(&stream)
        let noise = InputEffects.noise(
            kind, count: pair.degraded.count, sampleRate: context.sampleRate, stream: stream.fork("samples"))
        let active = ActiveLevel.rms(pair.degraded, sampleRate: context.sampleRate)
        let level = ActiveLevel.meanRMS(noise)
        drawn["kind"] = .string(kind.rawValue)
        drawn["snr"] = .number(snr)
        guard active > 0, level > 0 else { return }
        let gain = Float(active / level) * decibelGain(-snr)
        for i in pair.degraded.indices { pair.degraded[i] += gain * noise[i] }
    }
}

/// `{"kind": "band_limit", "cutoff": [2500, 7000]}`
public struct BandLimitAugmentation: AugmentationConfig {
    public static let kind = "band_limit"
    public static let summary = "highs are missing (low-pass without delay)"
    public static let target = AugmentationTarget.input

    public var probability = 0.2
    public var cutoff = DegradationConfiguration.Interval(2500, 7000)

    public init() {}

    public static let fields: [Field<Self>] = [
        probabilityField, Field("cutoff", \.cutoff, "highest frequency that stays, Hz"),
    ]

    public func validate() throws { try accept("cutoff", cutoff, 200...48000) }

    public func apply(
        _ pair: inout AlignedPair, samples: Int, context: AugmentationContext, stream: RandomStream,
        drawn: inout JSONObject
    ) {
        var stream = stream
        let cutoff = stream.uniform(cutoff.range)
        drawn["cutoff"] = .number(cutoff)
        let rate = Double(context.sampleRate)
        guard cutoff < 0.45 * rate else { return }
        pair.degraded = RecursiveFilter.butterworth(order: 6, .lowPass(cutoff), sampleRate: rate)
            .filterBothWays(pair.degraded.map(Double.init)).map(Float.init)
    }
}
