import Datasets

/// Shows the phases of a preparation one after the other on standard error.
final class PhaseProgress: PreparationObserver {
    private let reporter: ConsoleReporter

    init(isQuiet: Bool) { reporter = ConsoleReporter(isQuiet: isQuiet) }

    func begin(_ phase: String, total: Int, unit: String) {
        reporter.begin(phase, total: total, unit: unit, done: 0)
    }
    func advance(to done: Int, detail: String) { reporter.update(done, tail: detail) }
    func end() { reporter.end() }
    var isCancelled: Bool { Interruption.isRequested }
}
