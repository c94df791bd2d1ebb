/// Lowers the rate when a measure no longer gets better. Unlike other schedules it depends on what happened, so it has
/// a state to be stored.
public struct PlateauSchedule: Sendable {
    /// Whether the measure is to fall or to rise.
    public enum Goal: String, Sendable {
        case lowest, highest
    }

    /// How much better a value must be than the best one.
    public enum Threshold: Sendable {
        /// By this share of the best value.
        case relative(Double)
        case absolute(Double)
    }

    /// What happened so far.
    public struct State: Sendable, Equatable {
        public var rate: Double
        public var best: Double
        /// Values in a row that were no better.
        public var waited: Int
        /// Steps left in which nothing is counted.
        public var coolingDown: Int
    }

    public let goal: Goal
    public let factor: Double
    public let patience, coolDown: Int
    public let threshold: Threshold
    public let lowest, smallestChange: Double
    public var state: State

    /// The rate now.
    public var learningRate: Double { state.rate }

    /// - Parameters:
    ///   - base: the first rate.
    ///   - goal: default lowest.
    ///   - factor: on the rate each time, default 0.1.
    ///   - patience: values without improvement that are still accepted, default 10.
    ///   - threshold: default 1e-4, relative.
    ///   - coolDown: values after a change in which nothing is counted, default 0.
    ///   - lowest: a rate, default 0.
    ///   - smallestChange: smaller changes of the rate are left out, default 1e-8.
    public init(
        base: Double, goal: Goal = .lowest, factor: Double = 0.1, patience: Int = 10,
        threshold: Threshold = .relative(1e-4), coolDown: Int = 0, lowest: Double = 0,
        smallestChange: Double = 1e-8
    ) {
        (self.goal, self.factor, self.patience, self.coolDown) = (goal, factor, patience, coolDown)
        (self.threshold, self.lowest, self.smallestChange) = (threshold, lowest, smallestChange)
        state = State(
            rate: base, best: goal == .lowest ? .infinity : -.infinity, waited: 0, coolingDown: 0)
    }

    /// Takes in a value of the measure, and lowers the rate if it is time.
    public mutating func observe(_ value: Double) {
        if isBetter(value) {
            state.best = value
            state.waited = 0
        } else {
            state.waited += 1
        }
        if state.coolingDown > 0 {
            state.coolingDown -= 1
            state.waited = 0
        }
        guard state.waited > patience else { return }
        let rate = max(state.rate * factor, lowest)
        if state.rate - rate > smallestChange { state.rate = rate }
        state.coolingDown = coolDown
        state.waited = 0
    }

    private func isBetter(_ value: Double) -> Bool {
        switch (goal, threshold) {
        case (.lowest, .relative(let share)): value < state.best * (1 - share)
        case (.lowest, .absolute(let margin)): value < state.best - margin
        case (.highest, .relative(let share)): value > state.best * (1 + share)
        case (.highest, .absolute(let margin)): value > state.best + margin
        }
    }
}
