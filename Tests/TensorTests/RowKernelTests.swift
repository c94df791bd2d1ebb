import Foundation
import Testing

@testable import Tensor

/// Kernels that work on several rows, positions or units at once: each against the definition in double precision, at
/// sizes that are no multiple of what goes side by side, and with the same bits on any number of threads.
@Suite("Kernels that take several rows at once", .serialized) struct RowKernelTests {
    private func agree(_ values: [Float]?, _ wanted: [Double], _ tolerance: Double = 2e-5) -> Bool {
        guard let values, values.count == wanted.count else { return false }
        return zip(values, wanted).allSatisfy { abs(Double($0) - $1) <= tolerance * max(1, abs($1)) }
    }

    @Test(arguments: [1, 3, 15, 16, 17, 30, 31, 64, 100, 4097])
    func layerNormalisationIsTheDefinition(columns: Int) {
        let rows = 37
        var stream = RandomStream(seed: UInt64(columns), "layer norm")
        let x = Tensor.normal([rows, columns], mean: 3, deviation: 2, from: &stream)
        let scale = Tensor.normal([columns], mean: 1, from: &stream)
        let shift = Tensor.normal([columns], from: &stream)
        let upstream = Tensor.normal([rows, columns], from: &stream)
        let tape = Tape()
        let leaves = [x, scale, shift].map { tape.watch($0) }
        let output = tape.record { leaves[0].layerNormalised(scale: leaves[1], shift: leaves[2]) }
        let gradients = tape.gradients(of: output, seed: upstream)

        var (y, dx) = ([Double](), [Double]())
        var dScale = [Double](repeating: 0, count: columns)
        var dShift = dScale
        let (xs, gs) = (x.values.map(Double.init), upstream.values.map(Double.init))
        let (scales, shifts) = (scale.values.map(Double.init), shift.values.map(Double.init))
        for row in 0..<rows {
            let (v, g) = (xs[row * columns..<(row + 1) * columns], gs[row * columns..<(row + 1) * columns])
            let mean = v.reduce(0, +) / Double(columns)
            let inverse =
                1 / (v.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(columns) + 1e-5).squareRoot()
            let normal = v.map { ($0 - mean) * inverse }
            let scaled = zip(g, scales).map(*)
            let meanG = scaled.reduce(0, +) / Double(columns)
            let meanGX = zip(scaled, normal).map(*).reduce(0, +) / Double(columns)
            for (c, g) in g.enumerated() {
                y.append(normal[c] * scales[c] + shifts[c])
                dx.append(inverse * (scaled[c] - meanG - normal[c] * meanGX))
                dScale[c] += g * normal[c]
                dShift[c] += g
            }
        }
        #expect(agree(output.values, y))
        // A single column has no spread: its gradient is the difference of equal numbers, times 1 / sqrt(epsilon).
        #expect(agree(gradients[leaves[0]]?.values, dx, columns == 1 ? 1e-3 : 2e-5))
        #expect(agree(gradients[leaves[1]]?.values, dScale))
        #expect(agree(gradients[leaves[2]]?.values, dShift))
    }

    struct Depthwise: Sendable {
        let time, channels, kernel, stride, padding, dilation: Int
    }

