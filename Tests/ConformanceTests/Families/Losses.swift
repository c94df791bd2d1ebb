import Losses
import Tensor

let lossOperations: [String: ConformanceOperation] = [
    "nn.functional.l1_loss": { try distance($0, .absolute) },
    "nn.functional.mse_loss": { try distance($0, .squared) },
    "nn.functional.smooth_l1_loss": { try distance($0, .smoothAbsolute(beta: try $0.float("beta"))) },
    "nn.functional.huber_loss": { try distance($0, .huber(delta: try $0.float("delta"))) },
    "nn.functional.binary_cross_entropy": { call in
        let (x, target) = (try call.tensor("input"), try call.tensor("target"))
        let weight = try call.optionalTensor("weight")
        try BinaryCrossEntropyLoss.validate(x, target, weight: weight)
        return [
            BinaryCrossEntropyLoss.ofProbabilities(
                x, target, weight: weight, reduction: try reduction(call))
        ]
    },
    "nn.functional.binary_cross_entropy_with_logits": { call in
        let (x, target) = (try call.tensor("input"), try call.tensor("target"))
        let (weight, positive) = (
            try call.optionalTensor("weight"), try call.optionalTensor("pos_weight")
        )
        try BinaryCrossEntropyLoss.validateLogits(
            x.shape, target.shape, weight: weight?.shape, positiveWeight: positive?.shape)
        return [
            BinaryCrossEntropyLoss.ofLogits(
                x, target, weight: weight, positiveWeight: positive, reduction: try reduction(call))
        ]
    },
    "nn.functional.cross_entropy": { call in
        // [n, classes, ...] -> [n, ..., classes].
        let x = try call.tensor("input").channelsLast
        let loss = CrossEntropy(
            classWeights: try call.optionalTensor("weight"),
            ignoredClass: try call.optionalInt("ignore_index"),
            labelSmoothing: try call.float("label_smoothing", default: 0), reduction: try reduction(call))
        if case .indices(let target) = call.values["target"] {
            try loss.validate(x.shape, target)
            return [loss(x, target)]
        }
        let target = try call.tensor("target").channelsLast
        try loss.validate(x.shape, probabilities: target.shape)
        return [loss(x, probabilities: target)]
    },
    "nn.functional.kl_div": { call in
        guard let reduction = KullbackLeibler.Reduction(rawValue: try call.text("reduction")) else {
            throw Unsupported("the reduction \(try call.text("reduction"))")
        }
        return [
            KullbackLeibler(reduction: reduction, takesLogarithms: try call.bool("log_target"))(
                try call.tensor("input"), try call.tensor("target"))
        ]
    },
    "nn.functional.cosine_similarity": { call in
        [
            cosineSimilarity(
                try call.tensor("x1"), try call.tensor("x2"), axis: try call.int("dim", default: 1),
                epsilon: try call.float("eps", default: 1e-8))
        ]
    },
    "custom.hinge_d_loss": { call in
        [HingeGAN.discriminator(real: try call.tensor("real"), fake: try call.tensor("fake"))]
    },
    "custom.hinge_g_loss": { [HingeGAN.generator(fake: try $0.tensor("fake"))] },
    "custom.lsgan_d_loss": { call in
        [LeastSquaresGAN.discriminator(real: try call.tensor("real"), fake: try call.tensor("fake"))]
    },
    "custom.lsgan_g_loss": { [LeastSquaresGAN.generator(fake: try $0.tensor("fake"))] },
    "custom.si_sdr_loss": { call in
        let loss = ScaleInvariantSDR(
            removesMean: try call.bool("zero_mean"), epsilon: try call.float("eps"))
        return [loss(try call.tensor("estimate"), try call.tensor("target"))]
    },
]

private func reduction(_ call: Call) throws -> Reduction {
    let text = try call.text("reduction")
    guard let reduction = Reduction(rawValue: text) else { throw Unsupported("the reduction \(text)") }
    return reduction
}

private func distance(_ call: Call, _ distance: Distance) throws -> [Tensor] {
    let (x, target) = (try call.tensor("input"), try call.tensor("target"))
    try distance.validate(x.shape, target.shape)
    return [distance(x, target, reduction: try reduction(call))]
}
