import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Hands out 64-byte-aligned memory and keeps freed pieces for the next request of the same size.
///
/// A training step asks for the same sizes again and again; fresh pages from the system would cost a page
/// fault every 4 KiB. Sizes are rounded up to four steps an octave, so at most a fifth is wasted. What is
/// kept but unused never exceeds the largest amount that was in use at once.
public final class BufferPool: Sendable {
    /// The pool that every tensor uses.
    public static let shared = BufferPool()

    /// What the pool holds, in bytes.
    public struct Statistics: Sendable, Equatable {
        /// Memory that living tensors asked for, rounded up to a size of the pool.
        public var liveBytes = 0
        /// The largest `liveBytes` so far.
        public var peakLiveBytes = 0
        /// Memory kept for reuse.
        public var idleBytes = 0
    }

    private struct State {
        var free: [Int: [UInt]] = [:]
        var statistics = Statistics()
    }

    private let state = Mutex(State())

    public var statistics: Statistics { state.withLock { $0.statistics } }

    /// Gives idle memory back to the system.
    public func trim() {
        let idle = state.withLock { state in
            let all = state.free.values.flatMap { $0 }
            state.free = [:]
            state.statistics.idleBytes = 0
            return all
        }
        for address in idle { free(UnsafeMutableRawPointer(bitPattern: address)) }
    }

    /// Bytes behind the last element that may be read: kernels load whole vectors.
    private static let slack = 64

    /// The capacity in bytes that a request of `count` floats gets.
    static func capacity(count: Int) -> Int {
        let bytes = count * MemoryLayout<Float>.stride + slack
        let octave = Int.bitWidth - 1 - (bytes - 1).leadingZeroBitCount
        let step = max(64, (1 << octave) / 4)
        return (bytes + step - 1) / step * step
    }

    func allocate(count: Int) -> (pointer: UnsafeMutablePointer<Float>, capacity: Int) {
        let wanted = Self.capacity(count: count)
        let (reused, capacity): (UInt?, Int) = state.withLock { state in
            // A free piece a size or two larger is better than fresh pages.
            var capacity = wanted
            var address: UInt?
            for _ in 0..<3 {
                address = state.free[capacity]?.popLast()
                if address != nil { break }
                capacity = Self.capacity(count: capacity / MemoryLayout<Float>.stride)
            }
            if address == nil { capacity = wanted } else { state.statistics.idleBytes -= capacity }
            state.statistics.liveBytes += wanted
            state.statistics.peakLiveBytes = max(state.statistics.peakLiveBytes, state.statistics.liveBytes)
            return (address, capacity)
        }
        if let reused, let pointer = UnsafeMutableRawPointer(bitPattern: reused) {
            return (pointer.assumingMemoryBound(to: Float.self), capacity)
        }
        var fresh: UnsafeMutableRawPointer?
        guard posix_memalign(&fresh, 64, capacity) == 0, let fresh else {
            fatalError("[tensor] out of memory: \(capacity) bytes wanted, \(statistics.liveBytes) in use")
        }
        return (fresh.bindMemory(to: Float.self, capacity: capacity / 4), capacity)
    }

    /// `count` is what was asked for, `capacity` what came.
    func release(_ pointer: UnsafeMutablePointer<Float>, count: Int, capacity: Int) {
        let keep = state.withLock { state in
            state.statistics.liveBytes -= Self.capacity(count: count)
            let total = state.statistics.liveBytes + state.statistics.idleBytes + capacity
            guard total <= state.statistics.peakLiveBytes + state.statistics.peakLiveBytes / 8 else {
                return false
            }
            state.free[capacity, default: []].append(UInt(bitPattern: pointer))
            state.statistics.idleBytes += capacity
            return true
        }
        if !keep { free(pointer) }
    }
}
