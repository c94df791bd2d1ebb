import Layers
import Losses
import StrictJSON
import Tensor

/// `train`: a few steps of the reference networks from stored weights.
enum TrainingKind {
    static func run(_ run: CaseRun) throws {
        switch run.instance.operation {
        case "custom.unet3_train": try generator(run)
        case "custom.patchgan_train": try discriminator(run)
        case "custom.gan_step": try both(run)
        default: throw Unsupported("there is no training \(run.instance.operation)")
        }
    }

    /// A network with its state under PyTorch's names and its optimiser.
    private struct Learner<Network> {
        let network: Network
        let state: TorchState
        let parameters: [Parameter]
        let adam: Adam

        init(_ run: CaseRun, _ part: String, _ network: Network, _ state: TorchState) throws {
            self.network = network
            self.state = state
            guard let file = run.instance.arguments[part]?["state_file"]?.stringValue else {
                throw BrokenFixture("no state_file of \(part)")
            }
            try state.load(try ConformanceFixtures.tensors(file))
            parameters = state.entries.compactMap {
                if case .parameter(let parameter) = $0.place { parameter } else { nil }
            }
            let settings = Call(values: [:], arguments: run.instance.arguments["adam"] ?? .null)
            guard let beta1 = settings.argument("betas")?[0]?.doubleValue,
                let beta2 = settings.argument("betas")?[1]?.doubleValue
            else { throw BrokenFixture("no betas") }
            adam = Adam(
                parameters.enumerated().map { ("\($0)", $1) }, learningRate: try settings.double("lr"),
                beta1: beta1, beta2: beta2, epsilon: try settings.double("eps"), decay: .coupled)
        }

        /// Compares values, or the gradients if there are some, with those under a heading of `expected_state`.
        func check(_ run: CaseRun, _ heading: String, _ gradients: Gradients? = nil) throws {
            for (name, key) in run.instance.json["expected_state"]?[heading]?.objectValue?.members ?? [] {
                guard let key = key.stringValue, let entry = state.entries.first(where: { $0.name == name })
                else { throw Unsupported("the network has no \(name)") }
                let what = "\(heading) \(name)"
                switch entry.place {
                case .parameter(let parameter):
                    if let gradients {
                        try run.checkGradient(gradients[parameter].map(entry.toTorch), key, what)
                    } else {
                        try run.check(entry.value, key, what)
                    }
                case .buffer, .constant:
                    // Counts are whole numbers there.
                    if case .indices = try run.value(key) {
                        let whole = IndexTensor(entry.value.values.map { Int($0) }, shape: entry.value.shape)
                        try run.check(.indices(whole), key, what)
                    } else {
                        try run.check(entry.value, key, what)
                    }
                }
            }
        }
    }

    private static func makeGenerator(_ run: CaseRun) throws -> Learner<UNet3> {
        let settings = Call(
            values: [:], arguments: run.instance.arguments["generator"]?["constructor"] ?? .null)
        let network = UNet3(
            inChannels: try settings.int("in_channels"), outChannels: try settings.int("out_channels"),
            base: try settings.int("base"), slope: try settings.float("negative_slope"))
        return try Learner(run, "generator", network, TorchState(network))
    }

    private static func makeDiscriminator(_ run: CaseRun) throws -> Learner<PatchGAN> {
        let settings = Call(
            values: [:], arguments: run.instance.arguments["discriminator"]?["constructor"] ?? .null)
        let network = PatchGAN(
            inChannels: try settings.int("in_channels"), base: try settings.int("base"),
            slope: try settings.float("negative_slope"))
        return try Learner(run, "discriminator", network, network.torch)
    }

    private static func image(_ run: CaseRun, _ role: String) throws -> Tensor {
        try Call(values: try run.inputs(), arguments: .null).tensor(role).channelsLast
    }

    private static func steps(_ run: CaseRun) throws -> Int {
        try Call(values: [:], arguments: run.instance.arguments).int("steps")
    }

