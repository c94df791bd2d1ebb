import Experiments
import Synchronization

/// Shows the parts of a run one after the other on standard error.
final class ConsoleReporter: RunReporter {
    private let isQuiet: Bool
    private let current = Mutex<Progress?>(nil)

    init(isQuiet: Bool) { self.isQuiet = isQuiet }

    private var progress: Progress? { current.withLock { $0 } }

    func begin(_ part: String, total: Int, unit: String) {
        end()
        let fresh = Progress(part, total: total, unit: unit, isQuiet: isQuiet)
        current.withLock { $0 = fresh }
    }

    func update(_ done: Int, tail: String?) { progress?.update(done, tail: tail) }

    func end() {
        progress?.finish()
        current.withLock { $0 = nil }
    }

    func message(_ text: String) {
        if let progress {
            progress.message(text)
        } else if !isQuiet {
            Terminal.note(text + "\n")
        }
    }
}
