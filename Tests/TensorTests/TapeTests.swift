import Testing

@testable import Tensor

@Suite("Tape")
struct TapeTests {
    @Test func gradientAddsUpOverUses() {
        let tape = Tape()
        let x = tape.watch(Tensor([2, 3]))
        let y = tape.record { (x * x + x).sum() }
        #expect(tape.gradients(of: y)[x]?.values == [5, 7])
    }

    @Test func onlyWatchedParametersHaveGradients() {
        let a = Parameter(Tensor([1, 2]))
        let b = Parameter(Tensor([3, 4]))
        let tape = Tape(watching: [a])
        let loss = tape.record { (a.tensor * b.tensor).sum() }
        let gradients = tape.gradients(of: loss)
        #expect(gradients[a]?.values == [3, 4])
        #expect(gradients[b] == nil)
    }

    @Test func twoOutputsShareATape() {
        let tape = Tape()
        let x = tape.watch(Tensor([2]))
        let (first, second) = tape.record { (x.squared().sum(), (x * 3).sum()) }
        #expect(tape.gradients(of: first)[x]?.values == [4])
        #expect(tape.gradients(of: second)[x]?.values == [3])
        let both = tape.record { (x.squared() * 5).sum() }
        #expect(tape.gradients(of: both, retaining: true)[x]?.values == [20])
        #expect(tape.gradients(of: both)[x]?.values == [20])
    }

    @Test func nothingIsRecordedOutside() {
        let tape = Tape()
        let x = tape.watch(Tensor([2]))
        _ = x * x
        #expect(tape.count == 0)
        tape.record { Tape.withoutRecording { _ = x * x } }
        #expect(tape.count == 0)
    }

    @Test func aTapeRecordsInParts() {
        let parameter = Parameter(Tensor([3]))
        let tape = Tape(watching: [parameter])
        let square = tape.record { parameter.tensor.squared() }
        let inner = Tape(watching: [])
        inner.record { _ = square.detached * 2 }
        let loss = tape.record { (square * 2).sum() }
        #expect(tape.gradients(of: loss)[parameter]?.values == [12])
    }

    @Test func deepGraphsAreFreedWithoutRecursion() {
        let tape = Tape()
        let x = tape.watch(Tensor([1]))
        let y = tape.record { (0..<100_000).reduce(x) { sum, _ in sum + 1 } }
        #expect(tape.gradients(of: y)[x]?.values == [1])
    }

    @Test func storedLossKeepsNothingAlive() {
        let before = BufferPool.shared.statistics.liveBytes
        var losses: [Tensor] = []
        for _ in 0..<3 {
            let tape = Tape()
            let x = tape.watch(Tensor.ones([1 << 20]))
            losses.append(tape.record { x.squared().exponential().sum() })
        }
        // Other tests run beside this one, so the bound is the size of one of the big tensors.
        #expect(losses.count == 3)
        let after = BufferPool.shared.statistics.liveBytes
        #expect(after - before < 64 << 20)
    }
}
