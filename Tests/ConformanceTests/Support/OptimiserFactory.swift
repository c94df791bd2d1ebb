import Layers
import StrictJSON
import Tensor

/// Optimisers and schedules under PyTorch's names and arguments.
enum OptimiserFactory {
    /// - Parameters:
    ///   - name: `SGD`, `Adam`, `AdamW` or `RMSprop`.
    ///   - arguments: PyTorch's keyword arguments.
    static func optimiser(
        _ name: String, _ arguments: JSONValue, _ parameters: [(path: String, parameter: Parameter)]
    ) throws -> any Optimiser {
        let call = Call(values: [:], arguments: arguments)
        let rate = try call.double("lr")
        let decay = try call.optionalDouble("weight_decay") ?? 0
        switch name {
        case "SGD":
            return GradientDescent(
                parameters, learningRate: rate, momentum: try call.optionalDouble("momentum") ?? 0,
                dampening: try call.optionalDouble("dampening") ?? 0, weightDecay: decay,
                isNesterov: try call.bool("nesterov"), maximises: try call.bool("maximize"))
        case "Adam", "AdamW":
            guard let betas = call.argument("betas"), let beta1 = betas[0]?.doubleValue,
                let beta2 = betas[1]?.doubleValue
            else { throw BrokenFixture("no betas") }
            return Adam(
                parameters, learningRate: rate, beta1: beta1, beta2: beta2, epsilon: try call.double("eps"),
                weightDecay: decay, decay: name == "Adam" ? .coupled : .decoupled,
                keepsLargest: try call.bool("amsgrad"))
        case "RMSprop":
            return RMSprop(
                parameters, learningRate: rate, alpha: try call.double("alpha"),
                epsilon: try call.double("eps"), momentum: try call.optionalDouble("momentum") ?? 0,
                weightDecay: decay, isCentred: try call.bool("centered"))
        default: throw Unsupported("there is no optimiser \(name)")
        }
    }

    static func schedule(_ arguments: JSONValue) throws -> any Schedule {
        let call = Call(values: [:], arguments: arguments)
        let name = try call.text("name")
        switch name {
        case "StepLR":
            return StepSchedule(interval: try call.int("step_size"), factor: try call.double("gamma"))
        case "MultiStepLR":
            return MilestoneSchedule(
                milestones: try call.ints("milestones"), factor: try call.double("gamma"))
        case "ExponentialLR": return ExponentialSchedule(factor: try call.double("gamma"))
        case "CosineAnnealingLR":
            return CosineSchedule(steps: try call.int("T_max"), lowest: try call.double("eta_min"))
        case "CosineAnnealingWarmRestarts":
            return RestartingCosineSchedule(
                steps: try call.int("T_0"), growth: try call.int("T_mult"),
                lowest: try call.double("eta_min"))
        case "OneCycleLR": return try oneCycle(call)
        case "LinearLR":
            return LinearSchedule(
                first: try call.double("start_factor"), last: try call.double("end_factor"),
                steps: try call.int("total_iters"))
        case "LinearWarmup": return WarmUpSchedule(steps: try call.int("warmup_steps"))
        case "WarmupCosine":
            return WarmUpCosineSchedule(
                warmUp: try call.int("warmup_steps"), steps: try call.int("total_steps"),
                lowestShare: try call.double("min_ratio"))
        case "SequentialLR":
            let parts = try (call.argument("schedulers")?.arrayValue ?? []).map(schedule)
            guard let first = parts.first else { throw BrokenFixture("no schedulers") }
            let starts = try call.ints("milestones")
            return SequentialSchedule(
                first, then: zip(starts, parts.dropFirst()).map { (start: $0, schedule: $1) })
        default: throw Unsupported("there is no schedule \(name)")
        }
    }

    static func oneCycle(_ call: Call) throws -> OneCycleSchedule {
        let low = try call.optionalDouble("base_momentum") ?? 0.85
        let high = try call.optionalDouble("max_momentum") ?? 0.95
        return OneCycleSchedule(
            steps: try call.int("total_steps"), rise: try call.double("pct_start"),
            shape: try call.text("anneal_strategy") == "cos" ? .cosine : .linear,
            startDivisor: try call.double("div_factor"), endDivisor: try call.double("final_div_factor"),
            hasThreePhases: try call.bool("three_phase"), momentum: low...high)
    }

    static func plateau(_ call: Call, base: Double) throws -> PlateauSchedule {
        let threshold = try call.double("threshold")
        return PlateauSchedule(
            base: base, goal: try call.text("mode") == "min" ? .lowest : .highest,
            factor: try call.double("factor"), patience: try call.int("patience"),
            threshold: try call.text("threshold_mode") == "rel" ? .relative(threshold) : .absolute(threshold),
            coolDown: try call.int("cooldown"), lowest: try call.double("min_lr"),
            smallestChange: try call.double("eps"))
    }
}
