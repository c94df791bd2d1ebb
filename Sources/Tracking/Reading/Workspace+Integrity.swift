import GRDB

extension Workspace {
    /// Looks for contradictions: damages of the file, references to nothing, and figures that do not agree with the
    /// points they were made from. Reads everything, so that it takes a while for large workspaces.
    ///
    /// - Returns: one line for each problem; none if all is well.
    public func problems() throws -> [String] {
        try read { database in
            var problems = try Self.structuralProblems(database)
            let series = try Row.fetchAll(
                database,
                sql: """
                    SELECT run_id, metric_id FROM summary UNION SELECT run_id, metric_id FROM point_chunks
                    UNION SELECT run_id, metric_id FROM point_tail
                    """)
            for row in series {
                let store = PointStore(run: row[0], metric: row[1], database: database)
                if let problem = try store.problem() {
                    problems.append("metric \(store.metric) of \(Run.address(of: store.run)): \(problem)")
                }
            }
            return problems
        }
    }

    /// Those of the file's structure and of references alone, which is a matter of seconds.
    func structuralProblems() throws -> [String] { try read(Self.structuralProblems) }

    private static func structuralProblems(_ database: Database) throws -> [String] {
        var problems = try String.fetchAll(database, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
        for row in try Row.fetchAll(database, sql: "PRAGMA foreign_key_check") {
            problems.append("a row of \(row[0] as String) refers to nothing in \(row[2] as String)")
        }
        return problems
    }
}

extension PointStore {
    /// What is wrong with the points of a metric or with what was made from them.
    fileprivate func problem() throws -> String? {
        let points = try read()
        guard points.isAscending else { return "a step occurs twice" }
        let summary = RunningSummary(points)
        let stored = try Row.fetchOne(
            database,
            sql: "SELECT n, nonfinite, min, max, last_step FROM summary WHERE run_id = ? AND metric_id = ?",
            arguments: [run, metric])
        guard let stored else { return "\(points.count) points without statistics" }
        guard stored[0] == summary.count, stored[1] == summary.nonFiniteCount,
            stored[2] == summary.minimum?.value, stored[3] == summary.maximum?.value,
            stored[4] == summary.lastStep
        else { return "the statistics are not those of the points" }
        let levels = try Row.fetchAll(
            database,
            sql: """
                SELECT level, sum(n + nonfinite), min(min), max(max), max(last_step) FROM rollups
                WHERE run_id = ? AND metric_id = ? GROUP BY level
                """,
            arguments: [run, metric])
        for level in levels {
            guard level[1] == points.count, level[2] == summary.minimum?.value,
                level[3] == summary.maximum?.value, level[4] == summary.lastStep
            else { return "the rollups of level \(level[0] as Int) are not those of the points" }
        }
        if points.count >= RollupPyramid.factor && levels.isEmpty { return "rollups are missing" }
        return nil
    }
}
