import Foundation
import Testing

@testable import Tensor

@Suite("Operations against plain formulas")
struct OperationTests {
    private func largestDifference(_ a: [Float], _ b: [Float]) -> Float {
        zip(a, b).map { abs($0 - $1) }.max() ?? .infinity
    }

    @Test func elementaryFunctionsAgreeWithTheLibrary() {
        let inputs: [Float] = (-4000...4000).map { Float($0) / 50 } + [1e-30, 3e-8, 1e-3, 1e20, 3e38]
        let functions: [(UnaryFunction, (Double) -> Double)] = [
            (.exponential, { exp($0) }), (.logarithm, { log($0) }), (.tanh, { tanh($0) }),
            (.sigmoid, { 1 / (1 + exp(-$0)) }), (.softplus, { max($0, 0) + log1p(exp(-abs($0))) }),
            (.squareRoot, { sqrt($0) }), (.reciprocal, { 1 / $0 }),
        ]
        for (function, reference) in functions {
            let results = apply(Unary(function: function), [Tensor(inputs)])[0].values
            let wrong = zip(inputs, results).filter { x, y in
                let expected = Float(reference(Double(x)))
                if expected.isNaN { return !y.isNaN }
                if expected.isInfinite || expected == 0 { return y != expected }
                // Denormal results may lose digits.
                return abs(y - expected) > 4e-7 * max(abs(expected), 1e-31)
            }
            #expect(wrong.isEmpty, "\(function) of \(wrong.first?.0 ?? 0) is \(wrong.first?.1 ?? 0)")
        }
    }

    @Test func specialValuesPassThrough() {
        let x = Tensor([.nan, .infinity, -.infinity])
        #expect(x.exponential().values[0].isNaN)
        #expect(x.exponential().values[1] == .infinity)
        #expect(x.exponential().values[2] == 0)
        #expect(x.tanh().values[0].isNaN)
        #expect(x.tanh().values[1] == 1)
        #expect(x.logarithm().values[1] == .infinity)
        #expect(x.logarithm().values[2].isNaN)
        #expect(Tensor([0]).logarithm().values == [-.infinity])
        #expect(!x.isFinite)
        #expect(Tensor([1, -1e38]).isFinite)
    }

    @Test(arguments: [(1, 1, 3, 3), (2, 1, 4, 4), (1, 0, 1, 1), (3, 2, 2, 5), (5, 0, 3, 3)])
    func convolutionIsTheSumOverTaps(stride: Int, padding: Int, kernelHeight: Int, kernelWidth: Int) {
        var stream = RandomStream(seed: 1, "convolution")
        let (batch, height, width, inChannels, outChannels) = (2, 9, 8, 3, 5)
        let x = Tensor.normal([batch, height, width, inChannels], from: &stream)
        let w = Tensor.normal([outChannels, kernelHeight, kernelWidth, inChannels], from: &stream)
        let b = Tensor.normal([outChannels], from: &stream)
        let y = x.convolved(w, bias: b, ConvolutionGeometry(stride: stride, padding: padding))
        let (outHeight, outWidth) = (y.shape[1], y.shape[2])
        #expect(outHeight == (height + 2 * padding - kernelHeight) / stride + 1)
        let (xs, ws, bs) = (x.values, w.values, b.values)
        var expected: [Float] = []
        for n in 0..<batch {
            for i in 0..<outHeight {
                for j in 0..<outWidth {
                    for o in 0..<outChannels {
                        var sum = bs[o]
                        for u in 0..<kernelHeight {
                            for v in 0..<kernelWidth {
                                let (row, column) = (i * stride + u - padding, j * stride + v - padding)
                                guard (0..<height).contains(row), (0..<width).contains(column) else {
                                    continue
                                }
                                for c in 0..<inChannels {
                                    sum +=
                                        xs[((n * height + row) * width + column) * inChannels + c]
                                        * ws[((o * kernelHeight + u) * kernelWidth + v) * inChannels + c]
                                }
                            }
                        }
                        expected.append(sum)
                    }
                }
            }
        }
        #expect(largestDifference(y.values, expected) < 2e-5)
    }

