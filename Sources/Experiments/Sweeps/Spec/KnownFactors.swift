import StrictJSON

extension AblationFactor {
    /// A factor that is on as the base says.
    public init(off: NamedValues<JSONValue>) {
        self.off = off
    }

    /// The parts of an experiment that can be switched off by themselves, with the change that does it.
    public static func known(in config: ExperimentConfig) -> NamedValues<AblationFactor> {
        var found: [(name: String, off: (key: String, value: JSONValue))] = []
        if config.model.stage2 != nil, !config.losses.contains(where: { $0.item.stage == .second }) {
            found.append(("second stage", ("model.stage2", .null)))
        }
        if config.task.kind == AdversarialTaskConfig.kind {
            found.append(("discriminator", ("task", ["kind": .string(SupervisedTaskConfig.kind)])))
        }
        if !config.augmentation.isEmpty { found.append(("augmentation", ("augmentation", []))) }
        if config.training.emaDecay > 0 {
            found.append(("weight average", ("training.ema_decay", 0)))
        }
        if config.losses.count > 1 {
            for index in config.losses.indices {
                let loss = config.losses[index].item
                var rest = config.losses
                rest.remove(at: index)
                found.append(
                    (
                        "loss \(config.losses[index].kind) \(loss.stage.rawValue)",
                        ("losses", .array(rest.map(\.json)))
                    ))
            }
        }
        return NamedValues(
            found.map { ($0.name, AblationFactor(off: NamedValues([($0.off.key, $0.off.value)]))) })
    }
}
