import Tensor

/// Moves parameters along their gradients. One optimiser has one set of settings: parameters that are to have
/// others get an optimiser of their own.
public protocol Optimiser: AnyObject {
    /// Step size; schedules change it between steps.
    var learningRate: Double { get set }
    /// Steps made so far.
    var stepCount: Int { get }
    var parameters: [Parameter] { get }

    /// Moves every parameter that has a gradient.
    /// - Parameter gradientScale: factor on all gradients, for clipping.
    func step(_ gradients: Gradients, gradientScale: Double)

    /// What the optimiser remembers, by path, to be stored beside the parameters and the step count.
    var state: [String: Tensor] { get }

    /// Continues from a stored state. Nothing is changed if something is missing or has another shape.
    func load(_ state: [String: Tensor], stepCount: Int) throws(StateError)
}

extension Optimiser {
    public func step(_ gradients: Gradients) { step(gradients, gradientScale: 1) }
}

/// The parameters of an optimiser with the tensors that it remembers of each.
struct OptimiserMemory {
    struct Slot {
        let path: String
        let parameter: Parameter
        /// As many as `names`.
        let moments: [Parameter]
    }

    let names: [String]
    let slots: [Slot]

    init(_ parameters: [(path: String, parameter: Parameter)], names: [String]) {
        self.names = names
        slots = parameters.map { path, parameter in
            Slot(
                path: path, parameter: parameter,
                moments: names.map { _ in Parameter(.zeros(parameter.shape)) })
        }
    }

    var parameters: [Parameter] { slots.map(\.parameter) }

    var state: [String: Tensor] {
        var result: [String: Tensor] = [:]
        for slot in slots {
            for (name, moment) in zip(names, slot.moments) { result["\(slot.path).\(name)"] = moment.value }
        }
        return result
    }

    func load(_ state: [String: Tensor]) throws(StateError) {
        for slot in slots {
            for name in names {
                guard let value = state["\(slot.path).\(name)"], value.shape == slot.parameter.shape else {
                    throw StateError("optimiser state \(slot.path).\(name) is missing or has another shape")
                }
            }
        }
        for slot in slots {
            for (name, moment) in zip(names, slot.moments) {
                if let value = state["\(slot.path).\(name)"] { moment.value = value.detached }
            }
        }
    }
}
