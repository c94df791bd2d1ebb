import Foundation
import GRDB

/// The points of one metric of one run in the database: chunks of many points, then a tail of rows.
///
/// Within a metric no step occurs twice, chunks do not overlap, and the tail lies after every chunk. Few new points
/// go to the tail; once there are enough, tail and new points become chunks together.
struct PointStore {
    /// The greatest number of points of a chunk.
    static let chunkCapacity = 1024
    /// As many points are packed into chunks; fewer stay rows.
    static let packingCount = 256

    let run: Run.ID
    let metric: Int64
    let database: Database

    // MARK: Reading

    /// The points by step, from a step on and through another.
    func read(from first: Int = 0, through last: Int = .max) throws -> PointColumns {
        var points = try readChunks(from: first, through: last)
        points.append(try readTail())
        guard let least = points.steps.first, let greatest = points.steps.last else { return points }
        if first > least || last < greatest {
            let lower = points.steps.firstIndex { $0 >= first } ?? points.count
            let upper = points.steps.lastIndex { $0 <= last } ?? -1
            return lower <= upper ? points[lower..<upper + 1] : PointColumns()
        }
        return points
    }

    /// All points of the chunks that reach into a range of steps.
    private func readChunks(from first: Int, through last: Int) throws -> PointColumns {
        var points = PointColumns()
        let rows = try Row.fetchCursor(
            database.cachedStatement(
                sql: """
                    SELECT first_step, stride, n, steps, wall_us, value FROM point_chunks
                    WHERE run_id = ? AND metric_id = ? AND last_step >= ? AND first_step <= ?
                    ORDER BY first_step
                    """),
            arguments: [run, metric, first, last])
        while let row = try rows.next() {
            if let stride: Int = row[1] {
                let start: Int = row[0]
                let count: Int = row[2]
                for place in 0..<count { points.steps.append(start + stride * place) }
            } else {
                try row.withUnsafeData(atIndex: 3) { PackedColumn.unpack($0 ?? Data(), into: &points.steps) }
            }
            try row.withUnsafeData(atIndex: 4) { PackedColumn.unpack($0 ?? Data(), into: &points.times) }
            try row.withUnsafeData(atIndex: 5) { PackedColumn.unpack($0 ?? Data(), into: &points.values) }
        }
        return points
    }

    func readTail() throws -> PointColumns {
        var points = PointColumns()
        let rows = try Row.fetchCursor(
            database.cachedStatement(
                sql: """
                    SELECT step, wall_us, value, flag FROM point_tail
                    WHERE run_id = ? AND metric_id = ? ORDER BY step
                    """),
            arguments: [run, metric])
        while let row = try rows.next() {
            points.append(step: row[0], time: row[1], value: ValueFlag.number(row[2], flag: row[3]))
        }
        return points
    }

    // MARK: Adding

    /// Adds points whose steps ascend and lie after every stored one.
    ///
    /// - Parameter tailCount: how many points the tail holds; kept up to date.
    func append(_ points: PointColumns, tailCount: inout Int) throws {
        if tailCount + points.count < Self.packingCount {
            try insertTail(points)
            tailCount += points.count
            return
        }
        var all = tailCount > 0 ? try readTail() : PointColumns()
        all.append(points)
        if tailCount > 0 { try deleteTail() }
        try insertChunks(all)
        tailCount = 0
    }

    /// Packs the tail, as is done when a run ends.
    func packTail() throws {
        let tail = try readTail()
        if tail.isEmpty { return }
        try deleteTail()
        try insertChunks(tail)
    }

    /// Adds points in any order; a point whose step is stored already replaces the stored one, and of new points with
    /// the same step the last one counts.
    ///
    /// - Returns: how many points were replaced, and the number of points in the tail.
    ///
    /// Costs what reading and writing the chunks in the range of the new points does.
    func merge(_ points: PointColumns) throws -> (replaced: Int, tailCount: Int) {
        let new = points.sortedKeepingLast
        guard let first = new.steps.first, let last = new.steps.last else { return (0, 0) }
        let tail = try readTail()
        // The tail stays behind every chunk: where the new points reach into it, it becomes chunks with them.
        let reachesTail = tail.steps.first.map { last >= $0 } ?? false
        var old = try readChunks(from: first, through: last)
        let hasChunks = !old.isEmpty
        if reachesTail { old.append(tail) }
        let before = old.count + points.count
        old.append(new)
        let merged = old.sortedKeepingLast
        try database.cachedStatement(
            sql:
                "DELETE FROM point_chunks WHERE run_id = ? AND metric_id = ? AND last_step >= ? AND first_step <= ?"
        ).execute(arguments: [run, metric, first, last])
        if reachesTail { try deleteTail() }
        if reachesTail && !hasChunks && merged.count < Self.packingCount {
            try insertTail(merged)
            return (before - merged.count, merged.count)
        }
        try insertChunks(merged)
        return (before - merged.count, reachesTail ? 0 : tail.count)
    }

    /// Deletes the points from a step on.
    ///
    /// - Returns: how many there were.
    func delete(from step: Int) throws -> Int {
        let chunks = try readChunks(from: step, through: .max)
        let kept = chunks.before(step: step)
        try database.cachedStatement(
            sql: "DELETE FROM point_chunks WHERE run_id = ? AND metric_id = ? AND last_step >= ?"
        ).execute(arguments: [run, metric, step])
        try insertChunks(kept)
        try database.cachedStatement(
            sql: "DELETE FROM point_tail WHERE run_id = ? AND metric_id = ? AND step >= ?"
        ).execute(arguments: [run, metric, step])
        return chunks.count - kept.count + database.changesCount
    }

    private func deleteTail() throws {
        try database.cachedStatement(sql: "DELETE FROM point_tail WHERE run_id = ? AND metric_id = ?")
            .execute(arguments: [run, metric])
    }

    private func insertTail(_ points: PointColumns) throws {
        let insert = try database.cachedStatement(
            sql: """
                INSERT INTO point_tail (run_id, metric_id, step, wall_us, value, flag) VALUES (?, ?, ?, ?, ?, ?)
                """)
        for index in points.steps.indices {
            let value = points.values[index]
            let flag = ValueFlag(value)
            try insert.execute(arguments: [
                run, metric, points.steps[index], points.times[index], flag == .finite ? value : nil,
                flag.rawValue,
            ])
        }
    }

    private func insertChunks(_ points: PointColumns) throws {
        let insert = try database.cachedStatement(
            sql: """
                INSERT INTO point_chunks (run_id, metric_id, first_step, last_step, n, stride, steps, wall_us, value)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        for piece in points.pieces(capacity: Self.chunkCapacity) {
            guard let first = piece.steps.first, let last = piece.steps.last else { continue }
            let stride = piece.stride
            try insert.execute(arguments: [
                run, metric, first, last, piece.count, stride,
                stride == nil ? PackedColumn.pack(piece.steps) : nil, PackedColumn.pack(piece.times),
                PackedColumn.pack(piece.values),
            ])
        }
    }
}

extension PointColumns {
    /// The constant distance of the steps, at least 1; nil where there is none.
    fileprivate var stride: Int? {
        guard count > 1 else { return count == 1 ? 1 : nil }
        let stride = steps[1] - steps[0]
        for index in 1..<count where steps[index] - steps[index - 1] != stride { return nil }
        return stride
    }
}
