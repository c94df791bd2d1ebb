import Foundation
import Synchronization

/// Ctrl-C and SIGTERM as a question that long work asks between steps.
enum Interruption {
    private static let signalNumber = Atomic<Int32>(0)

    /// From now on the first signal asks the work to stop and a second one ends the program at once.
    static func watch() {
        // A parent may have blocked the signals, and a blocked signal would never arrive.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGINT)
        sigaddset(&signals, SIGTERM)
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
        for number in [SIGINT, SIGTERM] {
            signal(number) { number in
                let before = Interruption.signalNumber.exchange(number, ordering: .relaxed)
                if before != 0 { _exit(128 + number) }
            }
        }
    }

    /// Whether somebody asked to stop.
    static var isRequested: Bool { signalNumber.load(ordering: .relaxed) != 0 }

    /// 130 after Ctrl-C, 143 after SIGTERM.
    static var exitStatus: Int32 { 128 + signalNumber.load(ordering: .relaxed) }
}
