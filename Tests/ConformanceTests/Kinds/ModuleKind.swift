import Layers
import StrictJSON
import Tensor

/// A layer of the library under PyTorch's names: what the families' tables build for `module` cases.
struct ConformanceModule {
    /// A parameter and its layouts here and in PyTorch.
    struct Binding {
        let parameter: Parameter
        let load: (Tensor) throws -> Tensor
        let store: (Tensor) -> Tensor

        init(
            _ parameter: Parameter, load: @escaping (Tensor) throws -> Tensor = { $0 },
            store: @escaping (Tensor) -> Tensor = { $0 }
        ) {
            (self.parameter, self.load, self.store) = (parameter, load, store)
        }
    }

    /// A buffer, read and written as PyTorch stores it.
    struct BufferBinding {
        let read: () -> CaseValue
        let write: (CaseValue) throws -> Void
    }

    var parameters: [String: Binding]
    var buffers: [String: BufferBinding] = [:]
    /// Calls the layer on inputs in PyTorch's layout and returns outputs in PyTorch's layout.
    var run: (Call, Mode) throws -> [Tensor]
}

extension ConformanceModule.BufferBinding {
    /// A buffer of floats in one layout everywhere.
    init(_ buffer: Buffer) {
        self.init(
            read: { .tensor(buffer.value) },
            write: { value in
                guard let tensor = value.tensor, tensor.shape == buffer.value.shape else {
                    throw Unsupported("a buffer of shape \(value.shape), the layer has \(buffer.value.shape)")
                }
                buffer.value = tensor
            })
    }
}

/// `module`: builds a layer, loads its state, calls it and back-propagates.
enum ModuleKind {
    static func run(_ run: CaseRun) throws {
        let arguments = run.instance.arguments
        let module = try build(run)
        if arguments["sequence"] != nil {
            try sequence(run, module)
            return
        }
        let mode: Mode =
            try Call(values: [:], arguments: arguments).bool("training") ? .training : .evaluation
        let tape = Tape(watching: module.parameters.values.map(\.parameter))
        let inputs = try run.inputs(watchedBy: tape)
        let call = Call(values: inputs, arguments: arguments)
        let outputs = try tape.record { try module.run(call, mode) }
        try run.checkOutputs(outputs)
        for (name, key) in run.instance.keysByName("state_after") { try checkState(run, module, name, key) }
        guard let total = try run.weighted(outputs, on: tape) else { return }
        let gradients = tape.gradients(of: total)
        for (role, key) in run.wanted {
            try run.checkGradient(
                inputs[role]?.tensor.flatMap { gradients[$0] }, key, "gradient of \(role)")
        }
        for (name, key) in run.instance.keysByName("grad_state") {
            guard let binding = module.parameters[name] else {
                throw Unsupported("the layer has no parameter \(name)")
            }
            try run.checkGradient(
                gradients[binding.parameter].map(binding.store), key, "gradient of \(name)")
        }
    }

    /// The module of a case with its state loaded.
    static func build(_ run: CaseRun) throws -> ConformanceModule {
        guard let builder = ConformanceTables.modules[run.instance.operation] else {
            throw Unsupported("there is no module \(run.instance.operation)")
        }
        let module = try builder(Call(values: try run.inputs(), arguments: run.instance.arguments))
        for (name, key) in run.instance.keysByName("state") {
            let value = try run.value(key)
            if let binding = module.parameters[name], let tensor = value.tensor {
                let loaded = try binding.load(tensor)
                guard loaded.shape == binding.parameter.shape else {
                    throw Mismatch("\(name): shape \(loaded.shape), layer has \(binding.parameter.shape)")
                }
                binding.parameter.value = loaded
            } else if let buffer = module.buffers[name] {
                try buffer.write(value)
            } else {
                throw Unsupported("the layer has no \(name)")
            }
        }
        return module
    }

    private static func checkState(
        _ run: CaseRun, _ module: ConformanceModule, _ name: String, _ key: String
    ) throws {
        if let buffer = module.buffers[name] {
            try run.check(buffer.read(), key, "state \(name)")
        } else if let binding = module.parameters[name] {
            try run.check(binding.store(binding.parameter.value), key, "state \(name)")
        } else {
            throw Unsupported("the layer has no \(name)")
        }
    }

    /// `x0, x1, x2` in training mode, `x3` in evaluation mode, without gradients.
    private static func sequence(_ run: CaseRun, _ module: ConformanceModule) throws {
        let inputs = try run.inputs()
        var outputs: [Tensor] = []
        for index in 0..<inputs.count {
            guard let value = inputs["x\(index)"] else { throw BrokenFixture("no input x\(index)") }
            let call = Call(values: ["input": value], arguments: run.instance.arguments)
            outputs += try module.run(call, index == inputs.count - 1 ? .evaluation : .training)
        }
        try run.checkOutputs(outputs)
        for (name, key) in run.instance.keysByName("state_after") { try checkState(run, module, name, key) }
    }
}
