import Foundation
import GRDB

extension Workspace {
    /// Removes archived runs, checkpoints that are not to be kept, and files that nothing refers to.
    ///
    /// Never touched: pinned runs and artifacts, runs that are going on, and files that another process could just
    /// be entering. Each step leaves the workspace whole, so it may be interrupted.
    ///
    /// - Parameter isTrial: finds out what would be removed and removes nothing.
    public func clean(_ rules: CleaningRules, isTrial: Bool, now: Date = Date()) throws -> CleaningReport {
        var report = CleaningReport()
        let removed = try cleanRuns(rules, isTrial: isTrial, now: now, &report)
        if let kept = rules.keptCheckpoints {
            try cleanCheckpoints(kept, rules, except: removed, isTrial: isTrial, now: now, &report)
        }
        try cleanArtifacts(rules, without: isTrial ? removed : [], isTrial: isTrial, now: now, &report)
        try cleanLeftovers(rules, isTrial: isTrial, now: now, &report)
        return report
    }

    // MARK: Runs

    private func cleanRuns(
        _ rules: CleaningRules, isTrial: Bool, now: Date, _ report: inout CleaningReport
    ) throws -> Set<Run.ID> {
        let alive = try aliveRuns(now: now)
        let limit = now.addingTimeInterval(-rules.minimumAge).microseconds
        let rows = try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT id, pinned, archived_us <= ? AS is_old, beat_us,
                        EXISTS (SELECT 1 FROM artifacts WHERE run_id = runs.id AND artifacts.pinned) AS has_pinned
                    FROM runs WHERE archived_us IS NOT NULL ORDER BY id
                    """, arguments: [limit])
        }
        var removed: Set<Run.ID> = []
        for row in rows {
            let id: Run.ID = row["id"]
            if let reason = Self.reasonToSpare(row, isAlive: alive.contains(id)) {
                report.spared.append((id, reason))
                continue
            }
            let folder = directory(of: id)
            let bytes = FileTree.bytes(below: folder)
            if !isTrial {
                // Another process may have resumed, restored or pinned it since.
                let isGone = try write { database in
                    try database.execute(
                        sql:
                            "DELETE FROM runs WHERE id = ? AND archived_us <= ? AND NOT pinned AND beat_us = ?",
                        arguments: [id, limit, row["beat_us"] as Int64])
                    return database.changesCount > 0
                }
                guard isGone else { continue }
                try remove(folder)
            }
            removed.insert(id)
            report.items.append(.init(kind: .run, name: Run.address(of: id), bytes: bytes))
        }
        if !isTrial, !removed.isEmpty {
            try write { database in
                try database.execute(
                    sql: """
                        DELETE FROM eval_files WHERE id NOT IN (SELECT file_id FROM file_scores)
                            AND id NOT IN (SELECT file_id FROM artifacts WHERE file_id IS NOT NULL)
                        """)
            }
        }
        return removed
    }

    private static func reasonToSpare(_ row: Row, isAlive: Bool) -> String? {
        if row["pinned"] { return "it is pinned" }
        if row["has_pinned"] { return "one of its files is pinned" }
        if isAlive { return "it is going on" }
        return row["is_old"] ? nil : "it was archived not long ago"
    }

    /// Runs whose process exists, or may.
    private func aliveRuns(now: Date) throws -> Set<Run.ID> {
        let going = try read { database in
            try Run.ID.fetchAll(database, sql: "SELECT id FROM runs WHERE status IN ('running', 'queued')")
        }
        return Set(going).subtracting(try liveness(now: now).dead)
    }

    // MARK: Checkpoints

    private func cleanCheckpoints(
        _ kept: Set<String>, _ rules: CleaningRules, except removed: Set<Run.ID>, isTrial: Bool, now: Date,
        _ report: inout CleaningReport
    ) throws {
        let alive = try aliveRuns(now: now)
        let limit = now.addingTimeInterval(-rules.minimumAge).microseconds
        let flags =
            (kept.contains("best") ? " AND NOT is_best" : "")
            + (kept.contains("last") ? " AND NOT is_last" : "")
        let rows = try read { database in
            // A crashed run ended with its last beat.
            try Row.fetchAll(
                database,
                sql: """
                    SELECT run_id, role FROM artifacts JOIN runs ON runs.id = run_id
                    WHERE artifacts.kind = 'checkpoint' AND NOT artifacts.pinned AND NOT runs.pinned
                        AND path IS NOT NULL\(flags) AND coalesce(runs.ended_us, runs.beat_us) <= ?
                    GROUP BY run_id, role ORDER BY run_id, min(step), role
                    """, arguments: [limit])
        }
        for row in rows {
            let (run, role): (Run.ID, String) = (row[0], row[1])
            if kept.contains(role) || alive.contains(run) || removed.contains(run) { continue }
            let paths = try checkpointFiles(run: run, role: role, isTrial: isTrial)
            let folder = directory(of: run)
            let bytes = paths.reduce(0) { $0 + FileTree.bytes(of: folder.appendingPathComponent($1)) }
            if !isTrial { for path in paths { try remove(folder.appendingPathComponent(path)) } }
            report.items.append(
                .init(kind: .checkpoint, name: "\(Run.address(of: run)) \(role)", bytes: bytes))
        }
    }

    /// The files that belong to one checkpoint alone, its description first: without that nobody looks for the
    /// others. Unless it is a trial, the checkpoint's entries are gone afterwards.
    private func checkpointFiles(run: Run.ID, role: String, isTrial: Bool) throws -> [String] {
        func files(_ database: Database) throws -> [String] {
            try String.fetchAll(
                database,
                sql: """
                    SELECT DISTINCT path FROM artifacts AS own
                    WHERE run_id = ?1 AND kind = 'checkpoint' AND role = ?2 AND path IS NOT NULL AND NOT EXISTS (
                        SELECT 1 FROM artifacts AS other WHERE other.run_id = ?1 AND other.path = own.path
                            AND NOT (other.kind = 'checkpoint' AND other.role = ?2))
                    ORDER BY path NOT LIKE '%.json', path
                    """, arguments: [run, role])
        }
        if isTrial { return try read(files) }
        return try write { database in
            let paths = try files(database)
            try database.execute(
                sql: "DELETE FROM artifacts WHERE run_id = ? AND kind = 'checkpoint' AND role = ?",
                arguments: [run, role])
            return paths
        }
    }

    // MARK: Files

    /// Removes contents that no run refers to. Whoever adds one enters it in a transaction and looks afterwards
    /// whether the file is still there; here the look and the removal are one transaction, so that neither misses
    /// the other.
    private func cleanArtifacts(
        _ rules: CleaningRules, without removed: Set<Run.ID>, isTrial: Bool, now: Date,
        _ report: inout CleaningReport
    ) throws {
        let root = directory.appendingPathComponent("artifacts", isDirectory: true)
        let candidates = FileTree.files(in: root).filter { path in
            let name = (path as NSString).lastPathComponent
            let modified = FileTree.modified(root.appendingPathComponent(path)) ?? now
            return (name.count == 64 || name.hasSuffix(".partial"))
                && now.timeIntervalSince(modified) >= rules.minimumFileAge
        }
        let list = removed.map(String.init).joined(separator: ", ")
        for start in stride(from: 0, to: candidates.count, by: 200) {
            let batch = candidates[start..<min(candidates.count, start + 200)]
            func clean(_ database: Database) throws -> [CleaningReport.Item] {
                try batch.compactMap { path in
                    let file = root.appendingPathComponent(path)
                    let isReferred = try Bool.fetchOne(
                        database,
                        sql: """
                            SELECT EXISTS (SELECT 1 FROM artifacts
                                    WHERE sha256 = ?1 AND path IS NULL AND run_id NOT IN (\(list)))
                                OR EXISTS (SELECT 1 FROM runs WHERE git_diff_sha = ?1 AND id NOT IN (\(list)))
                            """, arguments: [file.lastPathComponent])
                    if isReferred == true { return nil }
                    let bytes = FileTree.bytes(of: file)
                    if !isTrial { try remove(file) }
                    let isPartial = path.hasSuffix(".partial")
                    return .init(
                        kind: isPartial ? .leftover : .artifact, name: "artifacts/" + path, bytes: bytes)
                }
            }
            report.items += isTrial ? try read(clean) : try write(clean)
        }
    }

    private func cleanLeftovers(
        _ rules: CleaningRules, isTrial: Bool, now: Date, _ report: inout CleaningReport
    ) throws {
        let root = directory.appendingPathComponent("runs", isDirectory: true)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
        for name in names.sorted() {
            let folder = root.appendingPathComponent(name, isDirectory: true)
            guard now.timeIntervalSince(FileTree.modified(folder) ?? now) >= rules.minimumFileAge else {
                continue
            }
            if !name.hasPrefix(Self.stagingPrefix) {
                // A run's row is there before its folder.
                guard name.hasPrefix("run"), let id = Run.number(fromAddress: name),
                    try read({
                        try Int.fetchOne($0, sql: "SELECT 1 FROM runs WHERE id = ?", arguments: [id]) == nil
                    })
                else { continue }
            }
            let bytes = FileTree.bytes(below: folder)
            if !isTrial { try remove(folder) }
            report.items.append(.init(kind: .leftover, name: "runs/" + name, bytes: bytes))
        }
    }

    private func remove(_ url: URL) throws {
        do {
            try FileManager.default.removeItem(at: url)
        } catch {
            if systemCode(of: error) == ENOENT { return }
            throw TrackingError.notWritable(path: url.path, reason: plainReason(of: error))
        }
    }

    private static let stagingPrefix = ".import-"

    /// A new name for a folder that will become a run's.
    func stagingFolder() -> URL {
        directory.appendingPathComponent("runs/\(Self.stagingPrefix)\(UUID().uuidString)", isDirectory: true)
    }
}
