import Audio
import StrictJSON
import Tensor

// What electronics and networks do to the input.

/// `{"kind": "compression", "exponent": [0.2, 0.6]}`
public struct CompressionAugmentation: AugmentationConfig {
    public static let kind = "compression"
    public static let summary = "automatic gain: (reference / envelope)^exponent"
    public static let target = AugmentationTarget.input

    public var probability = 0.2
    public var exponent = DegradationConfiguration.Interval(0.2, 0.6)

    public init() {}

    public static let fields: [Field<Self>] = [
        probabilityField,
        Field("exponent", \.exponent, "0 does nothing, 1 makes everything equally loud"),
    ]

    public func validate() throws { try accept("exponent", exponent, 0...1) }

    public func apply(
        _ pair: inout AlignedPair, samples: Int, context: AugmentationContext, stream: RandomStream,
        drawn: inout JSONObject
    ) {
        var stream = stream
        let exponent = stream.uniform(exponent.range)
        pair.degraded = InputEffects.compress(
            pair.degraded, exponent: exponent, sampleRate: context.sampleRate)
        drawn["exponent"] = .number(exponent)
    }
}

/// `{"kind": "clipping", "share": [0.001, 0.02]}`
public struct ClippingAugmentation: AugmentationConfig {
    public static let kind = "clipping"
    public static let summary = "the loudest samples are cut off"
    public static let target = AugmentationTarget.input

    public var probability = 0.2
    public var share = DegradationConfiguration.Interval(0.001, 0.02)

    public init() {}

    public static let fields: [Field<Self>] = [
        probabilityField, Field("share", \.share, "share of samples that are cut off"),
    ]

    public func validate() throws { try accept("share", share, 0...0.5) }

    public func apply(
        _ pair: inout AlignedPair, samples: Int, context: AugmentationContext, stream: RandomStream,
        drawn: inout JSONObject
    ) {
        var stream = stream
        let (signal, clipped) = InputEffects.clip(pair.degraded, share: stream.uniform(share.range))
        pair.degraded = signal
        drawn["share"] = .number(clipped)
    }
}

/// `{"kind": "codec", "shares": {"mu_law": 1}}`
public struct CodecAugmentation: AugmentationConfig {
    public static let kind = "codec"
    public static let summary = "a codec: mu-law, A-law, ADPCM, or a transform codec with too few bits"
    public static let target = AugmentationTarget.input

    public var probability = 0.3
    public var shares = PhoneSimulation.CodecShares()
    public var transformRatio = PhoneSimulation().transformRatio
    public var transformEdge = PhoneSimulation().transformEdge

    public init() { shares.none = 0 }

    public static let fields: [Field<Self>] = [
        probabilityField, Field("shares", \.shares, "relative frequency of each codec"),
        Field("transform_ratio", \.transformRatio, "of the transform codec: signal to rounding noise, dB"),
        Field("transform_edge", \.transformEdge, "of the transform codec: highest frequency, Hz"),
    ]

    public func validate() throws {
        try accept("transform_ratio", transformRatio, -10...60)
        try accept("transform_edge", transformEdge, 200...48000)
    }

    public func apply(
        _ pair: inout AlignedPair, samples: Int, context: AugmentationContext, stream: RandomStream,
        drawn: inout JSONObject
    ) {
        let line = CodecLine(shares: shares, ratio: transformRatio, edge: transformEdge)
        let (signal, codec) = line.transmit(pair.degraded, sampleRate: context.sampleRate, stream: stream)
        pair.degraded = signal
        drawn["codec"] = .string(codec.name ?? "none")
        if let ratio = codec.ratio { drawn["transform_ratio"] = .number(ratio) }
        if let edge = codec.edge { drawn["transform_edge"] = .number(edge) }
    }
}

/// `{"kind": "packet_loss", "share": [0.01, 0.1]}`
public struct PacketLossAugmentation: AugmentationConfig {
    public static let kind = "packet_loss"
    public static let summary = "packets of 20 ms are lost in bursts and repeated from the one before"
    public static let target = AugmentationTarget.input

    public var probability = 0.1
    public var share = DegradationConfiguration.Interval(0.01, 0.1)
    public var burst = 1.5

    public init() {}

    public static let fields: [Field<Self>] = [
        probabilityField, Field("share", \.share, "share of packets that are lost"),
        Field("burst", \.burst, in: 1...50, "packets lost in a row on average"),
    ]

    public func validate() throws { try accept("share", share, 0...0.8) }

    public func apply(
        _ pair: inout AlignedPair, samples: Int, context: AugmentationContext, stream: RandomStream,
        drawn: inout JSONObject
    ) {
        var stream = stream
        let loss = PacketLoss(share: stream.uniform(share.range), burst: burst)
        let (heard, lost) = loss.transmit(
            pair.degraded, sampleRate: context.sampleRate, stream: stream.fork("packets"))
        pair.degraded = heard
        drawn["share"] = .number(lost)
    }
}

/// `{"kind": "spectral_mask"}`
public struct SpectralMaskAugmentation: AugmentationConfig {
    public static let kind = "spectral_mask"
    public static let summary = "stripes of the spectrogram are missing (SpecAugment)"
    public static let target = AugmentationTarget.input

    public var probability = 0.2
    public var bands = 1
    public var times = 1
    public var bandWidth = 0.5
    public var timeWidth = 0.1

    public init() {}

    public static let fields: [Field<Self>] = [
        probabilityField, Field("bands", \.bands, in: 0...20, "how many bands"),
        Field("times", \.times, in: 0...20, "how many moments"),
        Field("band_width", \.bandWidth, in: 0...4, "widest band, octaves"),
        Field("time_width", \.timeWidth, in: 0...2, "longest moment, s"),
    ]

    public func apply(
        _ pair: inout AlignedPair, samples: Int, context: AugmentationContext, stream: RandomStream,
        drawn: inout JSONObject
    ) {
        let mask = SpectralMask(bands: bands, times: times, bandWidth: bandWidth, timeWidth: timeWidth)
        let (signal, stripes) = mask.apply(
            to: pair.degraded, sampleRate: context.sampleRate, stream: stream)
        pair.degraded = signal
        func list(_ ranges: [ClosedRange<Double>]) -> JSONValue {
            .array(ranges.map { [.number($0.lowerBound), .number($0.upperBound)] })
        }
        drawn["bands_hz"] = list(stripes.bands)
        drawn["times_s"] = list(stripes.times)
    }
}
