/// Every distribution of the phone simulation: a room, a microphone, noises, automatic gain, clipping, a codec and
/// lost packets, one after the other.
public struct PhoneSimulation: Codable, Hashable, Sendable {
    public typealias Interval = DegradationConfiguration.Interval

    /// Relative frequency of each codec.
    public struct CodecShares: Codable, Hashable, Sendable {
        public var none = 0.3
        public var muLaw = 0.15
        public var aLaw = 0.1
        public var differential = 0.15
        public var transform = 0.3

        public init() {}
    }

    /// Share of recordings in a room.
    public var roomShare = 0.8
    /// Metres.
    public var roomWidth = Interval(2.5, 6)
    public var roomDepth = Interval(3, 8)
    public var roomHeight = Interval(2.3, 3.2)
    /// Reverberation time, s.
    public var t60 = Interval(0.15, 0.6)
    /// From the mouth to the microphone, metres.
    public var distance = Interval(0.15, 1.5)

    /// Edges of the microphone's band, hertz.
    public var lowCut = Interval(60, 250)
    public var highCut = Interval(4000, 12000)
    /// How many resonances it has; rounded.
    public var resonances = Interval(0, 3)
    /// Hertz, dB, centre over bandwidth.
    public var resonanceFrequency = Interval(700, 5000)
    public var resonanceGain = Interval(-5, 9)
    public var resonanceQuality = Interval(1, 6)

    /// Share of recordings in which the phone is handled.
    public var handlingShare = 0.25
    /// Bursts a second.
    public var handlingRate = Interval(0.3, 1.5)
    /// Peak over the active level, dB.
    public var handlingLevel = Interval(-12, 8)

    /// Share of recordings with automatic gain (its exponent as in class A).
    public var gainShare = 0.5
    /// Share of recordings that are clipped (the share of samples as in class A).
    public var clipShare = 0.25

    public var codecShares = CodecShares()
    /// Of the transform codec: signal to rounding noise, dB, and the highest frequency, hertz.
    public var transformRatio = Interval(4, 14)
    public var transformEdge = Interval(3400, 9000)
    /// Share of recordings that lose packets, and the share of packets lost there.
    public var lossShare = 0.1
    public var packetLoss = Interval(0.01, 0.1)

    public init() {}
}

/// The values drawn for one simulated phone. A nil means that the step was not applied.
public struct PhoneSimulationRecord: Codable, Hashable, Sendable {
    /// Metres.
    public var roomSize: [Double]?
    public var distance: Double?
    /// Hertz.
    public var lowCut: Double?
    public var highCut: Double?
    public var resonances: [Microphone.Resonance] = []
    /// Peak over the active level, dB.
    public var handlingLevel: Double?
    public var codec: String?
    public var transformRatio: Double?
    public var transformEdge: Double?
    /// Share of packets that were lost.
    public var packetLoss: Double?

    public init() {}
}
