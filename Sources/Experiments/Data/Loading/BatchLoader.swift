import Foundation
import Synchronization
import Tensor

/// Makes training batches ahead of their use on one background thread.
///
/// Batches come in order and each depends on its number alone, so how far the loader is ahead changes nothing.
final class BatchLoader: Sendable {
    private struct State {
        var ready: [Int: Result<Batch, any Error>] = [:]
        var consumed: Int
        var stopped = false
    }

    private let make: @Sendable (Int) throws -> Batch
    private let condition = NSCondition()
    private let state: Mutex<State>
    private let ahead: Int

    /// - Parameters:
    ///   - first: number of the first batch that will be asked for.
    ///   - ahead: batches kept ready, which bounds the memory.
    ///   - make: makes the batch of a number.
    init(first: Int, ahead: Int = 4, make: @escaping @Sendable (Int) throws -> Batch) {
        self.make = make
        self.ahead = ahead
        state = Mutex(State(consumed: first))
        let thread = Thread { [self] in produce(from: first) }
        thread.stackSize = 8 << 20
        thread.name = "batch loader"
        thread.start()
    }

    private func produce(from first: Int) {
        var number = first
        while true {
            condition.lock()
            while !state.withLock({ $0.stopped || number < $0.consumed + ahead }) { condition.wait() }
            condition.unlock()
            if state.withLock({ $0.stopped }) { return }
            let result = Result { try make(number) }
            condition.lock()
            state.withLock { $0.ready[number] = result }
            condition.broadcast()
            condition.unlock()
            if case .failure = result { return }
            number += 1
        }
    }

    /// The batch of a number, which must be asked for in order, and how long it had to be waited for.
    func next(_ number: Int) throws -> (batch: Batch, waited: Double) {
        let start = DispatchTime.now().uptimeNanoseconds
        condition.lock()
        defer { condition.unlock() }
        while true {
            let result = state.withLock { state in
                state.consumed = number
                return state.ready.removeValue(forKey: number)
            }
            condition.broadcast()
            if let result {
                let waited = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
                state.withLock { $0.consumed = number + 1 }
                condition.broadcast()
                return (try result.get(), waited)
            }
            condition.wait()
        }
    }

    /// Lets the thread end.
    func stop() {
        condition.lock()
        state.withLock { $0.stopped = true }
        condition.broadcast()
        condition.unlock()
    }
}
