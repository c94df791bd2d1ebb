import Foundation
import GRDB

extension Workspace {
    /// Notes that runs have crashed whose process on this machine is gone. Readers see it anyway; noted it stays true
    /// for those who cannot look at the processes, on other machines or in plain SQL. A workspace that cannot be
    /// written now is left as it is.
    func markCrashed(now: Date = Date()) {
        let open = try? read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM runs WHERE status = 'running'")
        }
        let dead = (open ?? []).filter { row in
            let heartbeat = Heartbeat(row)
            return heartbeat.writer.host == HostFacts.hostName && heartbeat.isOver(now: now)
        }
        for row in dead {
            let run: Run.ID = row["id"]
            try? write { database in
                // It may have ended in peace, or been resumed, since it was read.
                let row = try Row.fetchOne(
                    database, sql: "SELECT * FROM runs WHERE id = ? AND status = 'running'", arguments: [run])
                guard let row, Heartbeat(row).isOver(now: now) else { return }
                try Self.close(
                    run: run, status: .crashed, exitCode: nil,
                    error: reasonOfCrash(of: run), time: row["beat_us"], in: database)
            }
        }
    }
}
