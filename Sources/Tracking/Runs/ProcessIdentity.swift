import Foundation
import GRDB

/// Which process, on which machine and since which boot, writes a run.
///
/// A process number alone is reused; with the process's start time and the boot's identity it is not.
struct ProcessIdentity: Sendable, Equatable {
    var host: String
    /// Linux's random identity of the current boot; nil where the system has none.
    var bootID: String?
    var processID: Int
    /// The process's start in clock ticks after boot; nil where the system does not tell.
    var processStart: Int?

    /// The process this code runs in.
    static var current: ProcessIdentity {
        let processID = Int(ProcessInfo.processInfo.processIdentifier)
        return ProcessIdentity(
            host: HostFacts.hostName, bootID: currentBootID, processID: processID,
            processStart: start(ofProcess: processID))
    }

    static let currentBootID: String? = {
        let text = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
        return text?.trimmingCharacters(in: .whitespacesAndNewlines)
    }()

    /// The start time of a living process: field 22 of `/proc/PID/stat` (proc(5)).
    static func start(ofProcess processID: Int) -> Int? {
        guard let text = try? String(contentsOfFile: "/proc/\(processID)/stat", encoding: .utf8),
            // The second field, the program's name in parentheses, may itself hold spaces.
            let afterName = text.range(of: ")", options: .backwards)
        else { return nil }
        let fields = text[afterName.upperBound...].split(separator: " ")
        return fields.count > 19 ? Int(fields[19]) : nil
    }

    /// Whether this process is certainly gone, as far as this machine can tell.
    var isGone: Bool {
        guard bootID == Self.currentBootID else { return true }
        if kill(pid_t(truncatingIfNeeded: processID), 0) != 0 && errno == ESRCH { return true }
        guard let processStart else { return false }
        return Self.start(ofProcess: processID) != processStart
    }
}

/// Decides whether a run that the database calls running still is.
struct Heartbeat: Sendable {
    /// The time between two beats, in milliseconds.
    static let interval = 2_000

    /// The heartbeat in a row of the table `runs`.
    init(_ row: Row) {
        writer = ProcessIdentity(
            host: row["host"], bootID: row["boot_id"], processID: row["pid"], processStart: row["pid_start"])
        last = Date(microseconds: row["beat_us"])
        interval = row["beat_every_ms"]
    }

    init(writer: ProcessIdentity, last: Date, interval: Int) {
        self.writer = writer
        self.last = last
        self.interval = interval
    }

    var writer: ProcessIdentity
    var last: Date
    /// Milliseconds between two beats.
    var interval: Int

    /// Whether the writer has died: three beats are missing and its process is gone; or, for a writer on
    /// another machine whose processes cannot be seen from here, ten beats are missing.
    ///
    /// A beat in the future means that the clock was set back since: then a process that is gone is enough.
    func isDead(now: Date, here: String = HostFacts.hostName) -> Bool {
        let missed = missedBeats(now)
        if writer.host == here { return (missed > 3 || missed < -1) && writer.isGone }
        return missed > 10
    }

    /// Whether beats are missing: of a writer that is not dead this means that it does not come to write.
    func isLate(now: Date) -> Bool { missedBeats(now) > 3 }

    private func missedBeats(_ now: Date) -> Double {
        now.timeIntervalSince(last) * 1_000 / Double(interval)
    }
}
