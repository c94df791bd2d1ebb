import Foundation
import Synchronization

/// The training thread's side of a recorder: a list of points that waits for the writer's thread.
///
/// The lock is held for an instant: a point is one look-up and one append.
final class PendingPoints: Sendable {
    struct Point {
        let metric: Int
        let step: Int
        let time: Int64
        let value: Double
    }

    /// What is stored in one transaction.
    struct Batch {
        var points: [Point] = []
        /// The greatest step of a point.
        var loggedStep: Int?
        /// The step the run says it has completed.
        var statedStep: Int?
    }

    private struct State {
        var batch = Batch()
        var names: [String] = []
        var indices: [String: Int] = [:]
        var failure: TrackingError?
        var isClosed = false
        /// Storage of an earlier batch, so that its memory is used again.
        var spare: [Point] = []
    }

    /// As many points wait at most; one more makes the caller wait for the disk, or throws while nothing can be stored.
    static let usualCapacity = 1 << 20
    /// As many points wake the writer before its time.
    static let wakingCount = 1 << 15

    private let run: Run.ID
    private let databasePath: String
    private let capacity: Int
    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)

    init(run: Run.ID, databasePath: String, capacity: Int = usualCapacity) {
        self.capacity = capacity
        self.run = run
        self.databasePath = databasePath
    }

    // MARK: The training thread

    /// The index of a metric's name, by which its points are appended.
    func index(of metric: String) throws -> Int {
        guard !metric.isEmpty else {
            throw TrackingError.database(path: databasePath, reason: "a metric without a name has no place")
        }
        return state.withLock { Self.index(of: metric, in: &$0) }
    }

    func append(_ metric: String, step: Int, value: Double, time: Int64?) throws {
        let index = try index(of: metric)
        try append(index, step: step, value: value, time: time)
    }

    func append(_ metric: Int, step: Int, value: Double, time: Int64?) throws {
        guard step >= 0 else {
            throw TrackingError.database(path: databasePath, reason: "a point at step \(step) has no place")
        }
        let point = Point(metric: metric, step: step, time: time ?? Date.nowMicroseconds, value: value)
        while true {
            let count = try state.withLock { state -> Int? in
                try check(state)
                if state.batch.points.count >= capacity {
                    if let failure = state.failure { throw failure }
                    return nil
                }
                state.batch.points.append(point)
                if step > state.batch.loggedStep ?? -1 { state.batch.loggedStep = step }
                return state.batch.points.count
            }
            guard let count else {
                // The disk is slower than the caller, who waits rather than fill the memory.
                wake.signal()
                usleep(500)
                continue
            }
            if count == Self.wakingCount { wake.signal() }
            return
        }
    }

    func setLastStep(_ step: Int) throws {
        try state.withLock { state in
            try check(state)
            state.batch.statedStep = step
        }
    }

    func checkOpen() throws {
        try state.withLock { try check($0) }
    }

    private func check(_ state: borrowing State) throws {
        if state.isClosed { throw TrackingError.runFinished(run: Run.address(of: run)) }
        if let failure = state.failure, !failure.mayPass { throw failure }
    }

    private static func index(of metric: String, in state: inout State) -> Int {
        if let index = state.indices[metric] { return index }
        let index = state.names.count
        state.names.append(metric)
        state.indices[metric] = index
        return index
    }

    // MARK: The writer's thread

    var isClosed: Bool { state.withLock(\.isClosed) }

    /// Waits until there is much to store, the time is over or the run ends.
    func wait(_ interval: DispatchTimeInterval) {
        _ = wake.wait(timeout: .now() + interval)
    }

    /// Takes no more points and ends the writer's wait. What is there can still be taken.
    func close() {
        state.withLock { $0.isClosed = true }
        wake.signal()
    }

    /// Takes what is there, with the names of all metrics.
    func take() -> (batch: Batch, names: [String]) {
        state.withLock { state in
            let batch = state.batch
            state.batch = Batch(points: state.spare)
            state.spare = []
            return (batch, state.names)
        }
    }

    /// Gives back the memory of a batch that was stored.
    func succeed(_ batch: consuming Batch) {
        var points = batch.points
        batch.points = []
        points.removeAll(keepingCapacity: true)
        state.withLock { state in
            state.spare = points
            state.failure = nil
        }
    }

    /// Puts a batch that could not be stored back in front of what came since.
    ///
    /// - Returns: whether the failure is the first since the last success.
    func fail(_ batch: Batch, _ failure: TrackingError) -> Bool {
        state.withLock { state in
            state.batch.points = batch.points + state.batch.points
            if let step = batch.loggedStep {
                state.batch.loggedStep = max(state.batch.loggedStep ?? -1, step)
            }
            state.batch.statedStep = state.batch.statedStep ?? batch.statedStep
            defer { state.failure = failure }
            return state.failure == nil
        }
    }
}

extension TrackingError {
    /// Whether waiting may help.
    var mayPass: Bool {
        switch self {
        case .locked, .diskFull: true
        default: false
        }
    }
}

extension Date {
    /// The clock's time in microseconds since 1970, without the detour through a `Date`.
    static var nowMicroseconds: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }
}
