import Foundation
import GRDB
import Testing

@testable import Tracking

@Suite struct PointStoreTests {
    /// A run without points, and its store.
    private static func withStore(
        _ folder: TemporaryFolder, _ work: @Sendable (PointStore) throws -> Void
    ) throws {
        let workspace = try Workspace(directory: folder.url)
        let run = try workspace.insert(.plain(), writer: .current, now: Date())
        try workspace.write { database in
            let metric = try MetricNames.id(of: "a", in: database)
            try work(PointStore(run: run, metric: metric, database: database))
        }
    }

    private static func columns(_ steps: [Int], offset: Double = 0) -> PointColumns {
        PointColumns(
            steps: steps, times: steps.map { 1_700_000_000_000_000 + Int64($0) * 1_001 },
            values: steps.map { Double($0) / 7 + offset })
    }

    /// What plain SQL sees through the view, by step.
    private static func viewed(_ store: PointStore) throws -> PointColumns {
        let rows = try Row.fetchAll(
            store.database,
            sql: """
                SELECT step, wall_us, value, flag FROM points WHERE run_id = ? AND metric_id = ? ORDER BY step
                """,
            arguments: [store.run, store.metric])
        var points = PointColumns()
        for row in rows {
            points.append(step: row[0], time: row[1], value: ValueFlag.number(row[2], flag: row[3]))
        }
        return points
    }

    @Test func chunksAndTailReadBackAsOneTable() throws {
        let folder = TemporaryFolder()
        try Self.withStore(folder) { store in
            var all = PointColumns()
            var tail = 0
            // Regular, irregular, few and many.
            for steps in [
                Array(0..<3000), [3001], [3010, 3025], (0..<300).map { 4000 + $0 * $0 }, [200_000],
            ] {
                let points = Self.columns(steps)
                try store.append(points, tailCount: &tail)
                all.append(points)
                #expect(try store.read() == all)
                #expect(try Self.viewed(store) == all)
            }
            #expect(tail == 1)
            #expect(try store.readTail().steps == [200_000])
            #expect(try store.read(from: 2999, through: 3010).steps == [2999, 3001, 3010])
            #expect(try store.read(from: 3002, through: 3009).isEmpty)
            try store.packTail()
            #expect(try store.readTail().isEmpty)
            #expect(try store.read() == all)
            let greatest = try Int.fetchOne(store.database, sql: "SELECT max(n) FROM point_chunks")
            #expect(greatest ?? 0 <= PointStore.chunkCapacity)
        }
    }

