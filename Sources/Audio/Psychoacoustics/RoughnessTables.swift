/// Curves of the roughness model, read at a few places and joined by straight lines.
///
/// Source: Daniel and Weber, Psychoacoustical roughness: implementation of an optimized model, Acustica 83,
/// 1997, figures 2 (weight of the channels) and 3 (weight of the modulation frequencies).
enum RoughnessTables {
    /// A curve through points of ascending abscissa, constant beyond its ends.
    struct Curve: Sendable {
        let points: [(x: Double, y: Double)]

        init(_ points: [(Double, Double)]) { self.points = points.map { (x: $0.0, y: $0.1) } }

        func value(at x: Double) -> Double {
            guard let first = points.first, let last = points.last else { return 0 }
            if x <= first.x { return first.y }
            for (left, right) in zip(points, points.dropFirst()) where x <= right.x {
                return left.y + (right.y - left.y) * (x - left.x) / (right.x - left.x)
            }
            return last.y
        }
    }

    /// g: how much a channel contributes, over the critical-band rate in Bark.
    static let channelWeight = Curve([
        (0, 0), (1, 0.35), (2.5, 0.7), (4.9, 0.7), (6.5, 1.1), (8, 1.25), (9, 1.26), (10, 1.18), (11, 1.08),
        (11.5, 1), (13, 0.66), (17.5, 0.46), (21, 0.38), (24, 0.3),
    ])

    /// H: how much a modulation contributes, over its frequency in Hz, from the given channel on. Channel i lies at
    /// i / 2 Bark.
    static let modulationWeights: [(firstChannel: Int, curve: Curve)] = [
        (
            1,
            Curve([
                (0, 0), (17, 0.8), (23, 0.95), (25, 0.975), (32, 1), (37, 0.975), (48, 0.9), (67, 0.8),
                (90, 0.7), (114, 0.6), (171, 0.4), (206, 0.3), (247, 0.2), (294, 0.1), (358, 0),
            ])
        ),
        (
            5,
            Curve([
                (0, 0), (32, 0.8), (43, 0.95), (56, 1), (69, 0.975), (92, 0.9), (120, 0.8), (142, 0.7),
                (165, 0.6), (231, 0.4), (277, 0.3), (331, 0.2), (397, 0.1), (502, 0),
            ])
        ),
        (
            16,
            Curve([
                (0, 0), (23.5, 0.4), (34, 0.6), (47, 0.8), (56, 0.9), (63, 0.95), (79, 1), (100, 0.975),
                (115, 0.95), (135, 0.9), (159, 0.85), (172, 0.8), (194, 0.7), (215, 0.6), (244, 0.5),
                (290, 0.4), (348, 0.3), (415, 0.2), (500, 0.1), (645, 0),
            ])
        ),
        (
            21,
            Curve([
                (0, 0), (19, 0.4), (44, 0.8), (52.5, 0.9), (58, 0.95), (75, 1), (101.5, 0.95), (114.5, 0.9),
                (132.5, 0.85), (143.5, 0.8), (165.5, 0.7), (197.5, 0.6), (241, 0.5), (290, 0.4), (348, 0.3),
                (415, 0.2), (500, 0.1), (645, 0),
            ])
        ),
        (
            42,
            Curve([
                (0, 0), (15, 0.4), (41, 0.8), (49, 0.9), (53, 0.965), (64, 0.99), (71, 1), (88, 0.95),
                (94, 0.9), (106, 0.85), (115, 0.8), (137, 0.7), (180, 0.6), (238, 0.5), (290, 0.4),
                (348, 0.3), (415, 0.2), (500, 0.1), (645, 0),
            ])
        ),
    ]
}
