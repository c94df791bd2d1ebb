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
        let line = Progress.Line(
            label: "train", done: 110, total: 200, unit: "steps", elapsed: 5, doneBefore: 100, since: nil
        ).text(bar: false, width: nil)
        #expect(line == "train  55% 110/200 steps  2.000 steps/s  eta 45 s")
    }

    /// The speed is that of the last minute: a training becomes slower when the discriminator joins.
    @Test func theSpeedIsThatOfTheLastMinute() {
        let stage = Stage()
        let progress = stage.progress(total: 10_000, terminal: false)
        for step in 1...1000 {
            stage.wait(0.1)
            progress.update(step)
        }
        for step in 1001...1100 {
            stage.wait(1)
            progress.update(step)
        }
        progress.message("-")
        let line = stage.shown.split(separator: "\n").dropLast().last ?? ""
        #expect(line.contains("1.000 steps/s"), "\(line)")
    }

    @Test func aNarrowTerminalLosesTheLeastImportantFirst() {
        var line = Progress.Line(
            label: "train", done: 50, total: 200, unit: "steps", elapsed: 5, doneBefore: 0, since: nil)
        line.details = [
            .init(rank: 1, text: "loss 0.5"), .init(rank: 4, text: "▇▅▃▁", isForTerminal: true),
            .init(rank: 7, text: "300 MiB"),
        ]
        #expect(
            line.text(bar: true, width: 200)
                == "train [#####---------------]  25% 50/200 steps  10.00 steps/s  eta 15 s  loss 0.5  ▇▅▃▁  300 MiB"
        )
        #expect(!line.text(bar: false, width: nil).contains("▇"))
        for width in stride(from: 110, through: 10, by: -1) {
            let text = line.text(bar: true, width: width)
            #expect(TextWidth.of(text) <= width)
            #expect(text.contains("300 MiB") ? text.contains("▇") : true)
            #expect(text.contains("▇") ? text.contains("[####") : true)
            #expect(text.contains("[####") ? text.contains("eta") : true)
            if width >= 26 { #expect(text.contains("50/200 steps"), "\(width): \(text)") }
        }
    }

    @Test func sparklinesShowTheCourseAndEverySpike() {
        #expect(Sparkline([]).text(width: 10).isEmpty)
        #expect(Sparkline([1, 1]).text(width: 10) == "▄▄")
        #expect(Sparkline([8, 7, 6, 5, 4, 3, 2, 1]).text(width: 8) == "█▇▆▅▄▃▂▁")
        var long = Sparkline()
        for step in 0..<10_000 { long.add(step == 5_000 ? .nan : -Double(step)) }
        let text = long.text(width: 10)
        #expect(text.count == 10 && text.first == "█" && text.last == "▁")
        #expect(text.filter { $0 == "×" }.count == 1)
        #expect(Sparkline([-1e308, 1e308]).text(width: 2) == "▁█")
    }
}
