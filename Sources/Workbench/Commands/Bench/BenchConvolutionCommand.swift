import ArgumentParser
import Experiments
import StrictJSON
import Tensor

/// `workbench bench conv`: convolutions forward and backward.
struct BenchConvolutionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conv", abstract: "Time convolutions forward and backward, beside matrix products.",
        discussion: """
            Rates count the multiplications of the definition, so an engine that saves some of them may exceed the \
            machine's peak. Shares are of the highest rate that a matrix product reached in this run. With --step the layers are \
            those of the training step of `bench step`, and the last column is what all their calls take in one step.
            """)

    @OptionGroup var options: BenchOptions
    @OptionGroup var engine: EngineOption
    @Flag(help: "The layers of the benchmark network, weighted as one step uses them.")
    var step = false

    func run() throws {
        let layers = try options.selection(step ? ConvolutionLayer.step : ConvolutionLayer.spread) { $0.name }
        let report = ConvolutionBenchmark.run(
            layers: layers, engines: engine.chosen.map { [$0] } ?? ConvolutionEngine.allCases,
            threads: options.threads, rounds: options.rounds, reporter: options.reporter)
        if options.output.json {
            JSONOutput.write(json(report))
        } else {
            Terminal.write(text(report))
        }
    }

    private func json(_ report: ConvolutionBenchmark.Report) -> JSONObject {
        let items = report.rows.flatMap { row in
            row.results.map { pass, result -> JSONValue in
                var object = result.json
                object["layer"] = .string(row.layer.name)
                object["of_peak"] = BenchText.number(result.medianRate / report.peak)
                if step { object["calls_a_step"] = .integer(pass.calls(row.layer)) }
                return .object(object)
            }
        }
        return [
            "what": "workbench_bench_conv", "threads": .integer(report.threads),
            "peak_gflops": BenchText.number(report.peak), "items": .array(items),
        ]
    }

    private func text(_ report: ConvolutionBenchmark.Report) -> String {
        var columns: [Table.Column] = [.init("layer"), .init("engine")]
        for name in ["forward", "to input", "to weights", "all", "of peak"] {
            columns.append(.init(name, .right))
        }
        if step { columns.append(.init("ms a step", .right)) }
        var table = Table(columns)
        for row in report.rows {
            var cells = [row.layer.name, row.engine.rawValue]
            cells += row.results.map { NumberText.fixed($0.result.medianRate, decimals: 1) }
            cells += [NumberText.fixed(row.rate, decimals: 1), BenchText.share(row.rate / report.peak)]
            if step { cells.append(NumberText.fixed(1e3 * row.stepSeconds, decimals: 2)) }
            table.add(cells)
        }
        var text = table.rendered(color: Terminal.usesColor)
        text += "GFLOP/s, batch of 8, \(report.threads) thread\(report.threads == 1 ? "" : "s"); "
        text += "peak of matrix products in this run: \(NumberText.fixed(report.peak, decimals: 1))\n"
        if step {
            for engine in ConvolutionEngine.allCases {
                let rows = report.rows.filter { $0.engine == engine }
                if rows.isEmpty { continue }
                let total = rows.reduce(0) { $0 + $1.stepSeconds }
                text += "\(engine.rawValue): \(NumberText.fixed(1e3 * total, decimals: 1)) ms a step\n"
            }
        }
        return text
    }
}
