/// A metric of a run that is logged often: the look-up of its name is done once.
public struct MetricHandle: Sendable {
    let pending: PendingPoints
    let index: Int

    /// Logs one value; as `RunRecorder.log`.
    ///
    /// - Parameters:
    ///   - step: the training step, 0 or more.
    ///   - value: any number; NaN and infinities are kept as such.
    /// - Throws: as `RunRecorder.log`.
    public func log(step: Int, value: Double) throws {
        try pending.append(index, step: step, value: value, time: nil)
    }
}
