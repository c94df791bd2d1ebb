import Foundation
import GRDB

/// Which of the runs that their rows call running are not.
struct Liveness: Sendable {
    /// The process is gone.
    var dead: [Run.ID] = []
    /// What some of these left as the reason.
    var lastWords: [Run.ID: String] = [:]
    /// The process exists and has not come to write for some time.
    var late: [Run.ID] = []
}

extension Workspace {
    func liveness(now: Date) throws -> Liveness {
        let rows = try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT id, host, boot_id, pid, pid_start, beat_us, beat_every_ms FROM runs
                    WHERE status = 'running'
                    """)
        }
        var liveness = Liveness()
        for row in rows {
            let heartbeat = Heartbeat(row)
            if heartbeat.isDead(now: now) {
                let run: Run.ID = row["id"]
                liveness.dead.append(run)
                liveness.lastWords[run] = reasonOfCrash(of: run)
            } else if heartbeat.isLate(now: now) {
                liveness.late.append(row["id"])
            }
        }
        return liveness
    }
}
