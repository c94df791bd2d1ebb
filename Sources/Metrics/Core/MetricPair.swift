import Synchronization

/// A reference and an estimate to be measured, with what several measures need of them.
///
/// Measures of one family share most of their work (STOI and ESTOI, the composite measures and PESQ): each
/// intermediate result is computed once per pair, by whichever measure asks first.
public final class MetricPair: Sendable {
    /// The clean samples, nominally in [-1, 1].
    public let reference: [Float]
    /// The samples to judge, as many.
    public let estimate: [Float]
    /// In hertz, of both.
    public let sampleRate: Int

    private let known = Mutex<[String: any Sendable]>([:])

    public init(reference: [Float], estimate: [Float], sampleRate: Int) {
        self.reference = reference
        self.estimate = estimate
        self.sampleRate = sampleRate
    }

    public var sampleCount: Int { reference.count }

    /// The value stored under a name, computed at the first call. Two threads that ask at once may both
    /// compute it, with the same result.
    func shared<Value: Sendable>(_ name: String, _ compute: () -> Value) -> Value {
        // In two steps: the cast of an absent value to an optional type would succeed.
        if let stored = known.withLock({ $0[name] }), let value = stored as? Value { return value }
        let value = compute()
        known.withLock { $0[name] = value }
        return value
    }

    /// The samples in double precision.
    var doubles: (reference: [Double], estimate: [Double]) {
        shared("doubles") { (reference.map(Double.init), estimate.map(Double.init)) }
    }

    /// Whether no sample differs from zero.
    var referenceIsSilent: Bool { shared("reference is silent") { reference.allSatisfy { $0 == 0 } } }
    var estimateIsSilent: Bool { shared("estimate is silent") { estimate.allSatisfy { $0 == 0 } } }

    /// Why this pair cannot be measured at all, or nil when it can.
    var defect: String? { shared("defect") { findDefect() } }

    private func findDefect() -> String? {
        guard sampleRate > 0 else { return "sampling rate \(sampleRate) Hz: it must be positive" }
        guard reference.count == estimate.count else {
            return "lengths differ: reference \(reference.count), estimate \(estimate.count) samples"
        }
        if let index = reference.firstIndex(where: { !$0.isFinite }) {
            return "reference sample \(index) is not finite"
        }
        if let index = estimate.firstIndex(where: { !$0.isFinite }) {
            return "estimate sample \(index) is not finite"
        }
        return nil
    }
}
