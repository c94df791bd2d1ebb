import CKernels

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension Tensor {
    /// The sum of squared elements, in double precision.
    public func sumOfSquares() -> Double {
        withValues { values in
            guard let base = values.baseAddress else { return 0 }
            return Sum.partialSums(values.count) {
                ck_dot(base + $0.lowerBound, base + $0.lowerBound, $0.count)
            }
        }
    }

    /// Whether no element is NaN or infinite.
    public var isFinite: Bool { (self * 0).sumOfSquares() == 0 }
}

extension Tensor {
    /// (sum |x|^order)^(1 / order), in double precision; the largest magnitude for an infinite order.
    public func norm(order: Double) -> Double { withValues { VectorNorm.of($0, order: order) } }
}

/// Norms of vectors of any order.
public enum VectorNorm {
    /// - Parameter order: above 0; infinity is the largest magnitude.
    public static func of(_ values: some Sequence<Float>, order: Double) -> Double {
        of(values.lazy.map { Double($0) }, order: order)
    }

    /// - Parameter order: above 0; infinity is the largest magnitude.
    public static func of(_ values: some Sequence<Double>, order: Double) -> Double {
        require(order > 0, "[norm] order must be above 0, not \(order)")
        if order.isInfinite { return values.reduce(0) { max($0, abs($1)) } }
        let total = values.reduce(0) { $0 + pow(abs($1), order) }
        return pow(total, 1 / order)
    }
}
