import Testing

@testable import Tensor

/// The passes over rows of channels work on 64, 32, 16 or fewer channels at a time; each way against the
/// definition in double precision.
@Suite("Passes over rows of channels")
struct ChannelPassTests {
    static let counts = [1, 2, 3, 8, 16, 17, 31, 32, 48, 64, 100, 130]
    static let rows = 75

    struct Definition {
        var output: [Double] = []
        var dx: [Double] = []
        var dScale: [Double] = []
        var dShift: [Double] = []
        var sums: [Double] = []

        init(x: [Float], scale: [Float], shift: [Float], upstream: [Float], channels: Int, slope: Double) {
            let rows = x.count / channels
            output = Array(repeating: 0, count: x.count)
            dx = output
            for c in 0..<channels {
                let column = (0..<rows).map { Double(x[$0 * channels + c]) }
                sums.append(column.reduce(0, +))
                let mean = column.reduce(0, +) / Double(rows)
                let variance = column.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(rows)
                let inverse = 1 / (variance + 1e-5).squareRoot()
                let normal = column.map { ($0 - mean) * inverse }
                let z = normal.map { $0 * Double(scale[c]) + Double(shift[c]) }
                let g = (0..<rows).map { Double(upstream[$0 * channels + c]) * (z[$0] > 0 ? 1 : slope) }
                let meanG = g.reduce(0, +) / Double(rows)
                let meanGX = zip(g, normal).map(*).reduce(0, +) / Double(rows)
                for r in 0..<rows {
                    output[r * channels + c] = z[r] > 0 ? z[r] : slope * z[r]
                    dx[r * channels + c] = Double(scale[c]) * inverse * (g[r] - meanG - normal[r] * meanGX)
                }
                dScale.append(meanGX * Double(rows))
                dShift.append(meanG * Double(rows))
            }
        }
    }

    @Test(arguments: counts)
    func normalisationAndSumsAreTheDefinition(channels: Int) {
        var stream = RandomStream(seed: UInt64(channels), "channels")
        let x = Tensor.normal([Self.rows, channels], mean: 3, deviation: 2, from: &stream)
        let scale = Tensor.normal([channels], mean: 1, from: &stream)
        let shift = Tensor.normal([channels], from: &stream)
        let upstream = Tensor.normal([Self.rows, channels], from: &stream)
        let expected = Definition(
            x: x.values, scale: scale.values, shift: shift.values, upstream: upstream.values,
            channels: channels, slope: 0.2)

        let tape = Tape()
        let leaves = [x, scale, shift].map { tape.watch($0) }
        let output = tape.record {
            leaves[0].batchNormalised(scale: leaves[1], shift: leaves[2], slope: 0.2).output
        }
        let gradients = tape.gradients(of: output, seed: upstream)

        func agrees(_ values: [Float]?, _ wanted: [Double], _ tolerance: Double) -> Bool {
            guard let values, values.count == wanted.count else { return false }
            return zip(values, wanted).allSatisfy { abs(Double($0) - $1) <= tolerance * max(1, abs($1)) }
        }
        #expect(agrees(output.values, expected.output, 1e-5))
        #expect(agrees(gradients[leaves[0]]?.values, expected.dx, 1e-4))
        #expect(agrees(gradients[leaves[1]]?.values, expected.dScale, 1e-4))
        #expect(agrees(gradients[leaves[2]]?.values, expected.dShift, 1e-4))
        #expect(agrees(x.sum(axes: [0]).values, expected.sums, 1e-5))
    }

    /// One step of Adam at lengths around those of vectors (Kingma & Ba 2015, algorithm 1).
    @Test(arguments: [1, 7, 15, 16, 17, 64, 1000])
    func adamIsTheDefinition(count: Int) {
        var stream = RandomStream(seed: 5, "adam")
        let value = Tensor.normal([count], from: &stream)
        let gradient = Tensor.normal([count], from: &stream)
        let first = Tensor.normal([count], from: &stream)
        let second = Tensor.normal([count], from: &stream).squared()
        let parameters = [value, first, second].map { Parameter($0) }
        AdamKernel.step(
            parameters[0], first: parameters[1], second: parameters[2], gradient: gradient, rate: 0.01,
            beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1, correction1: 0.19, correction2: 0.0199,
            gradientScale: 0.5)
        let result = parameters[0].tensor.values
        for i in 0..<count {
            let g = 0.5 * Double(gradient.values[i])
            let m = 0.9 * Double(first.values[i]) + 0.1 * g
            let v = 0.99 * Double(second.values[i]) + 0.01 * g * g
            let wanted =
                (1 - 0.01 * 0.1) * Double(value.values[i])
                - 0.01 * (m / 0.19) / ((v / 0.0199).squareRoot() + 1e-8)
            #expect(abs(Double(result[i]) - wanted) < 1e-5 * max(1, abs(wanted)), "element \(i)")
        }
    }
}
