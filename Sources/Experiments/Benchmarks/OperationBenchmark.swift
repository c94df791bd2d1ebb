import Layers
import StrictJSON
import Tensor

/// Passes over large arrays, in bytes a second beside a plain copy, and the products of small layers.
public enum OperationBenchmark {
    /// The name of the item that all others are measured against.
    public static let copy = "copy"

    /// The items that move as many bytes as a tensor of `mebibytes` MiB makes necessary.
    ///
    /// - Parameter mebibytes: the size of one operand: 2 lies in the caches of most machines, 64 does not.
    public static func items(mebibytes: Int, threads: Int) -> [BenchmarkItem] {
        // [8, height, 32, 32], a quarter of a million elements to the MiB.
        let shape = [8, 32 * mebibytes, 32, 32]
        let count = Double(shape.reduce(1, *))
        let (x, y) = (BenchmarkData.tensor(shape), BenchmarkData.tensor(shape, deviation: 0.5))
        let seed = BenchmarkData.tensor(shape, deviation: 0.1)
        let (scale, shift) = (Tensor.ones([32]), Tensor.zeros([32]))

        /// - Parameter passes: how many times a whole operand must be read or written.
        func item(_ operation: String, passes: Double, _ body: @escaping () -> Void) -> BenchmarkItem {
            BenchmarkItem(
                operation, size: "\(mebibytes) MiB",
                facts: [
                    "shape": .array(shape.map { .integer($0) }), "mebibytes": .integer(mebibytes),
                    "passes": .number(passes),
                ],
                threads: threads, work: .bytes(4 * count * passes), body: body)
        }
        func backward(_ operand: Tensor, _ function: (Tensor) -> Tensor) -> () -> Void {
            gradient(of: operand, seed: seed, function)
        }
        let halfShape = Array(shape.dropLast()) + [16]
        let (left, right) = (BenchmarkData.tensor(halfShape), BenchmarkData.tensor(halfShape))

        return [
            item(copy, passes: 2, copying(x, threads: threads)),
            item("add", passes: 3) { _ = x + y },
            item("leaky relu", passes: 2) { _ = x.leakyReLU(slope: 0.2) },
            item("leaky relu backward", passes: 3, backward(x) { $0.leakyReLU(slope: 0.2) }),
            item("sigmoid", passes: 2) { _ = x.sigmoid() },
            item("tanh", passes: 2) { _ = x.tanh() },
            // Statistics need all of x before the first result, so x is read twice.
            item("batch norm", passes: 3) { _ = x.batchNormalised(scale: scale, shift: shift) },
            item("batch norm backward", passes: 5, normBackward(x, scale, shift, seed)),
            item("adam", passes: 7, adam(x, y)),
            item("sum", passes: 1) { _ = x.sum() },
            item("channel sums", passes: 1) { _ = x.sum(axes: [0, 1, 2]) },
            item("concatenate", passes: 2) { _ = Tensor.concatenate([left, right], axis: -1) },
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

    private static func normBackward(_ x: Tensor, _ scale: Tensor, _ shift: Tensor, _ seed: Tensor) -> () ->
        Void
    {
        let tape = Tape()
        let leaves = [x, scale, shift].map { tape.watch($0) }
        let output = tape.record { leaves[0].batchNormalised(scale: leaves[1], shift: leaves[2]).output }
        return { _ = tape.gradients(of: output, seed: seed, retaining: true) }
    }

    private static func adam(_ value: Tensor, _ gradient: Tensor) -> () -> Void {
        let parameter = Parameter(value)
        let optimiser = Adam([("value", parameter)], learningRate: 1e-4)
        let tape = Tape(watching: [parameter])
        let output = tape.record { parameter.tensor * gradient }
        let gradients = tape.gradients(of: output, seed: Tensor.ones(value.shape))
        return { optimiser.step(gradients) }
    }
}
