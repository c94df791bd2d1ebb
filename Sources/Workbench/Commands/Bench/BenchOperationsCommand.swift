import ArgumentParser
import Experiments
import StrictJSON

/// `workbench bench ops`: passes over memory and small products.
struct BenchOperationsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ops",
        abstract: "Time elementwise, normalisation and optimiser passes, small products, and layers.",
        discussion: """
            Passes are in bytes that must be read and written, and as a share of what a plain copy of the same size \
            reaches in this run. 2 MiB operands lie in cache, 64 MiB ones in memory. Layers over sequences and the \
            spectral loss are timed forwards and backwards together.
            """)

    @OptionGroup var options: BenchOptions

    func run() throws {
        let threads = options.threads
        let all: [BenchmarkItem] =
            [2, 64].flatMap { OperationBenchmark.items(mebibytes: $0, threads: threads) }
            + GemmBenchmark.layerItems(threads: threads) + LayerBenchmark.items(threads: threads)
        var items = try options.selection(all) { $0.operation }
        // Shares need their copy, whatever else is left out.
        let missing = all.filter { copy in
            copy.operation == OperationBenchmark.copy
                && !items.contains { $0.operation == copy.operation && $0.size == copy.size }
                && items.contains { $0.size == copy.size }
        }
        items = missing + items
        let results = InterleavedTimer.run(
            items, rounds: options.rounds, label: "ops", reporter: options.reporter)
        func share(_ result: BenchmarkResult) -> Double? {
            guard case .bytes = result.item.work else { return nil }
            return results.first {
                $0.item.operation == OperationBenchmark.copy && $0.item.size == result.item.size
            }.map { result.medianRate / $0.medianRate }
        }
        if options.output.json {
            let objects = results.map { result -> JSONValue in
                var object = result.json
                if let share = share(result) { object["of_copy"] = BenchText.number(share) }
                return .object(object)
            }
            JSONOutput.write([
                "what": "workbench_bench_ops", "threads": .integer(threads), "items": .array(objects),
            ])
            return
        }
        var table = Table([
            .init("operation"), .init("size", .right), .init("ms", .right), .init("rate", .right),
            .init("best", .right), .init(""), .init("of copy", .right),
        ])
        for result in results {
            let isBytes = if case .bytes = result.item.work { true } else { false }
            table.add([
                result.item.operation, result.item.size, NumberText.fixed(1e3 * result.median, decimals: 3),
                NumberText.fixed(result.medianRate, decimals: 1),
                NumberText.fixed(result.bestRate, decimals: 1),
                isBytes ? "GB/s" : "GFLOP/s", share(result).map(BenchText.share) ?? "",
            ])
        }
        Terminal.write(table.rendered(color: Terminal.usesColor))
    }
}
