import Tensor

/// Averages of parameters over the steps of a training, in which newer values weigh more (Polyak & Juditsky 1992):
/// average = decay average + (1 - decay) value. They often generalise better than the last values.
public final class ExponentialMovingAverage {
    /// Share of the average that an update keeps, 0 ... 1.
    public let decay: Double
    private let slots: [(path: String, parameter: Parameter, average: Parameter)]

    /// Averages that start at the current values.
    /// - Parameter decay: default 0.999.
    public init(_ parameters: [(path: String, parameter: Parameter)], decay: Double = 0.999) {
        require((0...1).contains(decay), "[moving_average] decay must be in 0 ... 1, not \(decay)")
        self.decay = decay
        slots = parameters.map { ($0.path, $0.parameter, Parameter($0.parameter.value)) }
    }

    /// Takes in the current values; called after each step.
    public func update() {
        let share = Float(1 - decay)
        Tape.withoutRecording {
            for slot in slots {
                slot.average.value = slot.average.value * Float(decay) + slot.parameter.value * share
            }
        }
    }

    /// Averages by path.
    public var state: [String: Tensor] {
        Dictionary(slots.map { ($0.path, $0.average.value) }) { first, _ in first }
    }

    /// Continues from stored averages. Nothing is changed if one is missing or has another shape.
    public func load(_ state: [String: Tensor]) throws(StateError) {
        for slot in slots where state[slot.path]?.shape != slot.average.shape {
            throw StateError("the average of \(slot.path) is missing or has another shape")
        }
        for slot in slots { if let value = state[slot.path] { slot.average.value = value.detached } }
    }

    /// Runs `body`, for example an evaluation, with the averages in place of the parameters.
    public func withAverages<Result>(_ body: () throws -> Result) rethrows -> Result {
        let values = slots.map(\.parameter.value)
        for slot in slots { slot.parameter.value = slot.average.value }
        defer { for (slot, value) in zip(slots, values) { slot.parameter.value = value } }
        return try body()
    }
}