    @Test(arguments: [(1, 1, 3, 0), (2, 1, 4, 0), (2, 0, 3, 1), (3, 0, 2, 0)])
    func transposedConvolutionIsTheAdjoint(stride: Int, padding: Int, kernel: Int, outputPadding: Int) {
        var stream = RandomStream(seed: 2, "transposed")
        let geometry = ConvolutionGeometry(stride: stride, padding: padding)
        let w = Tensor.normal([4, kernel, kernel, 3], from: &stream)
        let y = Tensor.normal([2, 5, 6, 4], from: &stream)
        let up = y.transposedConvolved(w, nil, geometry, outputPadding)
        let x = Tensor.normal(up.shape, from: &stream)
        // <conv(x), y> = <x, transposed(y)>
        let left = GradientCheck.dot(x.convolved(w, nil, geometry), y)
        let right = GradientCheck.dot(x, up)
        #expect(abs(left - right) < 1e-3 * max(1, abs(left)))
    }

    @Test func matrixProductsOfAllLayouts() {
        var stream = RandomStream(seed: 3, "matrix")
        let a = Tensor.normal([2, 37, 53], from: &stream)
        let b = Tensor.normal([2, 53, 29], from: &stream)
        let (av, bv) = (a.values, b.values)
        var expected = [Float](repeating: 0, count: 2 * 37 * 29)
        for n in 0..<2 {
            for i in 0..<37 {
                for j in 0..<29 {
                    var sum = 0.0
                    for k in 0..<53 {
                        sum += Double(av[(n * 37 + i) * 53 + k]) * Double(bv[(n * 53 + k) * 29 + j])
                    }
                    expected[(n * 37 + i) * 29 + j] = Float(sum)
                }
            }
        }
        #expect(largestDifference(a.matrixProduct(b).values, expected) < 3e-5)
        let flipped = a.transposed().reshaped([2, 53, 37]).transposed().matrixProduct(b)
        #expect(largestDifference(flipped.values, expected) < 3e-5)
        let whole = a.matrixProduct(b.slice(axis: 0, 0..<1).reshaped([53, 29]))
        #expect(
            largestDifference(Array(whole.values.prefix(37 * 29)), Array(expected.prefix(37 * 29))) < 3e-5)
    }

    /// Sizes on either side of what register tiles take, with odd rows and columns.
    @Test(arguments: [
        [128, 16, 64], [131, 45, 70], [200, 256, 33], [129, 17, 512], [127, 45, 70], [140, 300, 20],
    ])
    func matrixProductsOfAllSizes(size: [Int]) {
        let (m, n, k) = (size[0], size[1], size[2])
        var stream = RandomStream(seed: 8, "sizes")
        let a = Tensor.normal([m, k], from: &stream)
        let b = Tensor.normal([n, k], from: &stream)
        let (av, bv) = (a.values, b.values)
        var expected: [Float] = []
        for i in 0..<m {
            for j in 0..<n {
                expected.append(
                    Float((0..<k).reduce(0.0) { $0 + Double(av[i * k + $1]) * Double(bv[j * k + $1]) }))
            }
        }
        #expect(largestDifference(a.matrixProduct(b.transposed()).values, expected) < 1e-4)
        #expect(largestDifference(a.matrixProduct(b.transposed().contiguous()).values, expected) < 1e-4)
    }

    @Test func sumsAreExactOverMillions() {
        let x = Tensor((0..<1_000_003).map { Float($0 % 7) - 3 + 0.1 })
        let expected = x.values.reduce(0.0) { $0 + Double($1) }
        #expect(abs(Double(x.sum().item) - expected) < 1e-2)
        #expect(abs(Double(x.reshaped([1_000_003, 1]).sum(axes: [0]).item) - expected) < 1e-2)
    }

    @Test func fourierTransformIsTheDefinition() {
        var stream = RandomStream(seed: 4, "fourier")
        let x = Tensor.normal([2, 12], from: &stream)
        let spectrum = x.realFourier()
        let values = x.values
        for row in 0..<2 {
            for k in 0..<7 {
                var (real, imaginary) = (0.0, 0.0)
                for n in 0..<12 {
                    let angle = 2 * Double.pi * Double(k * n) / 12
                    real += Double(values[row * 12 + n]) * cos(angle)
                    imaginary -= Double(values[row * 12 + n]) * sin(angle)
                }
                #expect(abs(Double(spectrum.real.values[row * 7 + k]) - real) < 1e-5)
                #expect(abs(Double(spectrum.imaginary.values[row * 7 + k]) - imaginary) < 1e-5)
            }
        }
        let back = Tensor.inverseRealFourier(real: spectrum.real, imaginary: spectrum.imaginary, length: 12)
        #expect(largestDifference(back.values, values) < 1e-6)
    }

    @Test func batchNormalisationSurvivesALargeMean() {
        var stream = RandomStream(seed: 5, "batch-norm")
        let x = Tensor.normal([64, 3], mean: 1000, deviation: 0.5, from: &stream)
        let result = x.batchNormalised(scale: .ones([3]), shift: .zeros([3]), epsilon: 0)
        let normal = result.output.values
        for channel in 0..<3 {
            let column = stride(from: channel, to: 192, by: 3).map { Double(normal[$0]) }
            #expect(abs(column.reduce(0, +) / 64) < 1e-3)
            #expect(abs(column.reduce(0) { $0 + $1 * $1 } / 64 - 1) < 2e-3)
        }
    }
}

