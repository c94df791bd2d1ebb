import Foundation

@testable import Comparison

/// What scipy says of invented runs; Tests/Fixtures/statistics/make_comparison.py made it.
struct Reference: Decodable {
    struct Files: Decodable {
        let metric, goal: String
        let first, second, interval: [Double]
        let difference, p, better, pHolm: Double
        let worst: Int
    }
    struct Row: Decodable {
        let name, test: String
        let seeds: [UInt64]
        let values: [Double]
        let difference, low, high, p, pHolm, detectable, halfWidth: Double
        let smallest: Double?
    }
    struct Seeds: Decodable {
        let first: [Double]
        let rows: [Row]
    }
    struct Crossed: Decodable {
        let grid: [[Double]]
        let difference, seed, file, rest: Double
        let interval: [Double]
    }

    struct Clusters: Decodable {
        let values: [[Double]]
        let interval: [Double]
    }

    let files: [Files]
    let seeds: Seeds
    let crossed: Crossed
    let clusters: Clusters

    static func load() throws -> Reference {
        let url = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/statistics/comparison.json")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Reference.self, from: Data(contentsOf: url))
    }
}

/// Runs made up for a test.
enum Invented {
    /// A run with the scores of its last checkpoint.
    static func run(
        _ number: Int, seed: UInt64 = 1, group: String = "g", status: String = "finished",
        testHash: String? = "t", scores: [String: (goal: Direction, values: [Double?])] = [:],
        condition: (Int) -> String = { _ in "" }, speaker: (Int) -> String = { _ in "" },
        metrics: [ComparedRun.Metric] = [],
        parameters: [String: String] = [:]
    ) -> ComparedRun {
        let rows = scores.flatMap { metric, table in
            table.values.enumerated().map { file, value in
                ComparedRun.Score(
                    dataset: "set", checkpoint: "last", file: "file\(file)", condition: condition(file),
                    speaker: speaker(file), metric: metric, goal: table.goal, value: value)
            }
        }
        return ComparedRun(
            address: "run\(number)", status: status, seed: seed, group: group, lastStep: 100, seconds: 60,
            testHash: testHash, mainMetric: "val/loss", parameters: parameters, metrics: metrics, scores: rows
        )
    }

    static func metric(_ name: String, _ value: Double, goal: Direction = .min) -> ComparedRun.Metric {
        .init(name: name, goal: goal, count: 2, last: value, minimum: value, maximum: value, mean: value)
    }
}

func isClose(_ a: Double?, _ b: Double, _ tolerance: Double = 1e-9) -> Bool {
    guard let a else { return false }
    return abs(a - b) <= tolerance * max(abs(b), 1e-3)
}
