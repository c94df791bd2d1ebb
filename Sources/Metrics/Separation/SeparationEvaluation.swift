import Foundation

/// BSS Eval: estimates of several sources against the true ones.
///
/// An estimate is split by least squares with filters of 512 taps into what could be its own source, what could
/// be any source, and the rest:
///
///     estimate = P_own + (P_all - P_own) + (estimate - P_all)
///
/// Version 3 of mono sources takes P_own for the target; version 4, and images, take the true source and
/// count P_own - source as spatial distortion.
///
/// Sources: Vincent, Gribonval, Fevotte, Performance measurement in blind audio source separation, IEEE TASLP
/// 14(4), 2006; Vincent et al., First stereo audio source separation evaluation campaign, ICA 2007 (images);
/// Stoter, Liutkus, Ito, The 2018 signal separation evaluation campaign, LVA/ICA 2018 (version 4).
public enum SeparationEvaluation {
    /// Coefficients of the allowed filters.
    public static let taps = 512
    /// All orders are tried up to this number of sources.
    public static let largestPermutation = 8

    /// Version 3 of mono sources, over the whole clip.
    ///
    /// - Parameters:
    ///   - references: [source][sample].
    ///   - estimates: as many, as long.
    ///   - findsOrder: whether the order of the estimates with the greatest mean SIR is looked for.
    /// - Throws: `SeparationError` for silent or unequal signals.
    public static func version3(
        references: [[Float]], estimates: [[Float]], findsOrder: Bool = false
    ) throws(SeparationError) -> SeparationScores {
        let sources = try SeparationSources(references.map { [$0] }, estimates.map { [$0] })
        guard findsOrder else {
            return SeparationScores(
                frames: sources.projections(own: { $0 }).enumerated().map { source, parts in
                    [parts.score(sources.whole(source), version3: true)]
                }, permutation: nil)
        }
        guard references.count <= largestPermutation else {
            throw SeparationError(
                description: "\(references.count) sources: orders are tried for up to \(largestPermutation)")
        }
        // [estimate][reference]
        let table = references.indices.map { reference in
            sources.projections(own: { _ in reference }).enumerated().map { estimate, parts in
                parts.score(sources.whole(reference, estimate: estimate), version3: true)
            }
        }
        func ratio(_ reference: Int, _ estimate: Int) -> Double { table[reference][estimate].sir.value ?? 0 }
        var best: (sum: Double, order: [Int]) = (-.infinity, [])
        for order in permutations(references.count) {
            let sum = order.enumerated().reduce(0) { $0 + ratio($1.offset, $1.element) }
            if sum > best.sum { best = (sum, order) }
        }
        return SeparationScores(
            frames: best.order.enumerated().map { [table[$0.offset][$0.element]] }, permutation: best.order)
    }

    /// Version 4, and images of version 3: sources of one or more channels.
    ///
    /// - Parameters:
    ///   - references: [source][channel][sample].
    ///   - estimates: of the same shape.
    ///   - window: samples of a frame, which also is the step from frame to frame; nil for the whole clip.
    ///     The filters are those of the whole clip.
    /// - Throws: `SeparationError` for silent or unequal signals.
    public static func version4(
        references: [[[Float]]], estimates: [[[Float]]], window: Int? = nil
    ) throws(SeparationError) -> SeparationScores {
        let sources = try SeparationSources(references, estimates)
        let length = window ?? sources.length
        guard length > 0, length <= sources.length else {
            throw SeparationError(
                description: "frames of \(length) samples: the sources have \(sources.length)")
        }
        let starts = stride(from: 0, through: sources.length - length, by: length)
        return SeparationScores(
            frames: sources.projections(own: { $0 }).enumerated().map { source, parts in
                starts.map { start in
                    parts.score(sources.frame(source, start..<start + length), version3: false)
                }
            }, permutation: nil)
    }

    private static func permutations(_ count: Int) -> [[Int]] {
        guard count > 0 else { return [[]] }
        return permutations(count - 1).flatMap { shorter in
            (0...shorter.count).map { place in
                var order = shorter
                order.insert(count - 1, at: place)
                return order
            }
        }
    }
}
