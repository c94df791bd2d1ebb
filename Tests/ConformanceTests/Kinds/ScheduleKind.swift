import Layers
import StrictJSON
import Tensor

/// `lr_scheduler`: the rate at each step, and the parameter after it.
enum ScheduleKind {
    static func run(_ run: CaseRun) throws {
        let arguments = run.instance.arguments
        let call = Call(values: try run.inputs(), arguments: arguments)
        let parameter = Parameter(try call.tensor("param"))
        let optimiser = try OptimiserFactory.optimiser(
            try call.text("optimizer"), arguments["optimizer_kwargs"] ?? .null, [("p", parameter)])
        let settings = arguments["scheduler"] ?? .null
        let named = Call(values: [:], arguments: settings)
        let isPlateau = try named.text("name") == "ReduceLROnPlateau"
        // The base rate of a cycle is its largest.
        let base = try named.optionalDouble("max_lr") ?? optimiser.learningRate
        var plateau: PlateauSchedule? = isPlateau ? try OptimiserFactory.plateau(named, base: base) : nil
        let schedule: (any Schedule)? = isPlateau ? nil : try OptimiserFactory.schedule(settings)
        let cycle = try named.bool("cycle_momentum") ? schedule as? OneCycleSchedule : nil
        let metric = try call.optionalTensor("metric")?.values ?? []
        let gradient = try call.tensor("grad")

        func rate(_ step: Int) -> Double {
            schedule?.learningRate(step: step, base: base) ?? plateau?.learningRate ?? 0
        }
        var (rates, values, momenta) = ([Float](), [Float](), [Float]())
        let steps = try call.int("steps")
        for step in 0..<steps {
            optimiser.learningRate = rate(step)
            rates.append(Float(optimiser.learningRate))
            if let cycle, let descent = optimiser as? GradientDescent {
                descent.momentum = cycle.momentum(step: step)
                momenta.append(Float(descent.momentum))
            }
            let tape = Tape(watching: [parameter])
            let loss = tape.record {
                (parameter.tensor * gradient.slice(axis: 0, step..<step + 1).reshaped(parameter.shape)).sum()
            }
            optimiser.step(tape.gradients(of: loss))
            values += parameter.value.values
            if metric.indices.contains(step) { plateau?.observe(Double(metric[step])) }
        }
        rates.append(Float(rate(steps)))
        try run.checkOutputs(
            [Tensor(rates), Tensor(values, shape: [steps] + parameter.shape)]
                + (momenta.isEmpty ? [] : [Tensor(momenta)]))
    }
}
