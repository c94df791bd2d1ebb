import Foundation

/// Levels in decibels of a whole array, with a reference, a floor and a range below the peak.
///
///     L = 10 log10(max(x, floor)) - 10 log10(max(floor, reference)),   then   L = max(L, max L - range)
public struct DecibelScale: Sendable, Equatable {
    /// What becomes 0 dB.
    public enum Reference: Sendable, Equatable {
        case value(Double)
        /// The largest value of the array.
        case maximum
    }

    /// Default 1.
    public var reference: Reference
    /// The smallest power that is told from silence; default 1e-10 (1e-5 in amplitude).
    public var floor: Double
    /// How far below the largest level the lowest may lie, in dB; default nil: no limit.
    public var range: Double?

    public init(reference: Reference = .value(1), floor: Double = 1e-10, range: Double? = nil) {
        self.reference = reference
        self.floor = floor
        self.range = range
    }

    /// Levels of powers, dB.
    public func levels(ofPower power: [Double]) -> [Double] {
        guard let peak = power.max() else { return [] }
        let zero =
            switch reference {
            case .value(let value): abs(value)
            case .maximum: abs(peak)
            }
        let offset = 10 * log10(max(floor, zero))
        let lowest = range.map { 10 * log10(max(peak, floor)) - offset - $0 } ?? -.infinity
        return power.map { max(10 * log10(max($0, floor)) - offset, lowest) }
    }

    /// Levels of amplitudes, dB: those of their squares. The reference is an amplitude, the floor a power.
    public func levels(ofAmplitude amplitude: [Double]) -> [Double] {
        var scale = self
        if case .value(let value) = reference { scale.reference = .value(value * value) }
        return scale.levels(ofPower: amplitude.map { $0 * $0 })
    }

    /// Levels of a matrix of powers, dB.
    public func levels(ofPower power: FeatureMatrix) -> FeatureMatrix {
        FeatureMatrix(
            frameCount: power.frameCount, width: power.width, values: levels(ofPower: power.values))
    }
}
