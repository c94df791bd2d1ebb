import Foundation
import Synchronization
import Tensor

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Runs each case on a thread of its own. If the case stops the program by a trap, the thread is held where it
/// is, the case has failed, and the suite goes on: whatever a fixture says, it cannot end the process.
enum CaseThread {
    private final class Slot: @unchecked Sendable {  // Safe: the result is read after the semaphore.
        let done = DispatchSemaphore(value: 0)
        var error: (any Error)?
        let body: () throws -> Void
        init(_ body: @escaping () throws -> Void) { self.body = body }
    }

    /// A case that reached a trap instead of a thrown error.
    struct Trapped: Error, CustomStringConvertible {
        var description: String { "stopped the program (its text is on standard error)" }
    }

    /// The thread of the case that runs now, and where it says that it trapped.
    private static let running = Atomic<UInt>(0)
    private static let trapped = Atomic<Bool>(false)
    private static let handlers: Void = {
        for number in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT] {
            signal(number) { number in
                if CaseThread.isRunning(pthread_self()) {
                    CaseThread.trapped.store(true, ordering: .releasing)
                    while true { sleep(3600) }
                }
                // Somebody else's: let it end the process as it would have.
                signal(number, SIG_DFL)
                raise(number)
            }
        }
    }()

    private static func isRunning(_ thread: pthread_t) -> Bool {
        running.load(ordering: .acquiring) == identity(thread)
    }

    private static func identity(_ thread: pthread_t) -> UInt {
        #if canImport(Glibc)
            UInt(thread)
        #else
            UInt(bitPattern: thread)
        #endif
    }

    /// - Throws: what `body` throws, or `Trapped`.
    static func run(_ body: @escaping () throws -> Void) throws {
        handlers
        trapped.store(false, ordering: .relaxed)
        let slot = Slot(body)
        let thread = Thread {
            CaseThread.running.store(CaseThread.identity(pthread_self()), ordering: .releasing)
            do { try slot.body() } catch { slot.error = error }
            CaseThread.running.store(0, ordering: .releasing)
            slot.done.signal()
        }
        thread.stackSize = 8 << 20
        thread.start()
        while slot.done.wait(timeout: .now() + .milliseconds(20)) == .timedOut {
            if trapped.load(ordering: .acquiring) {
                running.store(0, ordering: .releasing)
                throw Trapped()
            }
        }
        if let error = slot.error { throw error }
    }
}
