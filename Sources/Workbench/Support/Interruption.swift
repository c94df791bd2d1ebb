import Foundation
import Synchronization

/// Ctrl-C, SIGTERM and SIGHUP as a question that long work asks between steps.
enum Interruption {
    private static let signalNumber = Atomic<Int32>(0)

    /// From now on the first signal asks the work to stop and a second one ends the program at once.
    static func watch() {
        // A parent may have blocked the signals, and a blocked signal would never arrive.
        let watched = [SIGINT, SIGTERM, SIGHUP].filter { $0 != SIGHUP || !isIgnored($0) }
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in watched { sigaddset(&signals, number) }
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
        for number in watched {
            signal(number) { number in
                let before = Interruption.signalNumber.exchange(number, ordering: .relaxed)
                if before != 0 { _exit(128 + number) }
            }
        }
    }

    /// Whether a signal is ignored, as `nohup` arranges for the hang-up that must not end its program.
    private static func isIgnored(_ number: Int32) -> Bool {
        let before = signal(number, SIG_IGN)
        let isIgnored = unsafeBitCast(before, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
        if !isIgnored { signal(number, before) }
        return isIgnored
    }

    /// Whether somebody asked to stop.
    static var isRequested: Bool { signalNumber.load(ordering: .relaxed) != 0 }

    /// 130 after Ctrl-C, 143 after SIGTERM, 129 after SIGHUP.
    static var exitStatus: Int32 { 128 + signalNumber.load(ordering: .relaxed) }
}
