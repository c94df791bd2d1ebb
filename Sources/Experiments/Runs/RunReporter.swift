/// What a long piece of work tells the person who waits for it. Messages may come from any thread.
public protocol RunReporter: AnyObject, Sendable {
    /// A new part begins: training, test, ...
    ///
    /// - Parameter done: units that an earlier attempt has done already.
    func begin(_ part: String, total: Int, unit: String, done: Int)
    /// So many units of the current part are done.
    func update(_ done: Int, tail: String?)
    /// A training step is done; what it looks like at the moment.
    func update(_ done: Int, _ view: TrainingView)
    /// The current part is over.
    func end()
    /// Something worth a line.
    func message(_ text: String)
}

extension RunReporter {
    public func begin(_ part: String, total: Int, unit: String) {
        begin(part, total: total, unit: unit, done: 0)
    }
}

/// What a training looks like after a step.
public struct TrainingView: Sendable {
    /// The loss of the step; may be NaN.
    public var loss: Double
    /// The loss, smoothed over some twenty steps; nil before the first that is a number.
    public var smoothedLoss: Double?
    /// Clips in a step.
    public var clips: Int
    /// Share of the training time that was spent waiting for data, in percent.
    public var waitShare: Double
    /// The newest validation, in words; empty before the first.
    public var validation: String
}
