import Tensor
import Testing

@testable import Layers

@Suite("Layers")
struct LayerTests {
    @Test func pathsArePropertyNames() {
        var stream = RandomStream(seed: 1, "unet")
        let tree = ParameterTree(UNet(inChannels: 1, baseChannels: 2, depth: 2, from: &stream))
        let paths = tree.parameters.map(\.path)
        #expect(paths.first == "down.0.convolution.weight")
        #expect(paths.contains("down.1.norm.weight"))
        #expect(paths.contains("up.0.convolution.bias"))
        #expect(paths.last == "out.bias")
        #expect(!paths.contains("down.0.norm.weight"), "the first level has no normalisation")
        #expect(tree.buffers.map(\.path).contains("up.1.norm.runningVariance"))
        #expect(Set(paths).count == paths.count)
    }

    @Test func theBenchmarkModelHasThePeersParameters() {
        var stream = RandomStream(seed: 1, "count")
        let generator = UNet(inChannels: 1, from: &stream)
        let discriminator = PatchDiscriminator(inChannels: 2, from: &stream)
        // Counted in PyTorch: sum(p.numel() for p in module.parameters()).
        #expect(ParameterTree(generator).parameterCount == 1_575_498)
        #expect(ParameterTree(discriminator).parameterCount == 166_625)
    }

    @Test func shapesOfUNetAndDiscriminator() {
        var stream = RandomStream(seed: 2, "shapes")
        let unet = UNet(inChannels: 3, outChannels: 2, baseChannels: 4, depth: 3, from: &stream)
        let judge = PatchDiscriminator(inChannels: 2, baseChannels: 4, layers: 2, from: &stream)
        #expect(unet(.zeros([2, 16, 24, 3]), mode: .training).shape == [2, 16, 24, 2])
        #expect(judge(.zeros([2, 16, 24, 2]), mode: .training).shape == [2, 4, 6, 1])
    }

    @Test func outGainZeroStartsAtZero() {
        var stream = RandomStream(seed: 3, "zero")
        let unet = UNet(inChannels: 1, baseChannels: 2, depth: 1, outGain: 0, from: &stream)
        let y = unet(.normal([1, 4, 4, 1], from: &stream), mode: .evaluation)
        #expect(y.values.allSatisfy { $0 == 0 })
    }

    @Test func runningStatisticsFollowTheBatches() throws {
        let norm = BatchNorm(1, momentum: 0.25)
        _ = norm(Tensor([1, 2, 3, 4], shape: [4, 1]), mode: .training)
        #expect(abs(try #require(norm.runningMean).value.item - 0.25 * 2.5) < 1e-6)
        // Unbiased variance of 1, 2, 3, 4 is 5/3.
        #expect(abs(try #require(norm.runningVariance).value.item - (0.75 + 0.25 * 5 / 3)) < 1e-6)
        let y = norm(Tensor([0.625], shape: [1, 1]), mode: .evaluation)
        #expect(abs(y.item) < 1e-6)
    }

    @Test func statesLoadWholeOrNotAtAll() throws {
        var stream = RandomStream(seed: 4, "state")
        let first = UNet(inChannels: 1, baseChannels: 2, depth: 1, from: &stream)
        let second = UNet(inChannels: 1, baseChannels: 2, depth: 1, from: &stream)
        let x = Tensor.normal([1, 4, 4, 1], from: &stream)
        let before = second(x, mode: .evaluation).values
        var state = ParameterTree(first).state
        state["out.weight"] = .zeros([1])
        #expect(throws: StateError.self) { try ParameterTree(second).load(state) }
        state["out.weight"] = nil
        #expect(throws: StateError.self) { try ParameterTree(second).load(state) }
        state = ParameterTree(first).state
        state["surplus"] = .zeros([1])
        #expect(throws: StateError.self) { try ParameterTree(second).load(state) }
        #expect(second(x, mode: .evaluation).values == before)
        try ParameterTree(second).load(ParameterTree(first).state)
        #expect(second(x, mode: .evaluation).values == first(x, mode: .evaluation).values)
    }

    @Test func adamFollowsItsFormula() {
        let parameter = Parameter(Tensor([1, -2]))
        let adam = Adam(
            [("p", parameter)], learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.01)
        var (p, m, v) = ([1.0, -2.0], [0.0, 0.0], [0.0, 0.0])
        for step in 1...5 {
            let tape = Tape(watching: [parameter])
            // d/dp of p³ is 3 p².
            let loss = tape.record { parameter.tensor.power(3).sum() }
            adam.step(tape.gradients(of: loss))
            for i in 0..<2 {
                let g = 3 * p[i] * p[i]
                m[i] = 0.9 * m[i] + 0.1 * g
                v[i] = 0.99 * v[i] + 0.01 * g * g
                var (b1, b2) = (1.0, 1.0)
                for _ in 0..<step { (b1, b2) = (b1 * 0.9, b2 * 0.99) }
                p[i] =
                    p[i] * (1 - 0.1 * 0.01) - 0.1 * (m[i] / (1 - b1))
                    / ((v[i] / (1 - b2)).squareRoot() + 1e-8)
            }
        }
        for i in 0..<2 { #expect(abs(Double(parameter.value.values[i]) - p[i]) < 1e-5) }
    }

    @Test func updatingAParameterLeavesCopiesAlone() {
        let parameter = Parameter(Tensor([1, 2]))
        let copy = parameter.value
        parameter.update { $0[0] = 9 }
        #expect(copy.values == [1, 2])
        #expect(parameter.value.values == [9, 2])
    }
}
