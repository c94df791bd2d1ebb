/// The step size as a function of the step. A schedule has no state, so a resumed training goes on exactly.
public protocol Schedule: Sendable {
    /// - Parameters:
    ///   - step: steps made before, from 0.
    ///   - base: the step size that the schedule is built on.
    func learningRate(step: Int, base: Double) -> Double
}
