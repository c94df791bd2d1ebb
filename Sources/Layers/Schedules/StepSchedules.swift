/// The base rate times `factor` for every `interval` steps made.
public struct StepSchedule: Schedule {
    public let interval: Int
    public let factor: Double

    /// - Parameters:
    ///   - interval: steps between changes, above 0.
    ///   - factor: default 0.1.
    public init(interval: Int, factor: Double = 0.1) {
        (self.interval, self.factor) = (max(1, interval), factor)
    }

    public func learningRate(step: Int, base: Double) -> Double {
        base * IntegerPower.of(factor, step / interval)
    }
}

/// The base rate times `factor` for every milestone reached.
public struct MilestoneSchedule: Schedule {
    public let milestones: [Int]
    public let factor: Double

    /// - Parameters:
    ///   - milestones: steps from which on the rate changes, in any order.
    ///   - factor: default 0.1.
    public init(milestones: [Int], factor: Double = 0.1) {
        (self.milestones, self.factor) = (milestones, factor)
    }

    public func learningRate(step: Int, base: Double) -> Double {
        base * IntegerPower.of(factor, milestones.count { $0 <= step })
    }
}

/// The base rate times `factor` for every step made.
public struct ExponentialSchedule: Schedule {
    public let factor: Double

    public init(factor: Double) { self.factor = factor }

    public func learningRate(step: Int, base: Double) -> Double { base * IntegerPower.of(factor, step) }
}
