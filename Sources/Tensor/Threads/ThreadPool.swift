import CKernels
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The one pool of worker threads.
///
/// Work is a loop of pieces. The borders of the pieces are chosen by the operations from shapes alone, never
/// from the number of threads, so results do not depend on it; which thread runs which piece is decided as
/// they become free, so a busy core delays only the pieces that it holds. A thread that waits looks for work
/// for a few microseconds, because waking a sleeping one costs more than most loops last, and then sleeps:
/// a core that somebody else needs is never held by waiting.
public final class ThreadPool: @unchecked Sendable {  // Safe: all mutable state is behind `mutex` or atomic.
    public static let shared = ThreadPool()

    private final class Job: @unchecked Sendable {  // Safe: `run` waits until no worker is inside.
        let count: Int
        /// Taken away when the loop is over; the closure must not outlive the call of `run`.
        var body: ((Int) -> Void)?
        let next = Atomic<Int>(0)
        /// Workers inside `work`; written with the pool's mutex held.
        let helpers = Atomic<Int>(0)

        init(count: Int, body: @escaping (Int) -> Void) {
            self.count = count
            self.body = body
        }

        var isExhausted: Bool { next.load(ordering: .relaxed) >= count }

        /// Runs pieces until none is left.
        @inline(never)
        func work() {
            guard let body else { return }
            while true {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                if index >= count { return }
                body(index)
            }
        }
    }

    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let workAvailable = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let jobDone = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var jobs: [Job] = []
    /// Loops begun so far; what a waiting worker watches.
    private let begun = Atomic<Int>(0)
    /// How long a thread looks before it sleeps. Most gaps between two loops of a training step are shorter.
    private static let patience: UInt64 = 30_000
    private var workers = 0
    private var wantedWorkers: Int

    private init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(workAvailable, nil)
        pthread_cond_init(jobDone, nil)
        wantedWorkers = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) - 1
    }

    /// How many threads share the work, the calling one included. 1 ... 256; default: the number of cores.
    public var threadCount: Int {
        get {
            pthread_mutex_lock(mutex)
            defer { pthread_mutex_unlock(mutex) }
            return wantedWorkers + 1
        }
        set {
            require((1...256).contains(newValue), "[threads] 1 to 256 threads, not \(newValue)")
            pthread_mutex_lock(mutex)
            wantedWorkers = newValue - 1
            pthread_cond_broadcast(workAvailable)
            pthread_mutex_unlock(mutex)
        }
    }

    /// Calls `body` with 0 ..< count, in any order and on several threads, and returns when all are done.
    /// Inside a piece of another loop it runs on the calling thread.
    public func run(_ count: Int, _ body: (Int) -> Void) {
        if count <= 1 || ck_inside_parallel() != 0 {
            for index in 0..<max(0, count) { body(index) }
            return
        }
        withoutActuallyEscaping(body) { body in
            let job = Job(count: count, body: body)
            pthread_mutex_lock(mutex)
            let helpers = min(wantedWorkers, count - 1)
            if helpers > 0 {
                while workers < wantedWorkers { startWorker() }
                jobs.append(job)
                begun.wrappingAdd(1, ordering: .releasing)
                if helpers == 1 {
                    pthread_cond_signal(workAvailable)
                } else {
                    pthread_cond_broadcast(workAvailable)
                }
            }
            pthread_mutex_unlock(mutex)

            ck_set_inside_parallel(1)
            job.work()
            ck_set_inside_parallel(0)

            if helpers > 0 {
                // All pieces are taken; those of helpers may still be running.
                pthread_mutex_lock(mutex)
                jobs.removeAll { $0 === job }
                pthread_mutex_unlock(mutex)
                if !Self.soon({ job.helpers.load(ordering: .acquiring) == 0 }) {
                    pthread_mutex_lock(mutex)
                    while job.helpers.load(ordering: .acquiring) > 0 { pthread_cond_wait(jobDone, mutex) }
                    pthread_mutex_unlock(mutex)
                }
            }
            job.body = nil
        }
    }

    /// Calls `body` with consecutive ranges of at most `grain` that cover 0 ..< count.
    public func run(_ count: Int, grain: Int, _ body: (Range<Int>) -> Void) {
        let pieces = (count + grain - 1) / grain
        run(pieces) { piece in body(piece * grain..<min(count, (piece + 1) * grain)) }
    }

    /// Whether `condition` becomes true while one is willing to wait awake.
    private static func soon(_ condition: () -> Bool) -> Bool {
        let end = ck_nanoseconds() + patience
        repeat {
            for _ in 0..<16 {
                if condition() { return true }
                ck_pause()
            }
        } while ck_nanoseconds() < end
        return false
    }

    /// Called with `mutex` held.
    private func startWorker() {
        workers += 1
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        // BLAS kernels use large stack frames.
        pthread_attr_setstacksize(&attributes, 8 << 20)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        #if canImport(Glibc)
            var thread = pthread_t()
        #else
            var thread: pthread_t?
        #endif
        let status = pthread_create(
            &thread, &attributes,
            { _ in
                ThreadPool.shared.workerLoop()
                return nil
            }, nil)
        pthread_attr_destroy(&attributes)
        require(status == 0, "[threads] the system refused a thread (error \(status))")
    }

    private func workerLoop() {
        ck_set_inside_parallel(1)
        pthread_mutex_lock(mutex)
        while workers <= wantedWorkers {
            guard let job = jobs.first else {
                let seen = begun.load(ordering: .relaxed)
                pthread_mutex_unlock(mutex)
                let more = Self.soon { begun.load(ordering: .acquiring) != seen }
                pthread_mutex_lock(mutex)
                if !more && jobs.isEmpty && workers <= wantedWorkers {
                    pthread_cond_wait(workAvailable, mutex)
                }
                continue
            }
            if job.isExhausted {
                jobs.removeFirst()
                continue
            }
            job.helpers.wrappingAdd(1, ordering: .relaxed)
            pthread_mutex_unlock(mutex)
            job.work()
            pthread_mutex_lock(mutex)
            if job.helpers.wrappingSubtract(1, ordering: .releasing).newValue == 0 {
                pthread_cond_broadcast(jobDone)
            }
        }
        workers -= 1
        pthread_mutex_unlock(mutex)
    }
}