    private static func generator(_ run: CaseRun) throws {
        let learner = try makeGenerator(run)
        let (input, target) = (try image(run, "input"), try image(run, "target"))
        var losses: [Float] = []
        var first: Tensor?
        for step in 0..<(try steps(run)) {
            let tape = Tape(watching: learner.parameters)
            let (y, loss) = tape.record { () -> (Tensor, Tensor) in
                let y = learner.network(input, mode: .training)
                return (y, meanAbsoluteError(y, target))
            }
            let gradients = tape.gradients(of: loss)
            losses.append(loss.item)
            if step == 0 {
                first = y.channelsFirst
                try learner.check(run, "grad", gradients)
                try learner.check(run, "buffers_after_forward")
            }
            learner.adam.step(gradients)
        }
        let last = learner.network(input, mode: .evaluation).channelsFirst
        try run.checkOutputs([first ?? Tensor(0), Tensor(losses.first ?? 0), Tensor(losses), last])
        try learner.check(run, "after")
    }

    private static func discriminator(_ run: CaseRun) throws {
        let learner = try makeDiscriminator(run)
        let condition = try image(run, "condition")
        let real = Tensor.concatenate([condition, try image(run, "real")], axis: 3)
        let fake = Tensor.concatenate([condition, try image(run, "fake")], axis: 3)
        var losses: [Float] = []
        var first: [Tensor] = []
        for step in 0..<(try steps(run)) {
            let tape = Tape(watching: learner.parameters)
            let (logits, loss) = tape.record { () -> ([Tensor], Tensor) in
                let onReal = learner.network(real, mode: .training)
                let onFake = learner.network(fake, mode: .training)
                return ([onReal, onFake], LeastSquaresGAN.discriminator(real: onReal, fake: onFake))
            }
            let gradients = tape.gradients(of: loss)
            losses.append(loss.item)
            if step == 0 {
                first = logits.map(\.channelsFirst)
                try learner.check(run, "grad", gradients)
                try learner.check(run, "buffers_after_forward")
            }
            learner.adam.step(gradients)
        }
        try run.checkOutputs(first + [Tensor(losses.first ?? 0), Tensor(losses)])
        try learner.check(run, "after")
    }

    private static func both(_ run: CaseRun) throws {
        let generator = try makeGenerator(run)
        let judge = try makeDiscriminator(run)
        let (input, target) = (try image(run, "input"), try image(run, "target"))
        let weight = try Call(values: [:], arguments: run.instance.arguments).float("lambda_l1")

        let generatorTape = Tape(watching: generator.parameters)
        let fake = generatorTape.record { generator.network(input, mode: .training) }
        func judged(_ candidate: Tensor) -> Tensor {
            judge.network(.concatenate([input, candidate], axis: 3), mode: .training)
        }
        let judgeTape = Tape(watching: judge.parameters)
        let (onReal, onFake, judgeLoss) = judgeTape.record { () -> (Tensor, Tensor, Tensor) in
            let onReal = judged(target)
            let onFake = judged(fake.detached)
            return (onReal, onFake, LeastSquaresGAN.discriminator(real: onReal, fake: onFake))
        }
        let judgeGradients = judgeTape.gradients(of: judgeLoss)
        try judge.check(run, "d_grad", judgeGradients)
        judge.adam.step(judgeGradients)

        let (again, adversarial, distance, loss) = generatorTape.record {
            () -> (Tensor, Tensor, Tensor, Tensor) in
            let again = judged(fake)
            let adversarial = LeastSquaresGAN.generator(fake: again)
            let distance = meanAbsoluteError(fake, target)
            return (again, adversarial, distance, adversarial + distance * weight)
        }
        let gradients = generatorTape.gradients(of: loss)
        try generator.check(run, "g_grad", gradients)
        generator.adam.step(gradients)
        try run.checkOutputs([
            fake.channelsFirst, onReal.channelsFirst, onFake.channelsFirst, judgeLoss, again.channelsFirst,
            adversarial, distance, loss,
        ])
        try judge.check(run, "d_after")
        try generator.check(run, "g_after")
    }
}
