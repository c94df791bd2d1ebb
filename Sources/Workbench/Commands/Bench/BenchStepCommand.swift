import ArgumentParser
import Experiments
import Foundation
import Statistics
import StrictJSON
import Tensor

/// `workbench bench step`: one training step of the benchmark network.
struct BenchStepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "step", abstract: "Time one training step of the benchmark network.",
        discussion: """
            Two U-Nets in a row (depth 5, base 16), a patch discriminator (base 32), LSGAN + 50/100 L1, Adam, \
            images of 128x128. Benchmarks/compare_step.py runs the same step in PyTorch.
            """)

    @OptionGroup var computing: ComputingOptions
    @OptionGroup var engine: EngineOption
    @Option(help: "Timed steps.")
    var steps = 20
    @Option(help: "Steps before timing starts.")
    var warmup = 4
    @Option(help: "Images in a batch. Default: 8.")
    var batch: Int?
    @Option(
        help: ArgumentHelp(
            "A safetensors file with the weights, input and target to start from.", valueName: "file"))
    var weights: String?
    @Flag(help: "Show both losses of every step, those before timing too.")
    var losses = false
    @Flag(help: "Show memory every 100 timed steps, and at the end.")
    var memory = false
    @Flag(help: "Show no progress.")
    var quiet = false
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard steps > 0, warmup >= 0, batch ?? 1 > 0 else {
            throw ValidationError("--steps and --batch take 1 or more, --warmup 0 or more")
        }
        if batch != nil, weights != nil {
            throw ValidationError("--batch: the file of --weights brings its own batch; give one of them")
        }
    }

    func run() throws {
        var options = StepBenchmark.Options()
        options.threads = computing.threads ?? options.threads
        (options.steps, options.warmup, options.batch) = (steps, warmup, batch ?? options.batch)
        options.engine = engine.chosen ?? options.engine
        options.weights = weights
        options.memoryEvery = memory ? 100 : nil
        let report = try StepBenchmark.run(options, reporter: ConsoleReporter(isQuiet: quiet))
        if output.json {
            JSONOutput.write(report.json(withLosses: losses))
        } else {
            Terminal.write(Self.text(report, withLosses: losses))
        }
    }

    private static func text(_ report: StepBenchmark.Report, withLosses: Bool) -> String {
        let times = report.milliseconds
        let color = Terminal.usesColor
        var facts = Table([.init("step"), .init("", .right), .init("")])
        func add(_ name: String, _ value: Double, _ unit: String, decimals: Int = 1) {
            facts.add([name, NumberText.fixed(value, decimals: decimals), unit])
        }
        add("median", report.median, "ms")
        add("minimum", report.minimum, "ms")
        add("10 % below", (times.quantile(0.1) ?? .nan), "ms")
        add("90 % below", (times.quantile(0.9) ?? .nan), "ms")
        add("maximum", (times.quantile(1) ?? .nan), "ms")
        add("processor time", report.cpuSecondsPerStep, "s a step", decimals: 3)
        add("first step began", report.firstStepStart, "s after the start", decimals: 2)
        add("peak memory", Double(report.peakMemoryMiB), "MiB resident", decimals: 0)
        add("live before", report.before.live, "MiB in tensors")
        add("live after", report.after.live, "MiB in tensors")
        add("live at most", report.peakLive, "MiB in tensors")
        facts.add(["threads", "\(report.options.threads)"])
        facts.add(["engine", report.options.engine.rawValue])
        var text = facts.rendered(color: color)
        if withLosses {
            var table = Table([.init("step", .right), .init("loss_d", .right), .init("loss_g", .right)])
            for (number, losses) in report.losses.enumerated() {
                table.add(["\(number)", "\(losses.discriminator)", "\(losses.generator)"])
            }
            text += "\n" + table.rendered(color: color)
        }
        if !report.memory.isEmpty {
            var table = Table([
                .init("step", .right), .init("live MiB", .right), .init("idle MiB", .right),
                .init("resident MiB", .right),
            ])
            for sample in report.memory {
                table.add([
                    "\(sample.step)", NumberText.fixed(sample.live, decimals: 3),
                    NumberText.fixed(sample.idle, decimals: 3),
                    NumberText.fixed(sample.resident, decimals: 1),
                ])
            }
            text += "\n" + table.rendered(color: color)
        }
        return text
    }
}
