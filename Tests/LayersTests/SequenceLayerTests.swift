import Tensor
import Testing

@testable import Layers

@Suite("Layers over sequences")
struct SequenceLayerTests {
    @Test("each parameter of a recurrent layer has one path")
    func parameterPaths() {
        var stream = RandomStream(seed: 1, "paths")
        let layer = GRU(3, 4, layers: 2, bidirectional: true, from: &stream)
        let paths = ParameterTree(layer).parameters.map(\.path)
        #expect(paths.count == 16)
        #expect(Set(paths).count == 16)
        #expect(paths.contains("weights.1.0.recurrentBias"))
        // Gates of both directions of both layers, from 3 inputs and from 8.
        #expect(ParameterTree(layer).parameterCount == 2 * (12 * (3 + 4 + 2) + 12 * (8 + 4 + 2)))
    }

    @Test("a layer runs each sequence of a batch as if it were alone", arguments: [1, 3, 8, 19])
    func batchesAreIndependent(batch: Int) {
        var stream = RandomStream(seed: 2, "batch")
        let (gru, lstm) = (GRU(5, 6, from: &stream), LSTM(5, 6, from: &stream))
        let x = Tensor.normal([batch, 4, 5], from: &stream)
        let whole = (gru(x, mode: .training), lstm(x, mode: .training))
        for index in 0..<batch {
            let one = x.slice(axis: 0, index..<index + 1)
            #expect(gru(one, mode: .training).isClose(to: whole.0.slice(axis: 0, index..<index + 1)))
            #expect(lstm(one, mode: .training).isClose(to: whole.1.slice(axis: 0, index..<index + 1)))
        }
    }

    @Test("a backward layer is a forward one on the reversed sequence")
    func reversal() {
        var stream = RandomStream(seed: 3, "reversal")
        let (input, weight) = (
            Tensor.normal([2, 5, 9], from: &stream), Tensor.normal([9, 3], from: &stream)
        )
        let (bias, initial) = (Tensor.normal([9], from: &stream), Tensor.normal([2, 3], from: &stream))
        let backward = input.gatedRecurrentUnit(
            weight: weight, bias: bias, initial: initial, reversed: true)
        let forward = input.flipped(axes: [1]).gatedRecurrentUnit(
            weight: weight, bias: bias, initial: initial)
        #expect(backward.values == forward.flipped(axes: [1]).values)
    }

    @Test("self-attention is attention of a sequence to itself")
    func selfAttention() {
        var stream = RandomStream(seed: 4, "attention")
        let layer = MultiHeadAttention(6, heads: 2, from: &stream)
        let x = Tensor.normal([2, 5, 6], from: &stream)
        #expect(
            layer(x, mode: .training).isClose(to: layer(query: x, key: x, value: x).output))
    }

    @Test("dropout repeats with its seed, and does nothing in evaluation")
    func dropout() {
        let x = Tensor.ones([50, 4])
        let (first, second) = (Dropout(0.5, seed: 3), Dropout(0.5, seed: 3))
        let values = first(x, mode: .training).values
        #expect(values == second(x, mode: .training).values)
        #expect(values != second(x, mode: .training).values, "every call draws anew")
        #expect(first(x, mode: .evaluation).values == x.values)
    }

    @Test("a mean over all batches weighs them alike")
    func cumulativeStatistics() {
        let norm = BatchNorm(1, momentum: nil)
        for value in [1, 2, 6] as [Float] {
            _ = norm(Tensor([value - 1, value + 1], shape: [2, 1]), mode: .training)
        }
        #expect(abs((norm.runningMean?.value.item ?? 0) - 3) < 1e-6)
        #expect(abs((norm.runningVariance?.value.item ?? 0) - 2) < 1e-6)
        #expect(norm.batchCount?.value.item == 3)
    }
}

extension Tensor {
    fileprivate func isClose(to other: Tensor) -> Bool {
        shape == other.shape && zip(values, other.values).allSatisfy { abs($0 - $1) < 1e-5 }
    }
}
