import Experiments
import Foundation
import Synchronization

/// Shows the parts of a run one after the other on standard error.
final class ConsoleReporter: RunReporter {
    private let isQuiet: Bool
    private let current = Mutex<Progress?>(nil)
    private let losses = Mutex(Sparkline())

    init(isQuiet: Bool) { self.isQuiet = isQuiet }

    private var progress: Progress? { current.withLock { $0 } }

    func begin(_ part: String, total: Int, unit: String, done: Int) {
        end()
        let fresh = Progress(part, total: total, unit: unit, start: done, isQuiet: isQuiet)
        current.withLock { $0 = fresh }
        losses.withLock { $0 = Sparkline() }
    }

    func update(_ done: Int, tail: String?) { progress?.update(done, tail: tail) }

    func update(_ done: Int, _ view: TrainingView) {
        losses.withLock { $0.add(view.loss) }
        progress?.update(done) { details(view) }
    }

    private func details(_ view: TrainingView) -> [Progress.Detail] {
        var details: [Progress.Detail] = []
        if let loss = view.smoothedLoss {
            details.append(.init(rank: 1, text: String(format: "loss %.3f", loss)))
        }
        let curve = losses.withLock { $0.text(width: 16) }
        details.append(
            .init(
                rank: 4, text: TextStyle.cyan.applied(to: curve, when: Terminal.errorUsesColor),
                isForTerminal: true))
        if !view.validation.isEmpty { details.append(.init(rank: 5, text: view.validation)) }
        details.append(.init(rank: 6, text: String(format: "wait %.1f%%", view.waitShare)))
        if let memory = Resources.residentMemoryMiB {
            details.append(.init(rank: 7, text: "\(Int(memory)) MiB"))
        }
        return details
    }

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
