/// A clean signal and its degraded version, aligned to the sample.
public struct DegradedPair: Sendable {
    /// The target; equal to the given signal but for a common gain (see ``DegradationRecord/pairGain``)
    /// and PCM16 rounding.
    public var clean: [Float]
    /// The input, as long as ``clean``.
    public var degraded: [Float]
    public var record: DegradationRecord

    public init(clean: [Float], degraded: [Float], record: DegradationRecord) {
        self.clean = clean
        self.degraded = degraded
        self.record = record
    }
}

/// The values that were drawn for one degraded item. A nil means that the step was not applied.
public struct DegradationRecord: Codable, Hashable, Sendable {
    public var degradationClass: DegradationClass
    public var split: DataSplit
    public var noiseKind: NoiseKind?
    /// Name of the ambience family, for example `wind`.
    public var noiseFamily: String?
    /// Active level of the signal over the level of the noise, dB, as mixed (before AGC and telephone).
    public var snr: Double?
    /// Reverberation time of the room, s.
    public var t60: Double?
    /// Direct-to-reverberant ratio of the room, dB.
    public var directToReverberant: Double?
    /// Exponent of the automatic gain control.
    public var gainExponent: Double?
    /// Share of samples that were clipped, 0 ... 1.
    public var clipFraction: Double?
    /// Least-squares gain applied to the degraded signal.
    public var leastSquaresGain: Double
    /// Gain applied to both signals to keep their peaks under the limit; 1 when none was needed.
    public var pairGain: Double
    /// What was drawn for a simulated phone; nil for the four classes.
    public var simulation: PhoneSimulationRecord?

    public init(
        degradationClass: DegradationClass, split: DataSplit, noiseKind: NoiseKind? = nil,
        noiseFamily: String? = nil, snr: Double? = nil, t60: Double? = nil,
        directToReverberant: Double? = nil, gainExponent: Double? = nil, clipFraction: Double? = nil,
        leastSquaresGain: Double = 1, pairGain: Double = 1
    ) {
        self.degradationClass = degradationClass
        self.split = split
        self.noiseKind = noiseKind
        self.noiseFamily = noiseFamily
        self.snr = snr
        self.t60 = t60
        self.directToReverberant = directToReverberant
        self.gainExponent = gainExponent
        self.clipFraction = clipFraction
        self.leastSquaresGain = leastSquaresGain
        self.pairGain = pairGain
    }
}
