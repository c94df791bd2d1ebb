import Foundation
import GRDB

/// Which process, on which machine and since which boot, writes a run.
///
/// A process number alone is reused; with the process's start time and the boot's identity it is not.
struct ProcessIdentity: Sendable, Equatable {
    var host: String
    /// Linux's random identity of the current boot, and behind a blank that of the space in which process numbers count
    /// (containers have their own); nil where the system has none.
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
        guard let text = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
        else { return nil }
        let boot = text.trimmingCharacters(in: .whitespacesAndNewlines)
        let space = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")
        return space.map { "\(boot) \($0)" } ?? boot
    }()

    private var boot: Substring? { bootID?.split(separator: " ").first }
    private var space: Substring? { bootID.flatMap { $0.split(separator: " ").dropFirst().first } }

    /// Whether the process, should it live, counts its number elsewhere: it cannot be looked for from here.
    var isHidden: Bool {
        var here = self
        here.bootID = Self.currentBootID
        return boot == here.boot && space != nil && space != here.space
    }

    /// The start time of a living process: field 22 of `/proc/PID/stat` (proc(5)).
    static func start(ofProcess processID: Int) -> Int? {
        guard let text = try? String(contentsOfFile: "/proc/\(processID)/stat", encoding: .utf8),
            // The second field, the program's name in parentheses, may itself hold spaces.
            let afterName = text.range(of: ")", options: .backwards)
        else { return nil }
        let fields = text[afterName.upperBound...].split(separator: " ")
        // One that has ended and that its parent has not asked about is a number and nothing more.
        guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
        return Int(fields[19])
    }

    /// Whether this process is certainly gone, as far as this machine can tell.
    var isGone: Bool {
        var here = self
        here.bootID = Self.currentBootID
        if boot != here.boot { return true }
        if isHidden { return false }
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

    /// Whether the writer has died, for a reader: three beats are missing and its process is gone; or, for a writer
    /// whose process cannot be seen from here, ten beats are missing. (A process that has just ended in peace is gone,
    /// too, and the reader may not have read its end yet.)
    ///
    /// A beat in the future means that the clock was set back since: then a process that is gone is enough.
    func isDead(now: Date, here: String = HostFacts.hostName) -> Bool {
        let missed = missedBeats(now)
        if writer.host == here && !writer.isHidden { return (missed > 3 || missed < -1) && writer.isGone }
        return missed > 10
    }

    /// Whether nothing will be written any more, for whoever holds the database's write lock: no beat need be waited
    /// for where the process can be seen to be gone.
    func isOver(now: Date, here: String = HostFacts.hostName) -> Bool {
        writer.host == here && writer.isGone || isDead(now: now, here: here)
    }

    /// Whether beats are missing: of a writer that is not dead this means that it does not come to write.
    func isLate(now: Date) -> Bool { missedBeats(now) > 3 }

    private func missedBeats(_ now: Date) -> Double {
        now.timeIntervalSince(last) * 1_000 / Double(interval)
    }
}
