import Layers
import StrictJSON
import Tensor

/// Passes over large arrays, in bytes a second beside a plain copy, and the products of small layers.
public enum OperationBenchmark {
    /// The name of the item that all others are measured against.
    public static let copy = "copy"

    /// What the items of one size share, made when the first of them is timed.
    private final class Operands {
        let shape: [Int]
        lazy var x = BenchmarkData.tensor(shape)
        lazy var y = BenchmarkData.tensor(shape, deviation: 0.5)
        lazy var seed = BenchmarkData.tensor(shape, deviation: 0.1)
        lazy var halves = [0, 1].map { _ in BenchmarkData.tensor(shape.dropLast() + [shape[3] / 2]) }
        /// The magnitudes of x, none of them 0.
        lazy var positive = x.absolute() + 1e-3
        lazy var scale = Tensor.ones([shape[3]])
        lazy var shift = Tensor.zeros([shape[3]])

        init(_ shape: [Int]) { self.shape = shape }
    }

    /// The items that move as many bytes as a tensor of `mebibytes` MiB makes necessary.
    ///
    /// - Parameter mebibytes: the size of one operand: 2 lies in the caches of most machines, 64 does not.
    public static func items(mebibytes: Int, threads: Int) -> [BenchmarkItem] {
        // A quarter of a million elements to the MiB.
        let shape = [8, 32 * mebibytes, 32, 32]
        let count = Double(shape.reduce(1, *))
        let all = Operands(shape)

        /// - Parameter passes: how many times a whole operand must be read or written.
        func item(_ operation: String, passes: Double, make: @escaping () -> () -> Void) -> BenchmarkItem {
            BenchmarkItem(
                operation, size: "\(mebibytes) MiB",
                facts: [
                    "shape": .array(shape.map { .integer($0) }), "mebibytes": .integer(mebibytes),
                    "passes": .number(passes),
                ],
                threads: threads, work: .bytes(4 * count * passes), make: make)
        }
        func plain(_ operation: String, passes: Double, _ body: @escaping () -> Void) -> BenchmarkItem {
            item(operation, passes: passes) { body }
        }

        return [
            item(copy, passes: 2) { copying(all.x, threads: threads) },
            plain("add", passes: 3) { _ = all.x + all.y },
            plain("leaky relu", passes: 2) { _ = all.x.leakyReLU(slope: 0.2) },
            item("leaky relu backward", passes: 3) {
                gradient(of: [all.x], seed: all.seed) { $0[0].leakyReLU(slope: 0.2) }
            },
            plain("sigmoid", passes: 2) { _ = all.x.sigmoid() },
            plain("tanh", passes: 2) { _ = all.x.tanh() },
            plain("exponential", passes: 2) { _ = all.x.exponential() },
            plain("logarithm", passes: 2) { _ = all.positive.logarithm() },
            plain("log plus one", passes: 2) { _ = all.positive.logarithmPlusOne() },
            plain("sine", passes: 2) { _ = all.x.sine() },
            plain("cosine", passes: 2) { _ = all.x.cosine() },
            plain("error function", passes: 2) { _ = all.x.errorFunction() },
            plain("power 0.3", passes: 2) { _ = all.positive.power(0.3) },
            plain("softplus", passes: 2) { _ = all.x.softplus() },
            plain("elu", passes: 2) { _ = all.x.elu() },
            item("elu backward", passes: 3) { gradient(of: [all.x], seed: all.seed) { $0[0].elu() } },
            plain("gelu", passes: 2) { _ = all.x.gelu() },
            item("gelu backward", passes: 3) { gradient(of: [all.x], seed: all.seed) { $0[0].gelu() } },
            plain("silu", passes: 2) { _ = all.x.silu() },
            item("silu backward", passes: 3) { gradient(of: [all.x], seed: all.seed) { $0[0].silu() } },
            item("dropout", passes: 2) { dropping(all.x) },
            item("gather", passes: 2) { gathering(all.x) },
            item("scatter", passes: 2) {
                let index = indices(all.x.shape)
                return gradient(of: [all.x], seed: all.seed) { $0[0].gathered(index, axis: 1) }
            },
            // Statistics need all of x before the first result, so x is read twice.
            plain("batch norm", passes: 3) { _ = normalised([all.x, all.scale, all.shift]) },
            item("batch norm backward", passes: 5) {
                gradient(of: [all.x, all.scale, all.shift], seed: all.seed) { normalised($0) }
            },
            plain("batch norm and leaky relu", passes: 3) {
                _ = normalised([all.x, all.scale, all.shift], slope: 0.2)
            },
            item("batch norm and leaky relu backward", passes: 5) {
                gradient(of: [all.x, all.scale, all.shift], seed: all.seed) { normalised($0, slope: 0.2) }
            },
            item("adam", passes: 7) { adam(all.x, gradient: all.y) },
            plain("sum", passes: 1) { _ = all.x.sum() },
            plain("channel sums", passes: 1) { _ = all.x.sum(axes: [0, 1, 2]) },
            plain("concatenate", passes: 2) { _ = Tensor.concatenate(all.halves, axis: -1) },
        ]
    }

    /// Copies a tensor into fresh memory, by blocks that the threads share: two axes change their order, so
    /// that the library has to copy, but blocks stay megabytes long.
    private static func copying(_ x: Tensor, threads: Int) -> () -> Void {
        let blocks = 2 * threads
        let length = x.count / (2 * blocks)
        let view = x.reshaped([x.count]).slice(axis: 0, 0..<2 * blocks * length)
            .reshaped([2, blocks, length]).permuted([1, 0, 2])
        return { view.withValues { _ in } }
    }

    private static func dropping(_ x: Tensor) -> () -> Void {
        var stream = RandomStream(seed: 0, "bench-dropout")
        return { _ = x.dropped(0.1, from: &stream) }
    }

    /// Numbers along axis 1, in no order.
    private static func indices(_ shape: [Int]) -> IndexTensor {
        var stream = RandomStream(seed: 0, "bench-gather")
        return IndexTensor(
            (0..<shape.reduce(1, *)).map { _ in stream.integer(0..<shape[1]) }, shape: shape)
    }

    private static func gathering(_ x: Tensor) -> () -> Void {
        let index = indices(x.shape)
        return { _ = x.gathered(index, axis: 1) }
    }

    /// - Parameter operands: x, scale and shift.
    private static func normalised(_ operands: [Tensor], slope: Float = 1) -> Tensor {
        operands[0].batchNormalised(scale: operands[1], shift: operands[2], slope: slope).output
    }

    private static func adam(_ value: Tensor, gradient: Tensor) -> () -> Void {
        let parameter = Parameter(value)
        let optimiser = Adam([("value", parameter)], learningRate: 1e-4)
        let tape = Tape(watching: [parameter])
        let output = tape.record { parameter.tensor * gradient }
        let gradients = tape.gradients(of: output, seed: Tensor.ones(value.shape))
        return { optimiser.step(gradients) }
    }
}
