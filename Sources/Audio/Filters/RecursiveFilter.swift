import Tensor

/// One second-order section: H(z) = (b0 + b1/z + b2/z^2) / (1 + a1/z + a2/z^2).
public struct SecondOrderSection: Sendable, Equatable {
    public var b0: Double
    public var b1: Double
    public var b2: Double
    public var a1: Double
    public var a2: Double

    public init(b0: Double, b1: Double, b2: Double, a1: Double, a2: Double) {
        self.b0 = b0
        self.b1 = b1
        self.b2 = b2
        self.a1 = a1
        self.a2 = a2
    }

    /// H(1), the gain of a constant.
    var constantGain: Double { (b0 + b1 + b2) / (1 + a1 + a2) }
}

/// A cascade of second-order sections in transposed direct form II, in double precision.
public struct RecursiveFilter: Sendable, Equatable {
    public let sections: [SecondOrderSection]

    public init(_ sections: [SecondOrderSection]) { self.sections = sections }

    /// What the sections remember from one piece of a signal to the next.
    public struct State: Sendable, Equatable {
        var memory: [(Double, Double)]

        public static func == (left: State, right: State) -> Bool {
            left.memory.elementsEqual(right.memory) { $0 == $1 }
        }
    }

    /// At rest.
    public var restingState: State { State(memory: sections.map { _ in (0, 0) }) }

    /// As after a constant of this value that began long ago.
    func steadyState(_ value: Double) -> State {
        var level = value
        return State(
            memory: sections.map { section in
                let output = section.constantGain * level
                let second = section.b2 * level - section.a2 * output
                let first = section.b1 * level - section.a1 * output + second
                level = output
                return (first, second)
            })
    }

    /// The filtered signal, from rest.
    public func filter(_ signal: [Double]) -> [Double] {
        var state = restingState
        return filter(signal, state: &state)
    }

    /// The next piece of a filtered signal. Pieces put together equal the whole bit for bit.
    public func filter(_ signal: [Double], state: inout State) -> [Double] {
        require(state.memory.count == sections.count, "[filter] the state belongs to another filter")
        var output = signal
        output.withUnsafeMutableBufferPointer { samples in
            for (index, section) in sections.enumerated() {
                var (z1, z2) = state.memory[index]
                for n in samples.indices {
                    let x = samples[n]
                    let y = section.b0 * x + z1
                    z1 = section.b1 * x - section.a1 * y + z2
                    z2 = section.b2 * x - section.a2 * y
                    samples[n] = y
                }
                state.memory[index] = (z1, z2)
            }
        }
        return output
    }

    /// The signal filtered forwards and backwards: no delay, twice the gain in dB.
    ///
    /// The ends are continued by point reflection (2 x[0] - x[n]) over three times the filter's length, at most
    /// the signal's own, and the filter starts from the steady state of the first value.
    /// Source: Gustafsson, Determining the initial states in forward-backward filtering, IEEE TSP 44(4), 1996.
    public func filterBothWays(_ signal: [Double]) -> [Double] {
        guard let first = signal.first, let last = signal.last else { return [] }
        let firstOrder = sections.count { $0.b2 == 0 && $0.a2 == 0 }
        let reach = min(3 * (2 * sections.count + 1 - firstOrder), signal.count - 1)
        var padded: [Double] = []
        padded.reserveCapacity(signal.count + 2 * reach)
        for n in 0..<reach { padded.append(2 * first - signal[reach - n]) }
        padded += signal
        for n in 0..<reach { padded.append(2 * last - signal[signal.count - 2 - n]) }
        for _ in 0..<2 {
            var state = steadyState(padded[0])
            padded = filter(padded, state: &state)
            padded.reverse()
        }
        return Array(padded[reach..<reach + signal.count])
    }
}
