import Foundation
import Testing

@testable import Tensor

/// Functions with vector kernels of their own, against the library in double precision.
@Suite("Special functions") struct SpecialFunctionTests {
    /// The largest error in units in the last place of the true value.
    private func worst(
        _ inputs: [Float], _ results: [Float], _ reference: (Double) -> Double
    ) -> (error: Double, at: Float) {
        var worst = (error: 0.0, at: Float(0))
        for (x, y) in zip(inputs, results) {
            let exact = reference(Double(x))
            let error: Double
            if exact.isNaN {
                error = y.isNaN ? 0 : .infinity
            } else if Float(exact).isInfinite || y.isInfinite {
                error = Float(exact) == y ? 0 : .infinity
            } else {
                let unit = Double(max(Float(exact).ulp, Float.leastNonzeroMagnitude))
                error = abs(Double(y) - exact) / unit
            }
            if !(error <= worst.error) { worst = (error, x) }
        }
        return worst
    }

    /// Magnitudes from 1e-30 to `largest` with both signs, and special values.
    private func inputs(_ largest: Double) -> [Float] {
        var stream = RandomStream(seed: 1, "special functions")
        let spread = (0..<40_000).map { _ in Float(stream.uniform(-largest...largest)) }
        let small = (0..<20_000).map { _ in
            Float(pow(10, stream.uniform(-30...log10(largest)))) * (stream.chance(0.5) ? 1 : -1)
        }
        return spread + small + [
            0, -0.0, 1, -1, 2, -2, .infinity, -.infinity, .nan, .leastNormalMagnitude / 100, 3e38,
        ]
    }

    @Test(arguments: [6.5, 1e5, 1e8]) func sineAndCosine(largest: Double) {
        let x = inputs(largest)
        let sines = worst(x, Tensor(x).sine().values) { sin($0) }
        #expect(sines.error <= 2, "sine of \(sines.at)")
        let cosines = worst(x, Tensor(x).cosine().values) { cos($0) }
        #expect(cosines.error <= 2, "cosine of \(cosines.at)")
        #expect(Tensor([-0.0]).sine().values[0].sign == .minus)
    }

    @Test(arguments: [1.5, 6]) func errorFunction(largest: Double) {
        let x = inputs(largest)
        let errors = worst(x, Tensor(x).errorFunction().values) { erf($0) }
        #expect(errors.error <= 2, "erf of \(errors.at)")
    }

    @Test(arguments: [0.5, 100, 1e10]) func logarithmPlusOne(largest: Double) {
        let x = inputs(largest)
        let errors = worst(x, Tensor(x).logarithmPlusOne().values) { log1p($0) }
        #expect(errors.error <= 2, "log1p of \(errors.at)")
    }

    @Test(arguments: [1.0, 30]) func exponentialLinearUnit(largest: Double) {
        let x = inputs(largest)
        let errors = worst(x, Tensor(x).elu().values) { $0 > 0 ? $0 : expm1($0) }
        #expect(errors.error <= 2, "elu of \(errors.at)")
    }

    /// The distribution function is 1 - erfc / 2, whose smallest values single precision has no room for beside 1.
    @Test func gaussianErrorLinearUnit() {
        let x = inputs(8).filter { $0.isFinite }
        for (x, y) in zip(x, Tensor(x).gelu().values) {
            let exact = 0.5 * Double(x) * erfc(-Double(x) * 0.5.squareRoot())
            #expect(abs(Double(y) - exact) <= max(1e-7, 3e-7 * abs(exact)), "gelu of \(x)")
        }
    }

    @Test(arguments: [0.3, -0.5, 1.7, 2, 3, -3, 10, 25, 0]) func powers(exponent: Float) {
        let x = inputs(30)
        let errors = worst(x, Tensor(x).power(exponent).values) { pow($0, Double(exponent)) }
        #expect(errors.error <= 2, "\(errors.at)^\(exponent)")
    }

    /// An element's result depends on the element alone, not on those beside it.
    @Test func neighboursDoNotMatter() {
        let x = (0..<600).map { Float($0) * 0.013 }
        let crowd = x.map { _ in Float(1e7) }
        func alone(_ function: (Tensor) -> Tensor) -> Bool {
            let mixed = Tensor.concatenate(
                [Tensor(x, shape: [600, 1]), Tensor(crowd, shape: [600, 1])], axis: 1)
            let among = function(mixed).slice(axis: 1, 0..<1).values
            return among.map(\.bitPattern) == function(Tensor(x)).values.map(\.bitPattern)
        }
        #expect(alone { $0.sine() })
        #expect(alone { $0.power(0.7) })
    }

    @Test func dropoutDrawsTheStreamsNumbers() {
        var (stream, twin) = (RandomStream(seed: 3, "dropout"), RandomStream(seed: 3, "dropout"))
        let count = 70_000
        let dropped = Tensor.ones([count]).dropped(0.3, from: &stream)
        let wanted = (0..<count).map { _ in twin.uniform() < 0.3 ? 0 : Float(1 / 0.7) }
        #expect(dropped.values == wanted)
        #expect(stream.nextBits() == twin.nextBits())
    }

    /// Along each axis; a number may come several times.
    @Test(arguments: [0, 1, 2]) func gatherAndScatterAreTheDefinition(axis: Int) {
        var stream = RandomStream(seed: 5, "gather")
        let shape = [5, 6, 7]
        let size = shape[axis]
        let index = IndexTensor(
            (0..<4 * 6 * 5).map { _ in stream.integer(0..<min(4, size)) }, shape: [4, 6, 5])
        let x = Tensor.normal(shape, from: &stream)
        let tape = Tape()
        let leaf = tape.watch(x)
        let output = tape.record { leaf.gathered(index, axis: axis) }
        let seed = Tensor.normal([4, 6, 5], from: &stream)
        let gradient = tape.gradients(of: output, seed: seed)[leaf]
        var (values, sums) = ([Float](), [Float](repeating: 0, count: 210))
        for place in 0..<120 {
            var position = [place / 30, place / 5 % 6, place % 5]
            position[axis] = index.values[place]
            let at = (position[0] * 6 + position[1]) * 7 + position[2]
            values.append(x.values[at])
            sums[at] += seed.values[place]
        }
        #expect(output.values == values)
        #expect(gradient?.values == sums)
    }
}