    @Test(arguments: [
        Depthwise(time: 300, channels: 20, kernel: 3, stride: 1, padding: 1, dilation: 1),
        Depthwise(time: 40, channels: 16, kernel: 5, stride: 2, padding: 2, dilation: 1),
        Depthwise(time: 33, channels: 3, kernel: 3, stride: 1, padding: 4, dilation: 4),
        Depthwise(time: 5, channels: 35, kernel: 4, stride: 3, padding: 3, dilation: 1),
    ])
    func depthwiseConvolutionIsTheDefinition(sizes s: Depthwise) {
        var stream = RandomStream(seed: 4, "depthwise")
        let x = Tensor.normal([2, s.time, s.channels], from: &stream)
        let weight = Tensor.normal([s.channels, s.kernel, 1], from: &stream)
        let bias = Tensor.normal([s.channels], from: &stream)
        let geometry = ConvolutionGeometry1D(
            stride: s.stride, padding: s.padding, dilation: s.dilation, groups: s.channels)
        let tape = Tape()
        let leaves = [x, weight, bias].map { tape.watch($0) }
        let output = tape.record { leaves[0].convolved1D(leaves[1], bias: leaves[2], geometry) }
        let upstream = Tensor.normal(output.shape, from: &stream)
        let gradients = tape.gradients(of: output, seed: upstream)

        let length = output.shape[1]
        let (xs, ws, gs) = (x.values, weight.values, upstream.values)
        var y = [Double](repeating: 0, count: output.count)
        var (dx, dw) = ([Double](repeating: 0, count: x.count), [Double](repeating: 0, count: weight.count))
        for n in 0..<2 {
            for t in 0..<length {
                for c in 0..<s.channels {
                    let to = (n * length + t) * s.channels + c
                    y[to] = Double(bias.values[c])
                    for k in 0..<s.kernel {
                        let at = t * s.stride + k * s.dilation - s.padding
                        guard (0..<s.time).contains(at) else { continue }
                        let from = (n * s.time + at) * s.channels + c
                        y[to] += Double(xs[from]) * Double(ws[c * s.kernel + k])
                        dx[from] += Double(gs[to]) * Double(ws[c * s.kernel + k])
                        dw[c * s.kernel + k] += Double(gs[to]) * Double(xs[from])
                    }
                }
            }
        }
        #expect(agree(output.values, y))
        #expect(agree(gradients[leaves[0]]?.values, dx))
        #expect(agree(gradients[leaves[1]]?.values, dw))
    }

    @Test(arguments: [(70, 17, 300), (64, 32, 64), (129, 100, 131), (200, 1000, 128)])
    func productsOfTransposesAreTheDefinition(m: Int, n: Int, k: Int) {
        var stream = RandomStream(seed: 6, "transposed product")
        let a = Tensor.normal([k, m], from: &stream)
        let b = Tensor.normal([k, n], from: &stream)
        #expect(TiledProduct.suitsTransposed(m: m, n: n, k: k))
        var wanted = [Double](repeating: 0, count: m * n)
        let (left, right) = (a.values.map(Double.init), b.values.map(Double.init))
        for p in 0..<k {
            for i in 0..<m {
                let factor = left[p * m + i]
                for j in 0..<n { wanted[i * n + j] += factor * right[p * n + j] }
            }
        }
        #expect(agree(a.transposed().matrixProduct(b).values, wanted))
        // The right one transposed in memory, too.
        let turned = Tensor(b.transposed().values, shape: [n, k])
        #expect(agree(a.transposed().matrixProduct(turned.transposed()).values, wanted))
    }

    /// With one thread sequences are shared out, with more than there are groups of them the units of each step.
    @Test(arguments: [1, 3, 4])
    func recurrentLayersHaveTheSameBitsOnAnyNumberOfThreads(threads: Int) {
        func results() -> [[UInt32]] {
            var stream = RandomStream(seed: 8, "recurrent")
            let (batch, time, units) = (10, 7, 70)
            func drawn(_ shape: [Int]) -> Tensor { .normal(shape, deviation: 0.3, from: &stream) }
            let gru = [drawn([batch, time, 3 * units]), drawn([3 * units, units]), drawn([3 * units])]
            let lstm = [drawn([batch, time, 4 * units]), drawn([4 * units, units]), drawn([4 * units])]
            let (state, cell) = (drawn([batch, units]), drawn([batch, units]))
            var results: [Tensor] = []
            for reversed in [false, true] {
                let tape = Tape()
                let leaves = (gru + lstm + [state, cell]).map { tape.watch($0) }
                let output = tape.record {
                    let first = leaves[0].gatedRecurrentUnit(
                        weight: leaves[1], bias: leaves[2], initial: leaves[6], reversed: reversed)
                    let second = leaves[3].longShortTermMemory(
                        weight: leaves[4], bias: leaves[5], initial: leaves[6], cell: leaves[7],
                        reversed: reversed)
                    return (first * second.states).sum() + second.cell.squared().sum()
                }
                let gradients = tape.gradients(of: output)
                results += [output] + leaves.compactMap { gradients[$0] }
            }
            return results.map { $0.values.map(\.bitPattern) }
        }
        let before = ThreadPool.shared.threadCount
        defer { ThreadPool.shared.threadCount = before }
        ThreadPool.shared.threadCount = 2
        let expected = results()
        #expect(expected.count == 18)
        ThreadPool.shared.threadCount = threads
        #expect(results() == expected)
    }
}