extension Tensor {
    fileprivate func convolved(_ weight: Tensor, _ bias: Tensor?, _ geometry: ConvolutionGeometry) -> Tensor {
        convolved(weight, bias: bias, geometry)
    }
    fileprivate func transposedConvolved(
        _ weight: Tensor, _ bias: Tensor?, _ geometry: ConvolutionGeometry, _ outputPadding: Int
    ) -> Tensor {
        transposedConvolved(
            weight, bias: bias, geometry, outputPaddingY: outputPadding, outputPaddingX: outputPadding)
    }
}

@Suite("Refusals")
struct ShapeErrorTests {
    private func refusal(_ primitive: some Primitive, _ shapes: [[Int]]) -> String? {
        do throws(ShapeError) {
            _ = try primitive.outputShapes(shapes)
            return nil
        } catch {
            return error.description
        }
    }

    @Test func textsNameOperationRuleAndShapes() {
        #expect(
            refusal(Convolution(geometry: .init()), [[4, 128, 64, 2], [8, 3, 3, 3]])
                == "[convolution] weight expects 3 input channels, input has 2: input [4, 128, 64, 2], "
                + "weight [8, 3, 3, 3]")
        #expect(
            refusal(Binary(function: .add), [[2, 3], [4]])
                == "[add] shapes [2, 3] and [4] do not broadcast: axis -1 has 3 and 4")
        #expect(refusal(MatrixProduct(), [[2, 3], [4, 5]])?.contains("inner sizes differ") == true)
        #expect(refusal(Reshape(shape: [5]), [[2, 3]]) != nil)
        #expect(refusal(Slice(axis: 0, range: 1..<5), [[4]]) != nil)
        #expect(refusal(Sum(axes: [2]), [[2, 3]]) != nil)
        #expect(refusal(Sum(axes: [0, -2]), [[2, 3]]) != nil)
        #expect(refusal(Concatenate(axis: 0), [[2, 3], [2, 4]]) != nil)
        #expect(
            refusal(Convolution(geometry: .init()), [[1, 2, 2, 1], [1, 3, 3, 1]])?.contains("larger") == true)
        #expect(refusal(BatchNormalisation(epsilon: 1e-5), [[1, 3], [3], [3]]) != nil)
        #expect(refusal(Frames(length: 8, hop: 2), [[4]]) != nil)
        #expect(refusal(Convolution(geometry: .init()), [[4, 8, 8, 2], [8, 3, 3, 2]]) == nil)
    }
}
