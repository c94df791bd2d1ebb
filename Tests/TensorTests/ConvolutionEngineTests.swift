import Testing

@testable import Tensor

@Suite("Convolution engines against the definition")
struct ConvolutionEngineTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var batch = 2
        let height, width: Int
        let channels: [Int]
        let outputs: Int
        let kernel: (height: Int, width: Int)
        let geometry: ConvolutionGeometry

        init(
            _ height: Int, _ width: Int, _ channels: [Int], _ outputs: Int, _ kernel: (Int, Int), stride: Int,
            padding: Int, batch: Int = 2
        ) {
            (self.height, self.width, self.channels, self.outputs) = (height, width, channels, outputs)
            self.kernel = kernel
            geometry = ConvolutionGeometry(stride: stride, padding: padding)
            self.batch = batch
        }

        var testDescription: String {
            "\(channels)->\(outputs) \(height)x\(width) k\(kernel) s\(geometry.strideY) p\(geometry.paddingY)"
        }
    }

    /// Sizes that reach every method (tiles, narrow, Winograd), every tail (positions, channels, odd edges) and
    /// both borders.
    static let cases = [
        Case(16, 20, [8], 32, (4, 4), stride: 2, padding: 1, batch: 5),
        Case(18, 14, [16], 48, (4, 4), stride: 2, padding: 1, batch: 7),
        Case(22, 22, [8, 24], 40, (4, 4), stride: 2, padding: 1, batch: 6),
        Case(17, 19, [12], 33, (4, 4), stride: 2, padding: 2, batch: 6),
        Case(20, 20, [16], 32, (2, 2), stride: 1, padding: 0, batch: 3),
        Case(20, 21, [10], 17, (2, 2), stride: 1, padding: 1, batch: 3),
        Case(9, 12, [17], 1, (3, 3), stride: 1, padding: 1),
        Case(9, 12, [9, 8], 3, (3, 3), stride: 1, padding: 1),
        Case(12, 12, [1], 16, (4, 4), stride: 2, padding: 1),
        Case(12, 10, [2], 32, (4, 4), stride: 2, padding: 1),
        Case(7, 9, [3], 5, (3, 3), stride: 1, padding: 1),
        Case(11, 13, [32], 64, (3, 3), stride: 1, padding: 1),
        Case(10, 10, [70], 70, (5, 5), stride: 2, padding: 2),
        Case(6, 6, [4], 6, (2, 2), stride: 3, padding: 0),
        Case(1, 40, [24], 32, (1, 5), stride: 1, padding: 0),
    ]

    static let engineCases = ConvolutionEngine.allCases.flatMap { engine in cases.map { (engine, $0) } }

    @Test("convolution, its adjoint and its kernel's gradient", arguments: engineCases)
    func agreesWithTheDefinition(engine: ConvolutionEngine, item: Case) throws {
        var stream = RandomStream(seed: 8, item.testDescription)
        let total = item.channels.reduce(0, +)
        let sources = item.channels.map {
            Tensor.normal([item.batch, item.height, item.width, $0], from: &stream)
        }
        let x = Tensor.concatenate(sources, axis: -1)
        let w = Tensor.normal([item.outputs, item.kernel.height, item.kernel.width, total], from: &stream)
        let bias = Tensor.normal([item.outputs], from: &stream)
        let convolution = Convolution(geometry: item.geometry, sources: sources.count)
        let size = try convolution.outputShapes((sources + [w]).map(\.shape))[0]
        let upstream = Tensor.normal(size, from: &stream)
        let adjoint = TransposedConvolution(
            geometry: item.geometry, outputHeight: item.height, outputWidth: item.width)
        let gradient = ConvolutionWeightGradient(
            geometry: item.geometry, kernelHeight: item.kernel.height, kernelWidth: item.kernel.width)

        let (y, dx, dw) = engine.use {
            (
                apply(convolution, sources + [w, bias])[0], apply(adjoint, [upstream, w])[0],
                apply(gradient, [x, upstream])[0]
            )
        }
        let expected = Definition(item, x: x.values, w: w.values, bias: bias.values, g: upstream.values, size)
        #expect(Self.error(y, expected.y) < 2e-6)
        #expect(Self.error(dx, expected.dx) < 2e-6)
        #expect(Self.error(dw, expected.dw) < 2e-6)

        // The adjoint of two sources, and the gradient against two upstreams.
        if item.outputs > 1 {
            let cut = item.outputs / 2
            let parts = [
                upstream.slice(axis: 3, 0..<cut), upstream.slice(axis: 3, cut..<item.outputs),
            ]
            let (joinedDx, joinedDw) = engine.use {
                var both = adjoint
                both.sources = 2
                return (apply(both, parts + [w])[0], apply(gradient, [x] + parts)[0])
            }
            #expect(Self.error(joinedDx, expected.dx) < 2e-6)
            #expect(Self.error(joinedDw, expected.dw) < 2e-6)
        }
    }

    /// The largest difference, relative to the largest value.
    private static func error(_ tensor: Tensor, _ expected: [Double]) -> Double {
        let values = tensor.values
        guard values.count == expected.count else { return .infinity }
        let scale = expected.reduce(1e-9) { max($0, abs($1)) }
        return zip(values, expected).reduce(0) { worst, pair in
            let difference = abs(Double(pair.0) - pair.1)
            return difference.isNaN ? .infinity : max(worst, difference / scale)
        }
    }

    /// The sums as they are written in books, in double precision.
    private struct Definition {
        var y, dx, dw: [Double]

        init(_ item: Case, x: [Float], w: [Float], bias: [Float], g: [Float], _ size: [Int]) {
            let channels = item.channels.reduce(0, +)
            y = [Double](repeating: 0, count: g.count)
            dx = [Double](repeating: 0, count: x.count)
            dw = [Double](repeating: 0, count: w.count)
            let (stride, padding) = (item.geometry.strideY, item.geometry.paddingY)
            for position in 0..<size[0] * size[1] * size[2] {
                let (n, i, j) = (
                    position / (size[1] * size[2]), position / size[2] % size[1], position % size[2]
                )
                for o in 0..<item.outputs { y[position * item.outputs + o] = Double(bias[o]) }
                for a in 0..<item.kernel.height {
                    for b in 0..<item.kernel.width {
                        let (row, column) = (i * stride + a - padding, j * stride + b - padding)
                        guard (0..<item.height).contains(row), (0..<item.width).contains(column) else {
                            continue
                        }
                        let from = ((n * item.height + row) * item.width + column) * channels
                        for o in 0..<item.outputs {
                            let kernel = ((o * item.kernel.height + a) * item.kernel.width + b) * channels
                            let upstream = Double(g[position * item.outputs + o])
                            for c in 0..<channels {
                                y[position * item.outputs + o] += Double(x[from + c]) * Double(w[kernel + c])
                                dx[from + c] += upstream * Double(w[kernel + c])
                                dw[kernel + c] += upstream * Double(x[from + c])
                            }
                        }
                    }
                }
            }
        }
    }
}
