import Foundation
import StrictJSON
import Tracking

/// What differs between two runs: configuration, code, surroundings. What is equal is not told.
struct RunDifference {
    /// One thing that differs; nil where a run does not have it.
    struct Entry: Equatable {
        let key: String
        let first: String?
        let second: String?
    }

    let runs: (first: Run, second: Run)
    let config: [Entry]
    /// How many keys there are in both together.
    let keys: Int
    let environment: [Entry]
    let code: CodeDifference

    init(_ first: Run, _ second: Run, in workspace: Workspace) throws {
        runs = (first, second)
        let pair = try [first, second].map { run in
            Dictionary(try workspace.parameters(of: run.id).map { ($0.key, $0.value) }) { $1 }
        }
        config = Self.entries(pair[0], pair[1])
        keys = Set(pair[0].keys).union(pair[1].keys).count
        environment = Self.entries(Self.surroundings(of: first), Self.surroundings(of: second))
        code = try CodeDifference(first, second, in: workspace)
    }

    private static func entries(_ first: [String: String], _ second: [String: String]) -> [Entry] {
        Set(first.keys).union(second.keys).sorted().filter { first[$0] != second[$0] }.map {
            Entry(key: $0, first: first[$0], second: second[$0])
        }
    }

    private static func surroundings(of run: Run) -> [String: String] {
        var facts = run.environment
        facts["host"] = run.host
        facts["cpu"] = run.cpu
        facts["threads"] = run.threads.map { String($0) }
        facts["program"] = run.programVersion
        facts["dataset"] = run.datasetHash
        facts["test set"] = run.evalHash
        return facts
    }

    func table(_ entries: [Entry]) -> Table {
        var table = Table([
            .init("key"), .init(runs.first.address, shrinks: true), .init(runs.second.address, shrinks: true),
        ])
        for entry in entries {
            table.add([entry.key, entry.first ?? "(absent)", entry.second ?? "(absent)"])
        }
        return table
    }

    static func objects(_ entries: [Entry]) -> JSONValue {
        .array(
            entries.map {
                ["key": .string($0.key), "first": JSONValue($0.first), "second": JSONValue($0.second)]
            })
    }
}
