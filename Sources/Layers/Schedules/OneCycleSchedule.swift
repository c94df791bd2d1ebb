#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One rise to the base rate and a long fall far below where it began (Smith & Topin 2018); the momentum goes the
/// other way. The base rate is the largest.
public struct OneCycleSchedule: Schedule {
    /// The way from one rate to the next.
    public enum Shape: String, Sendable {
        case cosine, linear
    }

    /// A stretch of the cycle: from where it begins, over how long, between which shares of the base rate.
    private struct Phase: Sendable {
        let end: Double
        let from, to: Double
        let rises: Bool
    }

    public let steps: Int
    public let momentum: ClosedRange<Double>
    private let shape: Shape
    private let phases: [Phase]

    /// - Parameters:
    ///   - steps: length of the cycle.
    ///   - rise: share of the steps that the rise takes, 0 ... 1, default 0.3.
    ///   - shape: default cosine.
    ///   - startDivisor: the rate starts at base / startDivisor, default 25.
    ///   - endDivisor: it ends at the start's rate / endDivisor, default 10,000.
    ///   - hasThreePhases: whether the fall first mirrors the rise, default false.
    ///   - momentum: where the momentum goes; largest where the rate is smallest.
    public init(
        steps: Int, rise: Double = 0.3, shape: Shape = .cosine, startDivisor: Double = 25,
        endDivisor: Double = 1e4, hasThreePhases: Bool = false, momentum: ClosedRange<Double> = 0.85...0.95
    ) {
        (self.steps, self.shape, self.momentum) = (steps, shape, momentum)
        let start = 1 / startDivisor
        let end = start / endDivisor
        let peak = rise * Double(steps) - 1
        let last = Double(steps - 1)
        if hasThreePhases {
            phases = [
                Phase(end: peak, from: start, to: 1, rises: true),
                Phase(end: 2 * peak, from: 1, to: start, rises: false),
                Phase(end: last, from: start, to: end, rises: false),
            ]
        } else {
            phases = [
                Phase(end: peak, from: start, to: 1, rises: true),
                Phase(end: last, from: 1, to: end, rises: false),
            ]
        }
    }

    /// The phase of a step and how far the step is in it, 0 ... 1.
    private func place(_ step: Int) -> (index: Int, progress: Double) {
        let position = min(Double(step), Double(steps - 1))
        let index = phases.firstIndex { position <= $0.end } ?? phases.count - 1
        let start = index == 0 ? 0 : phases[index - 1].end
        return (index, (position - start) / max(phases[index].end - start, .leastNormalMagnitude))
    }

    private func between(_ from: Double, _ to: Double, _ progress: Double) -> Double {
        switch shape {
        case .cosine: to + (from - to) / 2 * (1 + cos(.pi * progress))
        case .linear: from + (to - from) * progress
        }
    }

    public func learningRate(step: Int, base: Double) -> Double {
        let (index, progress) = place(step)
        return base * between(phases[index].from, phases[index].to, progress)
    }

    /// The momentum of a step.
    public func momentum(step: Int) -> Double {
        let (index, progress) = place(step)
        let (low, high) = (momentum.lowerBound, momentum.upperBound)
        if phases[index].rises { return between(high, low, progress) }
        // Only the fall that follows the rise brings the momentum back; the last of three phases keeps it.
        return index == 1 ? between(low, high, progress) : high
    }
}
