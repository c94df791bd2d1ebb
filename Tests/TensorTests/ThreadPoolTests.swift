import Foundation
import Synchronization
import Testing

@testable import Tensor

@Suite("Thread pool and memory", .serialized)
struct ThreadPoolTests {
    @Test func everyPieceRunsOnce() {
        let counts = (0..<1000).map { _ in Counter() }
        for _ in 0..<20 { ThreadPool.shared.run(1000) { counts[$0].add() } }
        #expect(counts.allSatisfy { $0.value == 20 })
    }

    /// Workers that look for work, that sleep and that are being sent to sleep must all find the next loop.
    @Test func loopsBeginAfterAnyPause() {
        let counter = Counter()
        for pause in 0..<400 {
            ThreadPool.shared.run(3) { _ in counter.add() }
            usleep(UInt32(pause % 8) * 10)
        }
        #expect(counter.value == 1200)
    }

    @Test func nestedLoopsRun() {
        let counter = Counter()
        ThreadPool.shared.run(8) { _ in ThreadPool.shared.run(8) { _ in counter.add() } }
        #expect(counter.value == 64)
    }

    @Test func severalCallersShareThePool() async {
        let counter = Counter()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 { group.addTask { ThreadPool.shared.run(500) { _ in counter.add() } } }
        }
        #expect(counter.value == 2000)
    }

    @Test(arguments: ConvolutionEngine.allCases)
    func resultsDoNotDependOnTheNumberOfThreads(engine: ConvolutionEngine) {
        let before = ThreadPool.shared.threadCount
        defer { ThreadPool.shared.threadCount = before }
        func compute() -> [[Float]] {
            var stream = RandomStream(seed: 9, "threads")
            let x = Tensor.normal([4, 32, 24, 16], from: &stream)
            let w = Tensor.normal([32, 4, 4, 16], from: &stream)
            let tape = Tape()
            let (input, weight) = (tape.watch(x), tape.watch(w))
            let loss = tape.record { () -> Tensor in
                // Enough tiles for every method of the engines.
                let y = input.convolved(weight, ConvolutionGeometry(stride: 2, padding: 1))
                let normal = y.batchNormalised(scale: .ones([32]), shift: .zeros([32])).output
                return (normal.leakyReLU(slope: 0.2).exponential().mean(axes: [0, 1, 2]) * normal.sum()).sum()
            }
            let gradients = tape.gradients(of: loss)
            return [loss.values, gradients[input]?.values ?? [], gradients[weight]?.values ?? []]
        }
        ThreadPool.shared.threadCount = 1
        let one = engine.use(compute)
        for threads in [2, 3, 4] {
            ThreadPool.shared.threadCount = threads
            let same = engine.use(compute) == one
            #expect(same, "\(threads) threads")
        }
    }

    @Test func freedMemoryIsUsedAgain() {
        let pool = BufferPool()
        let (first, capacity) = pool.allocate(count: 1000)
        pool.release(first, count: 1000, capacity: capacity)
        #expect(pool.statistics == .init(liveBytes: 0, peakLiveBytes: capacity, idleBytes: capacity))
        let (second, _) = pool.allocate(count: 990)
        #expect(second == first)
        // A little less is served by the same piece, and counts as what was asked for.
        pool.release(second, count: 990, capacity: capacity)
        let (third, thirdCapacity) = pool.allocate(count: 800)
        #expect(third == first)
        #expect(thirdCapacity == capacity)
        #expect(pool.statistics.liveBytes == BufferPool.capacity(count: 800))
        pool.release(third, count: 800, capacity: thirdCapacity)
        #expect(pool.statistics == .init(liveBytes: 0, peakLiveBytes: capacity, idleBytes: capacity))
        pool.trim()
        #expect(pool.statistics.idleBytes == 0)
    }

    @Test func sizesWasteAtMostAFifth() {
        for count in [1, 16, 17, 100, 1000, 12345, 1 << 20, (1 << 20) + 1] {
            let capacity = BufferPool.capacity(count: count)
            #expect(capacity >= count * 4)
            #expect(capacity % 64 == 0)
            // Vectors may be read beyond the end, so 64 bytes come on top.
            #expect(Double(capacity) <= max(64, Double(count * 4 + 64) * 1.25) + 64)
        }
    }
}

private final class Counter: Sendable {
    private let count = Atomic<Int>(0)
    func add() { count.add(1, ordering: .relaxed) }
    var value: Int { count.load(ordering: .relaxed) }
}
