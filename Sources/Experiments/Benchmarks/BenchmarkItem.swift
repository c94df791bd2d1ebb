import Foundation
import Statistics
import StrictJSON
import Tensor

/// One thing that is timed: what it is, how much work a call does, and the call.
public struct BenchmarkItem {
    /// What a call has to do at the least; it makes times of different items comparable.
    public enum Work: Sendable {
        /// Floating-point operations; a multiply-add counts as two.
        case operations(Double)
        /// Bytes that must be read and written, were every operand out of cache.
        case bytes(Double)
        /// The duration of the sound that is analysed.
        case sound(seconds: Double)

        var amount: Double {
            switch self {
            case .operations(let amount), .bytes(let amount), .sound(let amount): amount
            }
        }

        /// What rates count in: thousand millions of operations and bytes, seconds of sound.
        var unit: Double {
            switch self {
            case .operations, .bytes: 1e9
            case .sound: 1
            }
        }
    }

    /// The operation, such as "matmul".
    public let operation: String
    /// The sizes, as a table shows them.
    public let size: String
    /// All that another program needs to do the same work.
    public let facts: JSONObject
    public let threads: Int
    public let work: Work
    let prepare: () -> Void
    let make: () -> () -> Void

    /// - Parameters:
    ///   - prepare: puts process-wide settings right; called, untimed, before each sample.
    ///   - make: makes the operands, and from them the timed call; not called for items that nobody times.
    init(
        _ operation: String, size: String, facts: JSONObject, threads: Int, work: Work,
        prepare: @escaping () -> Void = {}, make: @escaping () -> () -> Void
    ) {
        self.operation = operation
        self.size = size
        self.facts = facts
        self.threads = threads
        self.work = work
        self.prepare = {
            // Setting it wakes every worker, so it is set only where it changes.
            if ThreadPool.shared.threadCount != threads { ThreadPool.shared.threadCount = threads }
            prepare()
        }
        self.make = make
    }
}

/// How long the calls of an item took.
public struct BenchmarkResult {
    public let item: BenchmarkItem
    /// Seconds of a call, one value a round, in rising order.
    public let seconds: [Double]

    init(_ item: BenchmarkItem, seconds: [Double]) {
        self.item = item
        self.seconds = seconds.sorted()
    }

    /// Seconds of a call.
    public var median: Double { seconds.quantile(0.5) ?? .nan }
    public var minimum: Double { seconds.first ?? .nan }

    /// Work a second: GFLOP/s, GB/s, or how many times faster than the sound.
    public var medianRate: Double { item.work.amount / median / item.work.unit }
    public var bestRate: Double { item.work.amount / minimum / item.work.unit }
}
