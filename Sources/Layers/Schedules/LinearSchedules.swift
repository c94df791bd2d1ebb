/// A share of the base rate that goes in a straight line from one value to another, and stays there.
public struct LinearSchedule: Schedule {
    public let first, last: Double
    public let steps: Int

    /// - Parameters:
    ///   - first: share of the base rate at step 0, default 1/3.
    ///   - last: share from step `steps` on, default 1.
    ///   - steps: length of the line, above 0.
    public init(first: Double = 1.0 / 3, last: Double = 1, steps: Int) {
        (self.first, self.last, self.steps) = (first, last, max(1, steps))
    }

    public func learningRate(step: Int, base: Double) -> Double {
        base * (first + (last - first) * Double(min(step, steps)) / Double(steps))
    }
}

/// base * min(1, (step + 1) / steps): the first step already moves.
public struct WarmUpSchedule: Schedule {
    public let steps: Int

    /// - Parameter steps: length of the warm-up, above 0.
    public init(steps: Int) { self.steps = max(1, steps) }

    public func learningRate(step: Int, base: Double) -> Double {
        base * min(1, Double(step + 1) / Double(steps))
    }
}
