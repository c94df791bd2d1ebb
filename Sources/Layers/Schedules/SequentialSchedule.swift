/// Schedules one after another, each counting its steps from where it begins.
public struct SequentialSchedule: Schedule {
    private let first: any Schedule
    private let rest: [(start: Int, schedule: any Schedule)]

    /// - Parameters:
    ///   - first: the schedule from step 0 on.
    ///   - rest: the ones that follow, with the steps at which they begin, in rising order.
    public init(_ first: any Schedule, then rest: [(start: Int, schedule: any Schedule)]) {
        (self.first, self.rest) = (first, rest)
    }

    public func learningRate(step: Int, base: Double) -> Double {
        guard let current = rest.last(where: { $0.start <= step }) else {
            return first.learningRate(step: step, base: base)
        }
        return current.schedule.learningRate(step: step - current.start, base: base)
    }
}
