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
            JSONOutput.write([
                "config": config.json, "parameters": .integer(plan.parameters),
                "gflop_per_step": .number(plan.gigaflopPerStep), "audio_hours": .number(plan.audioHours),
                "shapes": .object(
                    JSONObject(plan.shapes.map { (key: $0.name, value: .string($0.shape)) })),
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
