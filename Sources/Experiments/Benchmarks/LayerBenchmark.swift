import Layers
import Losses
import StrictJSON
import Tensor

/// Whole layers over sequences and the spectral loss, forwards and backwards, at sizes that enhancement works with.
public enum LayerBenchmark {
    /// Operations whose items are layers.
    public static let operations = [
        "gru", "lstm", "attention", "layer norm", "group norm", "instance norm", "conv 1d",
        "transposed conv 1d", "stft loss",
    ]

    public static func items(threads: Int) -> [BenchmarkItem] {
        recurrent(threads) + attention(threads) + norms(threads) + convolutions(threads) + [loss(threads)]
    }

    private static func stream() -> RandomStream { RandomStream(seed: 0, "layer-bench") }

    /// - Parameters:
    ///   - sizes: of everything that another program needs to do the same, by name.
    ///   - work: of a forward pass; the backward pass is twice as much.
    private static func item(
        _ operation: String, _ sizes: KeyValuePairs<String, Int>, threads: Int, work: Double,
        _ make: @escaping () -> () -> Void
    ) -> BenchmarkItem {
        var facts = JSONObject()
        for (name, value) in sizes { facts[name] = .integer(value) }
        return BenchmarkItem(
            operation, size: sizes.map { "\($0.key) \($0.value)" }.joined(separator: ", "), facts: facts,
            threads: threads, work: .operations(3 * work), make: make)
    }

    /// A call that runs a layer and finds the gradients of its parameters and of its input.
    private static func pass(
        _ layer: some AnyObject, input: [Int], _ forward: @escaping (Tensor) -> Tensor
    ) -> () -> Void {
        let parameters = ParameterTree(layer).parameters.map(\.parameter)
        let x = BenchmarkData.tensor(input)
        let seed = BenchmarkData.tensor(forward(x).shape, deviation: 0.1)
        return {
            let tape = Tape(watching: parameters)
            let leaf = tape.watch(x)
            let output = tape.record { forward(leaf) }
            _ = tape.gradients(of: output, seed: seed)
        }
    }

    private struct Sequence {
        let batch, time, inputs, units, directions: Int
    }

    private static func recurrent(_ threads: Int) -> [BenchmarkItem] {
        let sizes = [
            Sequence(batch: 8, time: 128, inputs: 256, units: 256, directions: 1),
            Sequence(batch: 16, time: 256, inputs: 64, units: 128, directions: 2),
        ]
        var items: [BenchmarkItem] = []
        for s in sizes {
            for (name, gates) in [("gru", 3), ("lstm", 4)] {
                let products = s.batch * s.time * s.directions * gates * s.units * (s.inputs + s.units)
                items.append(
                    item(
                        name,
                        [
                            "batch": s.batch, "time": s.time, "inputs": s.inputs, "units": s.units,
                            "directions": s.directions,
                        ], threads: threads, work: 2 * Double(products)
                    ) {
                        var stream = stream()
                        let both = s.directions == 2
                        let shape = [s.batch, s.time, s.inputs]
                        if name == "gru" {
                            let layer = GRU(s.inputs, s.units, bidirectional: both, from: &stream)
                            return pass(layer, input: shape) { layer($0, mode: .training) }
                        }
                        let layer = LSTM(s.inputs, s.units, bidirectional: both, from: &stream)
                        return pass(layer, input: shape) { layer($0, mode: .training) }
                    })
            }
        }
        return items
    }

    private static func attention(_ threads: Int) -> [BenchmarkItem] {
        [(8, 128, 256, 4), (8, 256, 256, 4), (2, 512, 128, 4)].map { batch, time, features, heads in
            let work = 2 * Double(batch * time) * Double(4 * features * features + 2 * time * features)
            return item(
                "attention", ["batch": batch, "time": time, "features": features, "heads": heads],
                threads: threads, work: work
            ) {
                var stream = stream()
                let layer = MultiHeadAttention(features, heads: heads, from: &stream)
                return pass(layer, input: [batch, time, features]) { layer($0, mode: .training) }
            }
        }
    }

