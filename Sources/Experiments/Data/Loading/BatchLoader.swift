import Foundation
import Synchronization
import Tensor

/// Makes training batches ahead of their use on background threads.
///
/// Batches come in order and each depends on its number alone, so how far the loader is ahead, and which thread made
/// a batch, changes nothing.
final class BatchLoader: Sendable {
    private struct State {
        var ready: [Int: Result<Batch, any Error>] = [:]
        /// The number of the next batch that a thread takes on.
        var started: Int
        var consumed: Int
        var stopped = false
    }

    private let make: @Sendable (Int) throws -> Batch
    private let condition = NSCondition()
    private let state: Mutex<State>
    private let ahead: Int

    /// - Parameters:
    ///   - first: number of the first batch that will be asked for.
    ///   - ahead: batches kept ready, which bounds the memory; enough to level out that some batches, with more
    ///     effects or longer decoding, take several times as long as others.
    ///   - threads: how many batches are made at the same time.
    ///   - make: makes the batch of a number; called from several threads.
    init(first: Int, ahead: Int = 8, threads: Int = 2, make: @escaping @Sendable (Int) throws -> Batch) {
        self.make = make
        self.ahead = ahead
        state = Mutex(State(started: first, consumed: first))
        for index in 0..<threads {
            let thread = Thread { [self] in produce() }
            thread.stackSize = 8 << 20
            thread.name = "batch loader \(index)"
            thread.start()
        }
    }

    private func produce() {
        while let number = takeOn() {
            let result = Result { try make(number) }
            condition.lock()
            state.withLock { state in
                state.ready[number] = result
                // What comes after a batch that failed will not be asked for.
                if case .failure = result { state.stopped = true }
            }
            condition.broadcast()
            condition.unlock()
        }
    }

    /// Waits until a batch is wanted; nil when the loader has stopped.
    private func takeOn() -> Int? {
        condition.lock()
        defer { condition.unlock() }
        while !state.withLock({ $0.stopped || $0.started < $0.consumed + ahead }) { condition.wait() }
        return state.withLock { state in
            if state.stopped { return nil }
            defer { state.started += 1 }
            return state.started
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

    /// Lets the threads end.
    func stop() {
        condition.lock()
        state.withLock { $0.stopped = true }
        condition.broadcast()
        condition.unlock()
    }
}
