import Foundation
import Synchronization

/// The progress of a long piece of work on standard error: a bar on a terminal, else one line every few
/// seconds.
///
///     train [#########-----------]  45% 540/1200 steps  12.3 steps/s  eta 54 s  loss 0.0132 ▇▅▃▂▁
///
/// Where the line is too long for the terminal its least important parts are left out. All methods may be called
/// from any thread.
final class Progress: Sendable {
    /// Something said at the line's end.
    struct Detail: Sendable {
        /// Parts of higher rank are left out first; those of rank 0 stay.
        var rank: Int
        var text: String
        /// Shown where the line is redrawn in place, not in a log.
        var isForTerminal = false
    }

    private struct State {
        let started: TimeInterval
        var done: Int
        let firstDone: Int
        /// Moments of the last minute, a second apart: the speed is theirs.
        var recent: [(time: TimeInterval, done: Int)]
        var details: [Detail] = []
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
    private let width: @Sendable () -> Int
    private let state: Mutex<State>

    /// The shortest time between two drawings of the bar, in seconds.
    static let redrawInterval = 0.1
    /// The time over which the speed is measured, in seconds.
    static let window = 60.0

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
    ///   - width: the columns of the terminal, asked before each drawing.
    init(
        _ label: String, total: Int, unit: String = "steps", start: Int = 0, isQuiet: Bool = false,
        isTerminal: Bool = Terminal.errorIsTerminal, lineInterval: TimeInterval = 10,
        width: @escaping @Sendable () -> Int = { Terminal.width },
        clock: @escaping @Sendable () -> TimeInterval = { ProcessInfo.processInfo.systemUptime },
        output: @escaping @Sendable (String) -> Void = Terminal.note
    ) {
        self.label = label
        self.total = total
        self.unit = unit
        self.isQuiet = isQuiet
        self.isTerminal = isTerminal
        self.lineInterval = lineInterval
        self.width = width
        self.clock = clock
        self.output = output
        let now = clock()
        state = Mutex(State(started: now, done: start, firstDone: start, recent: [(now, start)]))
    }

    /// Tells how much is done.
    ///
    /// - Parameters:
    ///   - done: units done so far.
    ///   - tail: a few words at the line's end, such as the current loss; nil keeps the last ones.
    func update(_ done: Int, tail: String? = nil) {
        update(done) { tail.map { $0.isEmpty ? [] : [Detail(rank: 0, text: $0)] } }
    }

    /// Tells how much is done.
    ///
    /// - Parameters:
    ///   - done: units done so far.
    ///   - details: asked for only if the line is drawn now; nil keeps the last ones.
    func update(_ done: Int, details: () -> [Detail]?) {
        state.withLock { state in
            state.done = done
            let now = clock()
            if now - (state.recent.last?.time ?? 0) >= 1 {
                state.recent.append((now, done))
                if let old = state.recent.firstIndex(where: { now - $0.time <= Self.window }), old > 0 {
                    state.recent.removeFirst(old)
                }
            }
            let interval = isTerminal ? Self.redrawInterval : lineInterval
            guard !isQuiet, !state.isFinished else { return }
            let isLast = total > 0 && done >= total
            guard now - state.lastDraw >= interval || isLast else { return }
            if let details = details() { state.details = details }
            guard now - state.lastDraw >= interval else { return }
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
        let line = Line(
            label: label, done: state.done, total: total, unit: unit, elapsed: now - state.started,
            doneBefore: state.firstDone, since: state.recent.first.map { (now - $0.time, $0.done) },
            details: state.details)
        if isTerminal {
            output("\r" + line.text(bar: true, width: width() - 1) + "\u{1b}[K")
            state.isDrawn = true
        } else {
            output(line.text(bar: false, width: nil) + "\n")
        }
    }
}