    /// (SQLite stores -0.0 in a row as 0, so that zeros have no sign.)
    @Test func numbersKeepEveryBit() throws {
        let folder = TemporaryFolder()
        let values = [
            0, .pi, .leastNonzeroMagnitude, .greatestFiniteMagnitude, -.infinity, .infinity, .nan,
            0.1, -1e-300,
        ]
        try Self.withStore(folder) { store in
            for (first, isPacked) in [(0, false), (100, true)] {
                var tail = 0
                let points = PointColumns(
                    steps: values.indices.map { first + $0 }, times: values.map { _ in 5 }, values: values)
                try store.append(points, tailCount: &tail)
                if isPacked { try store.packTail() }
                let read = try store.read(from: first)
                let viewed = try Self.viewed(store)
                for (index, value) in values.enumerated() {
                    #expect("\(read.values[index])" == "\(value)")
                    #expect("\(viewed.values[viewed.count - values.count + index])" == "\(value)")
                    if value.isFinite { #expect(read.values[index].bitPattern == value.bitPattern) }
                }
                if !isPacked { try store.packTail() }
            }
        }
    }

    /// Any order of steps, in batches of any size, against a dictionary.
    @Test(arguments: 0..<8) func pointsInAnyOrderEndAsTheLastOfEachStep(seed: Int) throws {
        let folder = TemporaryFolder("order\(seed)")
        try Self.withStore(folder) { store in
            var random = SplitMix(state: UInt64(seed))
            var expected: [Int: Double] = [:]
            var logged = 0
            var replaced = 0
            var writer = try MetricWriter(of: store.metric, run: store.run, in: store.database)
            for batch in 0..<12 {
                var points = PointColumns()
                let range = [50, 3_000, 400_000][Int(random.next() % 3)]
                let start = batch % 3 == 0 ? Int(random.next() % 5_000) : 0
                for place in 0..<[1, 40, 700, 3_000][Int(random.next() % 4)] {
                    let step = random.next() % 4 == 0 ? start + place : Int(random.next() % UInt64(range))
                    let value = Double(logged)
                    points.append(step: step, time: Int64(logged), value: value)
                    expected[step] = value
                    logged += 1
                }
                replaced += try writer.add(points, run: store.run, to: store.database)
            }
            let read = try store.read()
            #expect(read.steps == expected.keys.sorted())
            #expect(read.values == expected.keys.sorted().map { expected[$0] ?? .nan })
            #expect(try Self.viewed(store) == read)
            #expect(replaced == logged - expected.count)
            let overlapping = try Int.fetchOne(
                store.database,
                sql: """
                    SELECT count(*) FROM point_chunks a JOIN point_chunks b
                    ON a.id < b.id AND a.first_step <= b.last_step AND b.first_step <= a.last_step
                    """)
            #expect(overlapping == 0)
            try Self.expectRollups(of: read, store)
            var summary = RunningSummary()
            for index in read.steps.indices {
                summary.add(step: read.steps[index], value: read.values[index])
            }
            #expect("\(writer.summary)" == "\(summary)")
        }
    }

    @Test func rollupsAgreeWithTheDefinitionWhateverTheBatches() throws {
        let folder = TemporaryFolder()
        try Self.withStore(folder) { store in
            var writer = try MetricWriter(of: store.metric, run: store.run, in: store.database)
            var random = SplitMix(state: 3)
            var all = PointColumns()
            for size in [1, 30, 1, 1, 31, 32, 900, 28, 1, 5_000, 33_000, 1] {
                var points = PointColumns()
                for _ in 0..<size {
                    let value = random.next() % 50 == 0 ? Double.nan : Double(random.next() % 1_000) - 500
                    points.append(step: all.count + points.count, time: 1, value: value)
                }
                all.append(points)
                _ = try writer.add(points, run: store.run, to: store.database)
                try Self.expectRollups(of: all, store)
            }
            // A later process takes up where the first one stopped.
            var second = try MetricWriter(of: store.metric, run: store.run, in: store.database)
            let more = Self.columns(Array(all.count..<all.count + 100))
            _ = try second.add(more, run: store.run, to: store.database)
            all.append(more)
            try Self.expectRollups(of: all, store)
        }
    }

    /// Compares the stored rollups with ones computed from the points by the definition.
    private static func expectRollups(of points: PointColumns, _ store: PointStore) throws {
        let rows = try Row.fetchAll(
            store.database, sql: "SELECT * FROM rollups WHERE run_id = ? ORDER BY level, bucket",
            arguments: [store.run])
        var expected: [String] = []
        for (level, size) in [(1, 32), (2, 1024), (3, 32_768)] where points.count >= size {
            for bucket in 0..<(points.count + size - 1) / size {
                let range = bucket * size..<min(points.count, (bucket + 1) * size)
                let finite = points.values[range].filter(\.isFinite)
                expected.append(
                    "\(level) \(bucket) \(points.steps[range.lowerBound]) \(points.steps[range.upperBound - 1]) "
                        + "\(finite.count) \(range.count - finite.count) \(finite.min() ?? 0) "
                        + "\(finite.max() ?? 0) \(finite.last ?? 0)")
            }
        }
        let found = rows.map { row -> String in
            let numbers = ["min", "max", "last"].map { "\(row[$0] as Double? ?? 0)" }
            return "\(row["level"] as Int) \(row["bucket"] as Int) \(row["first_step"] as Int) "
                + "\(row["last_step"] as Int) \(row["n"] as Int) \(row["nonfinite"] as Int) "
                + numbers.joined(separator: " ")
        }
        #expect(found == expected)
        for level in 1...3 {
            let sums = rows.filter { $0["level"] == level }.map { $0["sum"] as Double }
            let total = points.values.filter(\.isFinite).reduce(0, +)
            if !sums.isEmpty { #expect(abs(sums.reduce(0, +) - total) <= 1e-9 * max(1, abs(total)) * 1e3) }
        }
    }

    @Test func deletingFromAStepCutsChunksAndTail() throws {
        let folder = TemporaryFolder()
        try Self.withStore(folder) { store in
            var tail = 0
            try store.append(Self.columns(Array(0..<2_500)), tailCount: &tail)
            try store.append(Self.columns([2_600, 2_700]), tailCount: &tail)
            #expect(try store.delete(from: 2_700) == 1)
            #expect(try store.delete(from: 1_999) == 502)
            #expect(try store.read() == Self.columns(Array(0..<1_999)))
            #expect(try store.delete(from: 0) == 1_999)
            #expect(try store.read().isEmpty)
        }
    }
}

/// A small generator of reproducible numbers (Steele, Lea, Flood: Fast splittable pseudorandom number generators,
/// 2014).
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
