import ArgumentParser
import Experiments
import StrictJSON

/// `workbench bench gemm`: what matrix products reach.
struct BenchGemmCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gemm", abstract: "Time matrix products with one thread and with all.",
        discussion: "The highest rate is the machine's peak that other benchmarks are measured against.")

    @OptionGroup var options: BenchOptions

    func run() throws {
        let items = try options.selection(GemmBenchmark.items(threads: options.threads)) { $0.size }
        let results = InterleavedTimer.run(
            items, rounds: options.rounds, label: "gemm", reporter: options.reporter)
        let counts = options.threads == 1 ? [1] : [1, options.threads]
        let peaks = counts.compactMap { count in
            GemmBenchmark.peak(of: results, threads: count).map { (threads: count, peak: $0) }
        }
        if options.output.json {
            JSONOutput.write([
                "what": "workbench_bench_gemm", "threads": .integer(options.threads),
                "peaks": .array(
                    peaks.map { threads, peak in
                        .object([
                            "threads": .integer(threads), "gflops": BenchText.number(peak.median),
                            "best_gflops": BenchText.number(peak.best),
                        ])
                    }),
                "items": .array(results.map { .object($0.json) }),
            ])
            return
        }
        var table = Table([
            .init("threads", .right), .init("m x n x k", .right), .init("ms", .right),
            .init("GFLOP/s", .right), .init("best", .right), .init("of peak", .right),
        ])
        for result in results {
            let peak = peaks.first { $0.threads == result.item.threads }?.peak.median ?? .nan
            table.add([
                "\(result.item.threads)", result.item.size,
                NumberText.fixed(1e3 * result.median, decimals: 3),
                NumberText.fixed(result.medianRate, decimals: 1),
                NumberText.fixed(result.bestRate, decimals: 1), BenchText.share(result.medianRate / peak),
            ])
        }
        Terminal.write(table.rendered(color: Terminal.usesColor))
        for (threads, peak) in peaks {
            Terminal.write(
                "peak with \(threads) thread\(threads == 1 ? "" : "s"): "
                    + "\(NumberText.fixed(peak.median, decimals: 1)) GFLOP/s, "
                    + "best sample \(NumberText.fixed(peak.best, decimals: 1))\n")
        }
    }
}

/// How benchmarks write numbers.
enum BenchText {
    /// For machines: three decimals, as the items have.
    static func number(_ value: Double) -> JSONValue { .number((value * 1e3).rounded() / 1e3) }

    /// A share as a percentage: "87 %".
    static func share(_ share: Double) -> String {
        share.isFinite ? NumberText.fixed(100 * share, decimals: 0) + " %" : "-"
    }
}
