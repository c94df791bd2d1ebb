import Synchronization
import Testing

@testable import Workbench

@Suite struct ProgressTests {
    /// A progress display whose time and output the test holds.
    private final class Stage: Sendable {
        let time = Mutex(0.0)
        let text = Mutex("")

        func progress(total: Int, quiet: Bool = false, terminal: Bool) -> Progress {
            Progress(
                "train", total: total, isQuiet: quiet, isTerminal: terminal,
                clock: { self.time.withLock(\.self) },
                output: { piece in self.text.withLock { $0 += piece } })
        }

        func wait(_ seconds: Double) { time.withLock { $0 += seconds } }
        var shown: String { text.withLock(\.self) }
    }

    @Test func withoutATerminalOneLineComesEveryTenSeconds() {
        let stage = Stage()
        let progress = stage.progress(total: 100, terminal: false)
        for step in 1...30 {
            stage.wait(1)
            progress.update(step, tail: "loss 0.5")
        }
        progress.finish()
        progress.finish()
        #expect(
            stage.shown == """
                train   1% 1/100 steps  1.000 steps/s  eta 1 min 39 s  loss 0.5
                train  11% 11/100 steps  1.000 steps/s  eta 1 min 29 s  loss 0.5
                train  21% 21/100 steps  1.000 steps/s  eta 1 min 19 s  loss 0.5
                train  30% 30/100 steps  1.000 steps/s  eta 1 min 10 s  loss 0.5

                """)
    }

    @Test func onATerminalTheBarIsDrawnInPlace() {
        let stage = Stage()
        let progress = stage.progress(total: 4, terminal: true)
        stage.wait(1)
        progress.update(1)
        progress.update(2)
        progress.message("checkpoint written")
        stage.wait(1)
        progress.finish()
        let bars = stage.shown.split(separator: "\r").map(String.init)
        #expect(bars[0].hasPrefix("train [#####---------------]  25% 1/4 steps"))
        #expect(bars[1].hasSuffix("checkpoint written\n"))
        #expect(bars[2].hasPrefix("train [##########----------]  50% 2/4 steps"))
        #expect(stage.shown.hasSuffix("\n"))
    }

    @Test func quietDrawsNothingButMessages() {
        let stage = Stage()
        let progress = stage.progress(total: 4, quiet: true, terminal: true)
        progress.update(1)
        progress.message("a warning")
        progress.finish()
        #expect(stage.shown == "a warning\n")
    }

    /// A continued run is as fast as its own steps, not as all steps together.
    @Test func stepsDoneBeforeDoNotCountAsSpeed() {
        let line = Progress.line(
            label: "train", done: 110, total: 200, unit: "steps", tail: "", elapsed: 5, doneBefore: 100,
            bar: false)
        #expect(line == "train  55% 110/200 steps  2.000 steps/s  eta 45 s")
    }
}
