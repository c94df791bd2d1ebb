import Foundation
import StrictJSON
import Tracking

/// How fast points are logged: until they are durable, and as the training thread feels it.
public enum LoggingBenchmark {
    public struct Report: Sendable {
        public var metrics: Int
        /// The points of one round.
        public var points: Int
        /// Of each round: durable points a second, from the first call to the return of `flush`.
        public var rates: [Double]
        /// Nanoseconds of single calls by handle and by name, sorted.
        public var handleCalls: [Double]
        public var nameCalls: [Double]
        /// The size of the closed workspace's database over the number of points in it.
        public var bytesPerPoint: Double
        /// The points that were found after closing and opening the workspace again, all rounds.
        public var pointsFound: Int
        public var pointsLogged: Int

        public var isVerified: Bool { pointsFound == pointsLogged }
        /// The median of the rounds.
        public var pointsPerSecond: Double { quantile(0.5, rates.sorted()) }

        /// A quantile of sorted values.
        public func quantile(_ share: Double, _ sorted: [Double]) -> Double {
            sorted.isEmpty ? .nan : sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
        }

        public var json: JSONObject {
            func number(_ value: Double) -> JSONValue { .number((value * 1e3).rounded() / 1e3) }
            return [
                "what": "workbench_bench_logging", "points_per_second": number(pointsPerSecond.rounded()),
                "rounds": .array(rates.map { number($0.rounded()) }), "points": .integer(points),
                "metrics": .integer(metrics), "median_ns": number(quantile(0.5, handleCalls)),
                "p99_ns": number(quantile(0.99, handleCalls)), "max_ns": number(handleCalls.last ?? .nan),
                "median_ns_by_name": number(quantile(0.5, nameCalls)),
                "p99_ns_by_name": number(quantile(0.99, nameCalls)),
                "bytes_per_point": number(bytesPerPoint), "points_logged": .integer(pointsLogged),
                "points_found": .integer(pointsFound), "verified": .bool(isVerified),
            ]
        }
    }

    /// - Parameters:
    ///   - folder: where the workspace is made; it is removed afterwards.
    ///   - points: of one round, over all metrics.
    public static func run(folder: URL, points: Int, metrics: Int, rounds: Int) throws -> Report {
        defer { try? FileManager.default.removeItem(at: folder) }
        let steps = max(1, points / metrics)
        let names = (0..<metrics).map { "train/metric_\($0)" }
        var report = Report(
            metrics: metrics, points: steps * metrics, rates: [], handleCalls: [], nameCalls: [],
            bytesPerPoint: .nan, pointsFound: 0, pointsLogged: 0)
        var sums: [Double] = []
        for round in 0..<rounds {
            let (rate, sum) = try logged(folder, names, steps: steps, seed: round)
            report.rates.append(rate)
            report.pointsLogged += steps * metrics
            sums.append(sum)
        }
        (report.handleCalls, report.nameCalls) = try callTimes(folder, names)
        report.pointsLogged += report.handleCalls.count + report.nameCalls.count
        try verify(folder, sums, &report)
        return report
    }

    /// One round in a workspace of its own opening, which is closed at the end.
    ///
    /// - Returns: durable points a second, and the sum of the first metric's values.
    private static func logged(
        _ folder: URL, _ names: [String], steps: Int, seed: Int
    ) throws -> (Double, Double) {
        let recorder = try Workspace(directory: folder).startRun(
            RunDescription(kind: "bench", seed: UInt64(seed), configJSON: "{}"))
        let handles = try names.map(recorder.metric)
        var sum = 0.0
        let start = DispatchTime.now().uptimeNanoseconds
        for step in 0..<steps {
            for (index, handle) in handles.enumerated() {
                let value = value(step, index)
                if index == 0 { sum += value }
                try handle.log(step: step, value: value)
            }
        }
        try recorder.flush()
        let end = DispatchTime.now().uptimeNanoseconds
        try recorder.finish(.finished)
        return (Double(steps * names.count) / (Double(end - start) / 1e9), sum)
    }

    /// A value that does not compress, as those of trainings do not.
    private static func value(_ step: Int, _ index: Int) -> Double {
        1 / (1 + Double(step)) + Double((step &* 7919 &+ index &* 104_729) & 0xffff) * 1e-6
    }

    /// What single calls take on the thread that logs, while the writer works beside it: 40 passes over the metrics,
    /// then a pause as long as a quick training step, and so on.
    private static func callTimes(_ folder: URL, _ names: [String]) throws -> ([Double], [Double]) {
        let recorder = try Workspace(directory: folder).startRun(
            RunDescription(kind: "bench", seed: 0, configJSON: "{}"))
        let handles = try names.map { try recorder.metric("handle/" + $0) }
        var times: ([Double], [Double]) = ([], [])
        for step in 0..<max(400, 100_000 / names.count) {
            if step % 40 == 0 { usleep(1_000) }
            for (index, name) in names.enumerated() {
                let value = value(step, index)
                let start = DispatchTime.now().uptimeNanoseconds
                try handles[index].log(step: step, value: value)
                let middle = DispatchTime.now().uptimeNanoseconds
                try recorder.log(name, step: step, value: value)
                let end = DispatchTime.now().uptimeNanoseconds
                times.0.append(Double(middle - start))
                times.1.append(Double(end - middle))
            }
        }
        try recorder.finish(.finished)
        return (times.0.sorted(), times.1.sorted())
    }

    /// Opens the workspace anew, counts its points and adds up one metric of each round.
    private static func verify(_ folder: URL, _ sums: [Double], _ report: inout Report) throws {
        let workspace = try Workspace.openReadOnly(folder)
        var isExact = true
        for run in try workspace.runs() {
            for summary in try workspace.summaries(of: run.id) {
                report.pointsFound += summary.count + summary.nonFiniteCount
            }
            let round = Int(run.id) - 1
            guard round < sums.count else { continue }
            for index in 0..<report.metrics {
                let points = try workspace.series(of: run.id, metric: "train/metric_\(index)").points
                if points.count != report.points / report.metrics { isExact = false }
                if index == 0, points.reduce(0, { $0 + $1.value }) != sums[round] { isExact = false }
            }
        }
        if !isExact { report.pointsFound = -1 }
        var bytes = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path)
        where name.hasPrefix("workbench.sqlite") && !name.hasSuffix("-shm") {
            let path = folder.appendingPathComponent(name).path
            let facts = try FileManager.default.attributesOfItem(atPath: path)
            bytes += (facts[.size] as? NSNumber)?.intValue ?? 0
        }
        report.bytesPerPoint = Double(bytes) / Double(report.pointsLogged)
    }
}
