import Audio
import StrictJSON

// The degradation chain's configuration is what a file may say about it: one source of defaults.

extension DegradationConfiguration.Interval: ConfigValue {
    public static var typeName: String { "two numbers, the lower first" }

    public static func decode(_ json: JSONValue, at path: JSONPath, onto base: Self?) throws -> Self {
        guard let numbers = json.arrayValue?.map(\.doubleValue), numbers.count == 2, let low = numbers[0],
            let high = numbers[1]
        else {
            throw JSONError(at: path, "expected \(typeName), as in [0.1, 0.5], found \(json.summary)")
        }
        guard low <= high else {
            throw JSONError(at: path, "\(low) is above \(high); accepted: \(typeName)")
        }
        return Self(low, high)
    }

    public var json: JSONValue { .array([.number(minimum), .number(maximum)]) }
}

extension DegradationConfiguration.ClassShares: Configurable {
    public static let fields: [Field<Self>] = [
        Field("noise", \.noise, in: 0..., "N: additive noise"),
        Field("phone", \.phone, in: 0..., "P: noise and telephone band"),
        Field("room", \.room, in: 0..., "R: small room and noise"),
        Field("gain", \.gain, in: 0..., "A: automatic gain, clipping and noise"),
    ]

    public func validate() throws {
        guard noise + phone + room + gain > 0 else {
            throw JSONError("all shares are 0; at least one class must be above 0")
        }
    }
}

extension DegradationConfiguration.NoiseShares: Configurable {
    public static let fields: [Field<Self>] = [
        Field("ambience", \.ambience, in: 0..., "scenes: recorded ones, else synthesised"),
        Field("babble", \.babble, in: 0..., "several voices at once"),
        Field("keys", \.keys, in: 0..., "key strokes at random times"),
        Field("hum", \.hum, in: 0..., "50 or 60 Hz with harmonics"),
        Field("white", \.white, in: 0..., "white noise"),
        Field("pink", \.pink, in: 0..., "noise that falls by 3 dB an octave"),
        Field("brown", \.brown, in: 0..., "noise that falls by 6 dB an octave"),
    ]

    public func validate() throws {
        guard ambience + babble + keys + hum + white + pink + brown > 0 else {
            throw JSONError("all shares are 0; at least one kind must be above 0")
        }
    }
}

extension DegradationConfiguration.Room: Configurable {
    public init() { self = DegradationConfiguration().room }

    public static let fields: [Field<Self>] = [
        Field("t60", \.t60, "reverberation time, s"),
        Field("direct_to_reverberant", \.directToReverberant, "direct sound over reverberation, dB"),
    ]

    public func validate() throws {
        guard t60.minimum >= 0.02, t60.maximum <= 3 else {
            throw JSONError(at: "t60", "\(t60.json.canonicalText) is out of range; accepted: 0.02 to 3 s")
        }
        guard directToReverberant.minimum >= -40, directToReverberant.maximum <= 80 else {
            throw JSONError(
                at: "direct_to_reverberant",
                "\(directToReverberant.json.canonicalText) is out of range; accepted: -40 to 80 dB")
        }
    }
}

extension DegradationConfiguration: Configurable {
    public static let fields: [Field<Self>] = [
        Field("class_shares", \.classShares, "relative frequency of each class in training"),
        Field("noise_shares", \.noiseShares, "relative frequency of each kind of noise"),
        Field("snr", \.snr, "SNR over the active level in training and validation, dB"),
        Field("test_snr", \.testSNR, count: 1..., each: -40...80, "SNRs of the test, dB"),
        Field("test_room_snr", \.testRoomSNR, count: 1..., each: -40...80, "SNRs of the test in class R, dB"),
        Field("room", \.room, "the room of class R"),
        Field("phone_room", \.phoneRoom, "the room of some items of class P"),
        Field("phone_room_share", \.phoneRoomShare, in: 0...1, "share of class P with a room"),
        Field("phone_band", \.phoneBand, "pass band of the telephone, Hz"),
        Field("phone_clip_share", \.phoneClipShare, in: 0...1, "share of class P that is clipped"),
        Field("phone_clip_fraction", \.phoneClipFraction, "share of samples clipped there"),
        Field("clip_fraction", \.clipFraction, "share of samples clipped in class A"),
        Field("gain_exponent", \.gainExponent, "a of the automatic gain (reference / envelope)^a in class A"),
        Field("gain_reference", \.gainReference, in: Above(0, through: 1), "envelope that it leaves alone"),
        Field("gain_maximum", \.gainMaximum, in: 0...60, "largest automatic gain, dB"),
        Field("gain_attack", \.gainAttack, in: 1e-4...1, "time constant of a rising envelope, s"),
        Field("gain_release", \.gainRelease, in: 1e-4...10, "time constant of a falling envelope, s"),
        Field(
            "peak_limit", \.peakLimit, in: Above(0, through: 1), "pairs with a higher peak are turned down"),
        Field("simulation", \.simulation, "a whole phone in place of the four classes; null: the classes"),
    ]

    public func validate() throws {
        func check(_ key: JSONPath, _ interval: Interval, _ accepted: ClosedRange<Double>) throws {
            guard accepted.contains(interval.minimum), accepted.contains(interval.maximum) else {
                throw JSONError(
                    at: key, "\(interval.json.canonicalText) is out of range; accepted: \(accepted.summary)")
            }
        }
        try check("snr", snr, -40...80)
        try check("phone_band", phoneBand, 20...20000)
        try check("phone_clip_fraction", phoneClipFraction, 0...0.5)
        try check("clip_fraction", clipFraction, 0...0.5)
        try check("gain_exponent", gainExponent, 0...1)
    }
}
