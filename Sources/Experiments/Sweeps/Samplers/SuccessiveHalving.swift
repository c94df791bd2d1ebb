/// Asynchronous successive halving: at `minimum`, `minimum * eta`, `minimum * eta^2` ... steps a trial goes on if it
/// is among the best 1/eta of those that have come there so far, or is the best of fewer than eta.
///
/// It never waits for others: what comes early may go on though it would not have later.
///
/// Source: Li, Jamieson, Rostamizadeh, Gonina, Ben-tzur, Hardt, Recht, Talwalkar, A system for massively parallel
/// hyperparameter tuning, MLSys 2020, algorithm 2, in the form that stops trials instead of pausing them.
public struct SuccessiveHalving: Sendable, Equatable {
    public let eta: Int
    /// The number of steps after which each decision is made, rising; the whole training is not among them.
    public let rungs: [Int]

    /// - Parameters:
    ///   - minimum: at least 1.
    ///   - eta: at least 2.
    ///   - maximum: steps of a whole training, above `minimum`.
    public init(minimum: Int, eta: Int, maximum: Int) {
        self.eta = eta
        var found: [Int] = []
        var steps = minimum
        while steps < maximum {
            found.append(steps)
            let (next, overflow) = steps.multipliedReportingOverflow(by: eta)
            if overflow { break }
            steps = next
        }
        rungs = found
    }

    /// Whether a trial goes on.
    ///
    /// - Parameters:
    ///   - value: its own value at the rung; not finite means no.
    ///   - others: the values of all others that have come to this rung.
    public func keeps(_ value: Double, among others: [Double], goal: SweepGoal) -> Bool {
        guard value.isFinite else { return false }
        let better = others.count { $0.isFinite && goal.prefers($0, to: value) }
        return better < max(1, (others.count + 1) / eta)
    }
}
