import Foundation
import StrictJSON
import Tracking

extension RunSnapshot {
    /// One line, for logs.
    var line: String {
        var parts = [run.address, run.status.rawValue]
        if let phase, phase != "training" { parts.append(phase) }
        parts.append(steps.map { "\(done)/\($0) steps" } ?? "\(done) steps")
        if !isOver { parts += pace }
        if let loss { parts.append("loss " + NumberText.value(loss)) }
        if let text = validationText { parts.append("validation: " + text) }
        if let error = run.error { parts.append(error.replacingOccurrences(of: "\n", with: " ")) }
        return parts.joined(separator: "  ") + "\n"
    }

    private var pace: [String] {
        var parts: [String] = []
        if let rate, run.status == .running { parts.append("\(NumberText.value(rate)) steps/s") }
        if let remaining { parts.append("eta \(NumberText.duration(remaining))") }
        return parts
    }

    private var validationText: String? {
        let shown = validation.filter { $0.goal != .none }
        if shown.isEmpty { return nil }
        return shown.prefix(4).map { summary in
            let name = summary.metric.dropFirst("validation/".count)
            return "\(name) \(NumberText.value(summary.last))"
                + (summary.unit.isEmpty ? "" : " \(summary.unit)")
        }.joined(separator: ", ")
    }

    /// Several lines, for a terminal of a width.
    func block(width: Int, color: Bool) -> String {
        func row(_ key: String, _ value: String) -> String {
            TextWidth.cut(TextWidth.padded(key, to: 11) + value, to: width - 1) + "\n"
        }
        var head = run.address + (run.name.map { "  \($0)" } ?? "")
        head = TextWidth.cut(head, to: max(1, width - 12))
        var text = TextStyle.bold.applied(to: head, when: color) + "  "
        text += run.status.style.applied(to: run.status.rawValue, when: color) + "\n"
        if let error = run.error { text += row("error", error.replacingOccurrences(of: "\n", with: " ")) }
        text += row("progress", progress)
        if !isOver, !pace.isEmpty { text += row("speed", (pace + throughput).joined(separator: ", ")) }
        if !losses.isEmpty { text += lossRow(width: width, color: color) }
        if let validationText, let step = validation.first?.lastStep {
            text += row("validation", "\(validationText)  (step \(step))")
        }
        text += row("time", times)
        for event in events {
            text += row(NumberText.time(event.time).suffix(8) + "", "\(event.level.rawValue): \(event.title)")
        }
        return text
    }

    private var progress: String {
        var text =
            steps.map { steps in
                let share = min(1, Double(done) / Double(max(1, steps)))
                let cells = Int(share * 20)
                return "[" + String(repeating: "#", count: cells) + String(repeating: "-", count: 20 - cells)
                    + String(format: "] %3d%% ", Int(share * 100)) + "\(done)/\(steps) steps"
            } ?? "\(done) steps"
        if let phase { text += "  " + phase }
        return text
    }

    private var throughput: [String] {
        var parts: [String] = []
        if let rate, let batchSize { parts.append("\(NumberText.value(rate * Double(batchSize))) clips/s") }
        if let dataWait { parts.append(String(format: "%.1f%% waiting for data", dataWait)) }
        if let memory { parts.append("\(Int(memory)) MiB") }
        return parts
    }

    private func lossRow(width: Int, color: Bool) -> String {
        var curve = Sparkline()
        for piece in losses { curve.add(piece.nonFiniteCount > 0 ? .nan : piece.mean) }
        let value = TextWidth.padded(NumberText.value(loss), to: 9)
        let drawn = curve.text(width: max(1, min(Self.pieces, width - 23)))
        return TextWidth.padded("loss", to: 11) + value + "  "
            + TextStyle.cyan.applied(to: drawn, when: color)
            + "\n"
    }

    private var times: String {
        var text = NumberText.duration(run.duration(now: now))
        if let attempt, attempt.number > 1 {
            text += ", attempt \(attempt.number) from step \(attempt.fromStep)"
        }
        if run.status == .stalled || run.status == .crashed {
            text +=
                ", last sign of life \(NumberText.duration(max(0, now.timeIntervalSince(run.lastBeat)))) ago"
        }
        return text
    }

    // MARK: JSON

    var members: JSONObject {
        var members = JSONOutput.members(of: run)
        members["phase"] = JSONValue(phase)
        members["steps_done"] = .integer(done)
        members["steps"] = JSONValue(steps)
        members["steps_per_second"] = JSONValue(run.status == .running ? rate : nil)
        members["eta_seconds"] = JSONValue(remaining)
        members["data_wait_percent"] = JSONValue(dataWait)
        members["memory_mib"] = JSONValue(memory)
        members["attempt"] = JSONValue(attempt?.number)
        members["attempt_from_step"] = JSONValue(attempt?.fromStep)
        members["last_beat"] = .string(NumberText.timestamp(run.lastBeat))
        members["loss"] = JSONValue(loss)
        members["loss_curve"] = .array(
            losses.map { piece in
                .object([
                    "first_step": .integer(piece.firstStep), "last_step": .integer(piece.lastStep),
                    "mean": .number(piece.count > 0 ? piece.mean : .nan), "min": .number(piece.minimum),
                    "max": .number(piece.maximum),
                ])
            })
        members["validation"] = .array(validation.map(JSONOutput.object(of:)))
        members["events"] = .array(events.map(RunReport.object))
        return members
    }
}
