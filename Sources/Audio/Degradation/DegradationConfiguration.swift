/// Every distribution of the degradation chain; the one source of its defaults.
public struct DegradationConfiguration: Codable, Hashable, Sendable {
    /// An interval from which a value is drawn uniformly.
    public struct Interval: Codable, Hashable, Sendable {
        public var minimum: Double
        public var maximum: Double

        public init(_ minimum: Double, _ maximum: Double) {
            self.minimum = minimum
            self.maximum = maximum
        }
    }

    /// Relative frequency of each class.
    public struct ClassShares: Codable, Hashable, Sendable {
        public var noise = 0.50
        public var phone = 0.22
        public var room = 0.14
        public var gain = 0.14

        public init() {}
    }

    /// Relative frequency of each kind of noise.
    public struct NoiseShares: Codable, Hashable, Sendable {
        public var ambience = 0.50
        public var babble = 0.10
        public var keys = 0.06
        public var hum = 0.06
        public var white = 0.09
        public var pink = 0.11
        public var brown = 0.08

        public init() {}
    }

    /// A room: reverberation time in s, direct-to-reverberant ratio in dB.
    public struct Room: Codable, Hashable, Sendable {
        public var t60: Interval
        public var directToReverberant: Interval

        public init(t60: Interval, directToReverberant: Interval) {
            self.t60 = t60
            self.directToReverberant = directToReverberant
        }
    }

    public var classShares = ClassShares()
    public var noiseShares = NoiseShares()

    /// SNR over the active level in dB, for training and validation.
    public var snr = Interval(-2, 22)
    /// SNR choices of the test split in dB (the four of VoiceBank-DEMAND).
    public var testSNR: [Double] = [2.5, 7.5, 12.5, 17.5]
    /// SNR choices of the test split for class R.
    public var testRoomSNR: [Double] = [12.5, 17.5, 22.5]

    /// The room of class R.
    public var room = Room(t60: Interval(0.15, 0.45), directToReverberant: Interval(0, 8))
    /// The room that some items of class P have.
    public var phoneRoom = Room(t60: Interval(0.10, 0.25), directToReverberant: Interval(4, 10))
    /// Share of class P items with a room.
    public var phoneRoomShare = 0.30

    /// Exponent a of the gain (reference / envelope)^a of class A.
    public var gainExponent = Interval(0.3, 0.7)
    /// Envelope at which the gain of class A is 1.
    public var gainReference = 0.1
    /// Largest gain of class A in dB.
    public var gainMaximum = 15.0
    /// Time constants of the envelope follower in s.
    public var gainAttack = 0.005
    public var gainRelease = 0.150

    /// Share of samples clipped in class A.
    public var clipFraction = Interval(0.001, 0.032)
    /// Share of samples clipped in those items of class P that are clipped.
    public var phoneClipFraction = Interval(0.0003, 0.01)
    /// Share of class P items that are clipped.
    public var phoneClipShare = 0.30

    /// Pass band of the telephone in Hz.
    public var phoneBand = Interval(300, 3400)
    /// Largest peak of either signal of a pair.
    public var peakLimit = 0.97

    /// A whole phone in place of the four classes; nil: the classes.
    public var simulation: PhoneSimulation?

    public init() {}

    /// What the items of a frozen list go round: the classes that training sees.
    public var classes: [DegradationClass] {
        guard simulation == nil else { return [.simulated] }
        let shares = [classShares.noise, classShares.phone, classShares.room, classShares.gain]
        return zip(DegradationClass.chain, shares).filter { $1 > 0 }.map(\.0)
    }
}
