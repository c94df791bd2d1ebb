import StrictJSON
import Tensor

/// Convolutions forward and backward, beside matrix products that tell what the machine could do.
public enum ConvolutionBenchmark {
    /// What of a convolution is computed.
    public enum Pass: String, CaseIterable, Sendable {
        case forward
        case inputGradient = "input_gradient"
        case weightGradient = "weight_gradient"

        /// How often a training step of the benchmark network does it.
        public func calls(_ layer: ConvolutionLayer) -> Int {
            switch self {
            case .forward: layer.calls.forward
            case .inputGradient: layer.calls.input
            case .weightGradient: layer.calls.weight
            }
        }
    }

    /// One layer's times with one engine.
    public struct Row {
        public let layer: ConvolutionLayer
        public let engine: ConvolutionEngine
        public let results: [(pass: Pass, result: BenchmarkResult)]

        /// All passes together: GFLOP/s of the median times.
        public var rate: Double {
            let operations = results.reduce(0) { $0 + $1.result.item.work.amount }
            return operations / results.reduce(0) { $0 + $1.result.median } / 1e9
        }

        /// Seconds that one training step of the benchmark network spends here.
        public var stepSeconds: Double {
            results.reduce(0) { $0 + Double($1.pass.calls(layer)) * $1.result.median }
        }
    }

    /// What was measured.
    public struct Report {
        public let threads: Int
        /// The highest median rate of the matrix products of this run, GFLOP/s.
        public let peak: Double
        public let products: [BenchmarkResult]
        public let rows: [Row]
    }

    public static func run(
        layers: [ConvolutionLayer], engines: [ConvolutionEngine], threads: Int, rounds: Int,
        reporter: (any RunReporter)? = nil
    ) -> Report {
        let products = GemmBenchmark.peakItems(threads: threads)
        let before = ConvolutionEngine.current
        defer { ConvolutionEngine.current = before }
        let keys = layers.flatMap { layer in engines.map { (layer: layer, engine: $0) } }
        let items = keys.flatMap { key in
            Pass.allCases.map { item(key.layer, $0, engine: key.engine, threads: threads) }
        }
        let results = InterleavedTimer.run(
            products + items, rounds: rounds, label: "conv", reporter: reporter)
        let measured = results.dropFirst(products.count)
        let rows = keys.enumerated().map { index, key in
            let start = measured.startIndex + index * Pass.allCases.count
            return Row(
                layer: key.layer, engine: key.engine,
                results: Pass.allCases.enumerated().map { ($1, measured[start + $0]) })
        }
        let productResults = Array(results.prefix(products.count))
        let peak = GemmBenchmark.peak(of: productResults, threads: threads)?.median ?? .nan
        return Report(threads: threads, peak: peak, products: productResults, rows: rows)
    }

    private static func item(
        _ layer: ConvolutionLayer, _ pass: Pass, engine: ConvolutionEngine, threads: Int
    ) -> BenchmarkItem {
        var facts = layer.facts
        facts["pass"] = .string(pass.rawValue)
        facts["engine"] = .string(engine.rawValue)
        return BenchmarkItem(
            "convolution", size: "\(layer.name) \(pass.rawValue)", facts: facts, threads: threads,
            work: .operations(layer.operations), prepare: { ConvolutionEngine.current = engine }
        ) {
            let sources = layer.sourceShapes.map { BenchmarkData.tensor($0) }
            let weight = BenchmarkData.tensor(layer.weightShape, deviation: 0.05)
            return switch pass {
            case .forward: { _ = layer(sources, weight) }
            case .inputGradient: gradient(of: sources) { layer($0, weight) }
            case .weightGradient: gradient(of: [weight]) { layer(sources, $0[0]) }
            }
        }
    }
}

/// A call that computes the gradient with respect to some operands, as often as wanted, the forward pass having
/// been made before.
///
/// - Parameter seed: the upstream gradient; default: numbers of the output's shape.
func gradient(of operands: [Tensor], seed: Tensor? = nil, _ function: ([Tensor]) -> Tensor) -> () -> Void {
    let tape = Tape()
    let leaves = operands.map { tape.watch($0) }
    let output = tape.record { function(leaves) }
    let seed = seed ?? BenchmarkData.tensor(output.shape)
    return { _ = tape.gradients(of: output, seed: seed, retaining: true) }
}
