import Audio
import StrictJSON
import Tensor

// What changes input and target alike.

/// `{"kind": "time_stretch", "rate": [0.9, 1.1]}`
public struct TimeStretchAugmentation: AugmentationConfig {
    public static let kind = "time_stretch"
    public static let summary = "another speed at the same pitch (phase vocoder that keeps attacks)"
    public static let target = AugmentationTarget.both

    public var probability = 0.3
    public var rate = DegradationConfiguration.Interval(0.9, 1.1)

    public init() {}

    public static let fields: [Field<Self>] = [
        probabilityField, Field("rate", \.rate, "speed; above 1 is faster"),
    ]

    public func validate() throws { try accept("rate", rate, 0.25...4) }

    private func draw(_ stream: RandomStream) -> Double {
        var stream = stream
        return stream.uniform(rate.range)
    }

    public func needed(for samples: Int, stream: RandomStream) -> Int {
        Int((Double(samples) * draw(stream)).rounded(.up)) + 1
    }

    public func apply(
        _ pair: inout AlignedPair, samples: Int, context: AugmentationContext, stream: RandomStream,
        drawn: inout JSONObject
    ) {
        let rate = draw(stream)
        let stretch = TimeStretch(fftSize: TimeStretch.fftSize(forRate: context.sampleRate))
        pair.change { fitted(stretch.stretch($0.map(Double.init), rate: rate).map(Float.init), samples) }
        drawn["rate"] = .number(rate)
    }
}

/// `{"kind": "pitch_shift", "semitones": [-3, 3], "preserve_formants": true}`
public struct PitchShiftAugmentation: AugmentationConfig {
    public static let kind = "pitch_shift"
    public static let summary = "another pitch at the same speed"
    public static let target = AugmentationTarget.both

    public var probability = 0.3
    public var semitones = DegradationConfiguration.Interval(-3, 3)
    public var preserveFormants = false

    public init() {}

    public static let fields: [Field<Self>] = [
        probabilityField, Field("semitones", \.semitones, "by how much, semitones"),
        Field("preserve_formants", \.preserveFormants, "whether a voice stays that of the same person"),
    ]

    public func validate() throws { try accept("semitones", semitones, -24...24) }

    public func apply(
        _ pair: inout AlignedPair, samples: Int, context: AugmentationContext, stream: RandomStream,
        drawn: inout JSONObject
    ) {
        var stream = stream
        let semitones = stream.uniform(semitones.range)
        let shift = PitchShift(sampleRate: context.sampleRate, preservesFormants: preserveFormants)
        let both = [pair.clean, pair.degraded].map { $0.map(Double.init) }
        let shifted = shift.shift(all: both, semitones: semitones).map { fitted($0.map(Float.init), samples) }
        (pair.clean, pair.degraded) = (shifted[0], shifted[1])
        drawn["semitones"] = .number(semitones)
    }
}

/// `{"kind": "gain", "decibels": [-10, 6]}`
public struct GainAugmentation: AugmentationConfig {
    public static let kind = "gain"
    public static let summary = "another level"
    public static let target = AugmentationTarget.both

    public var probability = 1.0
    public var decibels = DegradationConfiguration.Interval(-10, 6)

    public init() {}

    public static let fields: [Field<Self>] = [
        probabilityField, Field("decibels", \.decibels, "by how much, dB"),
    ]

    public func validate() throws { try accept("decibels", decibels, -60...60) }

    public func apply(
        _ pair: inout AlignedPair, samples: Int, context: AugmentationContext, stream: RandomStream,
        drawn: inout JSONObject
    ) {
        var stream = stream
        let decibels = stream.uniform(decibels.range)
        let gain = decibelGain(decibels)
        pair.change { $0.map { $0 * gain } }
        drawn["decibels"] = .number(decibels)
    }
}

/// `{"kind": "tilt", "decibels_per_octave": [-3, 3]}`
public struct TiltAugmentation: AugmentationConfig {
    public static let kind = "tilt"
    public static let summary = "a brighter or darker sound: a straight slope over the octaves"
    public static let target = AugmentationTarget.both

    public var probability = 0.3
    public var slope = DegradationConfiguration.Interval(-3, 3)

    public init() {}

    public static let fields: [Field<Self>] = [
        probabilityField, Field("decibels_per_octave", \.slope, "the slope, dB an octave"),
    ]

    public func validate() throws { try accept("decibels_per_octave", slope, -12...12) }

    public func apply(
        _ pair: inout AlignedPair, samples: Int, context: AugmentationContext, stream: RandomStream,
        drawn: inout JSONObject
    ) {
        var stream = stream
        let slope = stream.uniform(slope.range)
        pair.change {
            SpectralTilt.apply($0, decibelsPerOctave: slope, sampleRate: context.sampleRate)
        }
        drawn["decibels_per_octave"] = .number(slope)
    }
}

extension AlignedPair {
    /// The same change to both signals.
    mutating func change(_ effect: ([Float]) -> [Float]) {
        clean = effect(clean)
        degraded = effect(degraded)
    }
}

/// Cut or filled with silence to a length.
func fitted(_ signal: [Float], _ count: Int) -> [Float] {
    signal.count >= count
        ? Array(signal.prefix(count)) : signal + [Float](repeating: 0, count: count - signal.count)
}

/// Refuses an interval outside the range.
func accept(
    _ key: JSONPath, _ interval: DegradationConfiguration.Interval, _ accepted: ClosedRange<Double>
) throws {
    guard accepted.contains(interval.minimum), accepted.contains(interval.maximum) else {
        throw JSONError(
            at: key, "\(interval.json.canonicalText) is out of range; accepted: \(accepted.summary)")
    }
}
