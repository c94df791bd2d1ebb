import Foundation
import Synchronization

/// The progress of a long piece of work on standard error: a bar on a terminal, else one line every few
/// seconds.
///
///     train [#########-----------]  45% 540/1200 steps  12.3 steps/s  eta 54 s  loss 0.0132
///
/// All methods may be called from any thread.
final class Progress: Sendable {
    private struct State {
        var started: TimeInterval
        var done: Int
        var firstDone: Int
        var tail = ""
        var lastDraw = -TimeInterval.infinity
        var isDrawn = false
        var isFinished = false
    }

    private let label: String
    private let total: Int
    private let unit: String
    private let isQuiet: Bool
    private let isTerminal: Bool
    private let lineInterval: TimeInterval
    private let clock: @Sendable () -> TimeInterval
    private let output: @Sendable (String) -> Void
    private let state: Mutex<State>

    /// The shortest time between two drawings of the bar, in seconds.
    static let redrawInterval = 0.1

    /// Starts a progress display. It draws nothing before the first `update`.
    ///
    /// - Parameters:
    ///   - label: what is done, such as "train".
    ///   - total: how many units there are to do; 0 when unknown.
    ///   - unit: the plural name of a unit, such as "steps".
    ///   - start: how many units were done before, by an earlier run that is continued.
    ///   - isQuiet: draws no progress at all; messages are still written.
    ///   - isTerminal: whether to draw a bar in place.
    ///   - lineInterval: seconds between two lines where there is no terminal.
    init(
        _ label: String, total: Int, unit: String = "steps", start: Int = 0, isQuiet: Bool = false,
        isTerminal: Bool = Terminal.errorIsTerminal, lineInterval: TimeInterval = 10,
        clock: @escaping @Sendable () -> TimeInterval = { ProcessInfo.processInfo.systemUptime },
        output: @escaping @Sendable (String) -> Void = Terminal.note
    ) {
        self.label = label
        self.total = total
        self.unit = unit
        self.isQuiet = isQuiet
        self.isTerminal = isTerminal
        self.lineInterval = lineInterval
        self.clock = clock
        self.output = output
        state = Mutex(State(started: clock(), done: start, firstDone: start))
    }

    /// Tells how much is done.
    ///
    /// - Parameters:
    ///   - done: units done so far.
    ///   - tail: a few words at the line's end, such as the current loss; nil keeps the last ones.
    func update(_ done: Int, tail: String? = nil) {
        state.withLock { state in
            state.done = done
            if let tail { state.tail = tail }
            let now = clock()
            let interval = isTerminal ? Self.redrawInterval : lineInterval
            guard !isQuiet, !state.isFinished, now - state.lastDraw >= interval else { return }
            state.lastDraw = now
            draw(&state, now)
        }
    }

    /// Writes a message line above the bar.
    func message(_ text: String) {
        state.withLock { state in
            if state.isDrawn { output("\r\u{1b}[K") }
            output(text + "\n")
            if state.isDrawn { draw(&state, clock()) }
        }
    }

    /// Ends the display; the last state stays visible. A second call does nothing.
    func finish() {
        state.withLock { state in
            guard !state.isFinished else { return }
            state.isFinished = true
            guard !isQuiet, state.lastDraw > -.infinity else { return }
            draw(&state, clock())
            if isTerminal { output("\n") }
            state.isDrawn = false
        }
    }

    private func draw(_ state: inout State, _ now: TimeInterval) {
        let line = Self.line(
            label: label, done: state.done, total: total, unit: unit, tail: state.tail,
            elapsed: now - state.started, doneBefore: state.firstDone, bar: isTerminal)
        if isTerminal {
            output("\r" + TextWidth.cut(line, to: Terminal.width - 1) + "\u{1b}[K")
            state.isDrawn = true
        } else {
            output(line + "\n")
        }
    }

    static func line(
        label: String, done: Int, total: Int, unit: String, tail: String, elapsed: TimeInterval,
        doneBefore: Int, bar: Bool
    ) -> String {
        var parts = [label]
        if total > 0 {
            let share = min(1, max(0, Double(done) / Double(total)))
            if bar {
                let cells = Int(share * 20)
                let full = String(repeating: "#", count: cells)
                parts[0] += " [\(full)\(String(repeating: "-", count: 20 - cells))]"
            }
            parts[0] += String(format: " %3d%% %d/%d ", Int(share * 100), done, total) + unit
        } else {
            parts[0] += " \(done) \(unit)"
        }
        let advanced = done - doneBefore
        if elapsed > 0, advanced > 0 {
            let rate = Double(advanced) / elapsed
            parts.append("\(NumberText.value(rate)) \(unit)/s")
            if total > done {
                parts.append("eta \(NumberText.duration(Double(total - done) / rate))")
            } else if total > 0 {
                parts.append("in \(NumberText.duration(elapsed))")
            }
        }
        if !tail.isEmpty { parts.append(tail) }
        return parts.joined(separator: "  ")
    }
}
