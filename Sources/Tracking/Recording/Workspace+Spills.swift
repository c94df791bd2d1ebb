import Foundation
import GRDB

extension Workspace {
    /// Whether something waits beside the database.
    static func hasSpill(in directory: URL) -> Bool {
        !Spill.all(in: directory).isEmpty
    }

    /// Enters what processes that ended could not store because the database was locked. What cannot be entered now
    /// stays for the next time.
    func enterSpills(now: Date = Date()) {
        for spill in Spill.all(in: directory) {
            let isEntered = try? write { try enter(spill, now: now, in: $0) }
            if isEntered == true { spill.delete() }
        }
    }

    /// - Returns: whether the file is not needed any more.
    private func enter(_ spill: Spill, now: Date, in database: Database) throws -> Bool {
        guard
            let row = try Row.fetchOne(
                database, sql: "SELECT * FROM runs WHERE id = ?", arguments: [spill.run])
        else { return true }
        let isOpen = row["ended_us"] as Int64? == nil
        if isOpen, !Heartbeat(row).isOver(now: now) { return false }
        let newest = try Int.fetchOne(
            database, sql: "SELECT max(n) FROM attempts WHERE run_id = ?", arguments: [spill.run])
        if let newest, newest != spill.attempt {
            try Self.addEvent(
                run: spill.run, .warning,
                "points of attempt \(spill.attempt) came too late: the run was resumed before they could be stored",
                body: "they remain in \(spill.url.lastPathComponent).late", in: database)
            try? FileManager.default.moveItem(
                at: spill.url, to: spill.url.appendingPathExtension("late"))
            return false
        }
        let contents = try spill.read()
        var entered = 0
        for (name, points) in contents.series {
            let metric = try MetricNames.id(of: name, in: database)
            let store = PointStore(run: spill.run, metric: metric, database: database)
            let fresh = try store.newer(points)
            if fresh.isEmpty { continue }
            var writer = try MetricWriter(of: metric, run: spill.run, in: database)
            _ = try writer.add(fresh, run: spill.run, to: database)
            try writer.pack(run: spill.run, in: database)
            entered += fresh.count
        }
        for record in contents.records {
            try record.enter(spill.run, isRepeat: true, in: database)
        }
        try database.execute(
            sql:
                "UPDATE runs SET last_step = max(coalesce(last_step, 0), coalesce(?, last_step, 0)) WHERE id = ?",
            arguments: [contents.lastStep, spill.run])
        if let end = contents.end {
            try Self.close(
                run: spill.run, status: end.status, exitCode: end.exitCode, error: end.error, time: end.time,
                in: database)
        }
        try Self.addEvent(
            run: spill.run, .info, "\(entered) points entered that had found the database locked",
            body: contents.records.isEmpty ? "" : "with \(contents.records.count) other entries", in: database
        )
        return true
    }
}

extension PointStore {
    /// Those of new points that are not stored yet, or in an older state: entering the same points twice changes
    /// nothing, and does not undo what was logged after them.
    fileprivate func newer(_ points: PointColumns) throws -> PointColumns {
        guard let first = points.steps.min(), let last = points.steps.max() else { return points }
        let stored = try read(from: first, through: last)
        let times = Dictionary(zip(stored.steps, stored.times)) { $1 }
        var fresh = PointColumns()
        for index in points.steps.indices {
            if let time = times[points.steps[index]], time >= points.times[index] { continue }
            fresh.append(step: points.steps[index], time: points.times[index], value: points.values[index])
        }
        return fresh
    }
}
