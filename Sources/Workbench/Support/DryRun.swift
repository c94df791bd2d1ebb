import Experiments
import StrictJSON
import Tracking

/// What `run --dry-run` prints.
enum DryRun {
    static func write(_ config: ExperimentConfig, json: Bool) throws {
        let dataset = try config.dataset.item.make(sampleRate: config.audio.sampleRate)
        let trainer = try Trainer(config, dataset: dataset, observers: [])
        let plan = TrainingPlan(config, parameters: trainer.parameterCount)
        if json {
            let resolved = try JSONTree(parsing: config.json.canonicalText)
            JSONOutput.write([
                "config": resolved, "parameters": .integer(Int64(plan.parameters)),
                "gflop_per_step": .number(plan.gigaflopPerStep), "audio_hours": .number(plan.audioHours),
                "shapes": .object(
                    Dictionary(uniqueKeysWithValues: plan.shapes.map { ($0.name, .string($0.shape)) })),
            ])
            return
        }
        Terminal.write(config.json.prettyText + "\n\n")
        var table = Table([.init("what"), .init("shape or amount")])
        for (name, shape) in plan.shapes { table.add([name, shape]) }
        table.add(["trained parameters", "\(plan.parameters)"])
        table.add(["convolution work a step", "\(NumberText.value(plan.gigaflopPerStep)) GFLOP"])
        table.add(["audio seen in \(config.training.steps) steps", "\(NumberText.value(plan.audioHours)) h"])
        Terminal.write(table.rendered(width: nil, color: Terminal.usesColor))
    }
}