    private static func norms(_ threads: Int) -> [BenchmarkItem] {
        func norm(
            _ name: String, _ sizes: KeyValuePairs<String, Int>, _ shape: [Int],
            _ layer: @escaping () -> any Layer
        ) -> BenchmarkItem {
            item(name, sizes, threads: threads, work: 8 * Double(shape.reduce(1, *))) {
                let layer = layer()
                return pass(layer, input: shape) { layer($0, mode: .training) }
            }
        }
        let (batch, time, features) = (8, 4096, 64)
        return [
            norm("layer norm", ["batch": batch, "time": 512, "features": 256], [batch, 512, 256]) {
                LayerNorm([256])
            },
            norm(
                "layer norm", ["batch": batch, "time": time, "features": features], [batch, time, features]
            ) { LayerNorm([features]) },
            norm(
                "group norm", ["batch": batch, "time": time, "features": features, "groups": 8],
                [batch, time, features]
            ) { GroupNorm(features, groups: 8) },
            norm(
                "instance norm", ["batch": batch, "time": time, "features": features],
                [batch, time, features]
            ) { InstanceNorm(features, isAffine: true) },
        ]
    }

    private struct Kernel {
        let time, inputs, outputs, kernel: Int
        var stride = 1
        var padding = 0
        var dilation = 1
        var groups = 1
    }

    private static let kernels = [
        Kernel(time: 4096, inputs: 64, outputs: 64, kernel: 7, padding: 3),
        Kernel(time: 4096, inputs: 64, outputs: 64, kernel: 3, padding: 4, dilation: 4),
        Kernel(time: 4096, inputs: 32, outputs: 64, kernel: 8, stride: 4, padding: 2),
        Kernel(time: 16384, inputs: 1, outputs: 32, kernel: 15, padding: 7),
        Kernel(time: 2048, inputs: 128, outputs: 128, kernel: 3, padding: 1, groups: 128),
    ]

    private static func convolutions(_ threads: Int) -> [BenchmarkItem] {
        let batch = 8
        var items: [BenchmarkItem] = []
        for k in kernels {
            let products = batch * (k.time / k.stride) * k.inputs * k.outputs * k.kernel / k.groups
            items.append(
                item(
                    "conv 1d",
                    [
                        "batch": batch, "time": k.time, "in": k.inputs, "out": k.outputs, "kernel": k.kernel,
                        "stride": k.stride, "padding": k.padding, "dilation": k.dilation, "groups": k.groups,
                    ], threads: threads, work: 2 * Double(products)
                ) {
                    var stream = stream()
                    let geometry = ConvolutionGeometry1D(
                        stride: k.stride, padding: k.padding, dilation: k.dilation, groups: k.groups)
                    let layer = Convolution1D(
                        k.inputs, k.outputs, kernel: k.kernel, geometry: geometry, from: &stream)
                    return pass(layer, input: [batch, k.time, k.inputs]) { layer($0, mode: .training) }
                })
        }
        let (time, inputs, outputs) = (1024, 64, 32)
        items.append(
            item(
                "transposed conv 1d",
                [
                    "batch": batch, "time": time, "in": inputs, "out": outputs, "kernel": 8, "stride": 4,
                    "padding": 2,
                ], threads: threads, work: 2 * Double(batch * time * inputs * outputs * 8)
            ) {
                var stream = stream()
                let layer = TransposedConvolution1D(
                    inputs, outputs, kernel: 8, geometry: ConvolutionGeometry1D(stride: 4, padding: 2),
                    from: &stream)
                return pass(layer, input: [batch, time, inputs]) { layer($0, mode: .training) }
            })
        return items
    }

    private static func loss(_ threads: Int) -> BenchmarkItem {
        let (batch, time) = (8, 16384)
        // 2.5 n log2 n operations for each frame of estimate and target, at three resolutions.
        var products = 0.0
        for (size, hop) in [(1024, 120), (2048, 240), (512, 50)] {
            let frame = 2.5 * Double(size) * Double(size.trailingZeroBitCount)
            products += 2 * Double(batch * (time / hop)) * frame
        }
        return item("stft loss", ["batch": batch, "time": time], threads: threads, work: products) {
            let loss = MultiResolutionSTFT(padding: .reflect)
            let estimate = BenchmarkData.tensor([batch, time], deviation: 0.1)
            let target = estimate + BenchmarkData.tensor([time], deviation: 0.02)
            return {
                let tape = Tape()
                let leaf = tape.watch(estimate)
                _ = tape.gradients(of: tape.record { loss(leaf, target) })
            }
        }
    }
}
