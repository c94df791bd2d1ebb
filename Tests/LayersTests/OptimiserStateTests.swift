import Tensor
import Testing

@testable import Layers

/// Optimisers go on from a stored state as if they had never stopped, bit for bit.
@Suite("Optimiser states")
struct OptimiserStateTests {
    typealias Maker = @Sendable ([(path: String, parameter: Parameter)]) -> any Optimiser

    static let makers: [(name: String, make: Maker)] = [
        ("descent", { GradientDescent($0, learningRate: 0.1) }),
        ("momentum", { GradientDescent($0, learningRate: 0.1, momentum: 0.9, dampening: 0.2) }),
        ("nesterov", { GradientDescent($0, learningRate: 0.1, momentum: 0.9, isNesterov: true) }),
        ("adam", { Adam($0, learningRate: 0.1, weightDecay: 0.1) }),
        ("amsgrad", { Adam($0, learningRate: 0.1, weightDecay: 0.1, decay: .coupled, keepsLargest: true) }),
        ("rmsprop", { RMSprop($0, learningRate: 0.1, momentum: 0.5, isCentred: true) }),
    ]

    private static func step(_ optimiser: any Optimiser, _ parameter: Parameter) {
        let tape = Tape(watching: [parameter])
        let loss = tape.record { ((parameter.tensor - 3).squared() * parameter.tensor).sum() }
        optimiser.step(tape.gradients(of: loss))
    }

    @Test(arguments: makers.indices)
    func resumes(index: Int) throws {
        let (name, make) = Self.makers[index]
        let start = Tensor([1, -2, 0.5])
        let whole = Parameter(start)
        let uninterrupted = make([("p", whole)])
        for _ in 0..<6 { Self.step(uninterrupted, whole) }

        let first = Parameter(start)
        let before = make([("p", first)])
        for _ in 0..<3 { Self.step(before, first) }
        let second = Parameter(first.value)
        let after = make([("p", second)])
        try after.load(before.state, stepCount: before.stepCount)
        for _ in 0..<3 { Self.step(after, second) }
        #expect(second.value.values == whole.value.values, "\(name)")
        #expect(after.stepCount == 6)
    }

    @Test func wrongStatesChangeNothing() {
        let parameter = Parameter(Tensor([1, 2]))
        let adam = Adam([("p", parameter)])
        Self.step(adam, parameter)
        let before = adam.state.mapValues(\.values)
        #expect(throws: StateError.self) {
            try adam.load(["p.first_moment": .ones([2]), "p.second_moment": .ones([3])], stepCount: 9)
        }
        #expect(adam.state.mapValues(\.values) == before)
        #expect(adam.stepCount == 1)
    }

    @Test func descentCanGoUp() {
        let parameter = Parameter(Tensor([1]))
        let optimiser = GradientDescent([("p", parameter)], learningRate: 0.5, maximises: true)
        let tape = Tape(watching: [parameter])
        optimiser.step(tape.gradients(of: tape.record { (parameter.tensor * 4).sum() }))
        #expect(parameter.value.item == 3)
    }

    @Test func averagesStandInAndStepBack() throws {
        let parameter = Parameter(Tensor([0]))
        let average = ExponentialMovingAverage([("p", parameter)], decay: 0.75)
        parameter.value = Tensor([4])
        average.update()
        average.withAverages { #expect(parameter.value.item == 1) }
        #expect(parameter.value.item == 4)
        let other = ExponentialMovingAverage([("p", parameter)], decay: 0.75)
        try other.load(average.state)
        #expect(other.state["p"]?.item == 1)
        #expect(throws: StateError.self) { try other.load([:]) }
    }

    @Test func clippedGradientsKeepTheirDirection() throws {
        let parameter = Parameter(Tensor([3, 4]))
        let tape = Tape(watching: [parameter])
        let gradients = tape.gradients(of: tape.record { (parameter.tensor.squared() * 0.5).sum() })
        let (clipped, norm) = gradients.clipped([parameter], norm: 1)
        #expect(norm == 5)
        let values = try #require(clipped[parameter]).values
        #expect(abs(values[0] - 0.6) < 1e-6 && abs(values[1] - 0.8) < 1e-6)
        #expect(gradients.clipped([parameter], norm: 6).gradients[parameter]?.values == [3, 4])
    }
}
