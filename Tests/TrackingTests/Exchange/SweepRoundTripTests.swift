import Foundation
import GRDB
import Testing

@testable import Tracking

/// A sweep travels with the runs that are its trials.
@Suite struct SweepRoundTripTests {
    /// A paused sweep of three trials: one done and pruned once, one begun, one waiting. With a foreign run in between.
    private static func fill(_ workspace: Workspace) throws {
        let (sweep, _) = try workspace.enterSweep(
            name: "rates", specJSON: #"{"method":"grid"}"#, specHash: "h")
        try workspace.write { database in
            for number in 0..<3 {
                try database.execute(
                    sql: """
                        INSERT INTO trials (sweep_id, no, params_json, params_hash, seed, state, value, tries, label,
                            lease_owner, lease_until_us)
                        VALUES (?, ?, '{}', 'p', ?, ?, ?, 1, 'a', 'somebody', 5)
                        """,
                    arguments: [
                        sweep.id, number, number, ["finished", "running", "waiting"][number],
                        number == 0 ? 0.25 : nil,
                    ])
            }
            try database.execute(
                sql: "INSERT INTO trial_rungs VALUES (?, 0, 0, 0.5), (?, 0, 1, 0.25)",
                arguments: [sweep.id, sweep.id])
        }
        for number in 0..<2 {
            let recorder = try workspace.startRun(
                RunDescription(
                    name: "trial", seed: UInt64(number), configJSON: "{}", sweepID: sweep.id,
                    trialNumber: number))
            try recorder.log("loss", step: 0, value: Double(number))
            try recorder.finish(.finished)
            try workspace.write {
                try $0.execute(
                    sql: "UPDATE trials SET run_id = ? WHERE sweep_id = ? AND no = ?",
                    arguments: [recorder.run, sweep.id, number])
            }
        }
        try workspace.setState(of: sweep.id, to: .paused, reason: "lunch")
        let folder = workspace.directory(ofSweep: sweep.id)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data("base".utf8).write(to: folder.appendingPathComponent("base.json"))
    }

    private static func trials(_ workspace: Workspace, _ sweep: Sweep.ID) throws -> [String] {
        try workspace.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT no, state, value, tries, label, lease_owner, lease_until_us, runs.uuid AS uuid
                    FROM trials LEFT JOIN runs ON runs.id = run_id WHERE trials.sweep_id = ? ORDER BY no
                    """, arguments: [sweep])
        }.map { "\($0)" }
    }

    @Test func sweepsTravelWithTheirRuns() throws {
        let folder = TemporaryFolder()
        let source = try Workspace(directory: folder.url.appendingPathComponent("source"))
        try Self.fill(source)
        let export = folder.url.appendingPathComponent("export")
        try RunFolderExport(source).write(try source.runs(), to: export, programVersion: "1")
        // Other numbers than in the source, and a sweep of the same content that was made here.
        let target = try Workspace(directory: folder.url.appendingPathComponent("target"))
        try target.startRun(.plain()).finish(.finished)
        _ = try target.enterSweep(name: "own", specJSON: "{}", specHash: "h")

        let result = try RunFolderImport(target).read(export)
        #expect(result.sweeps.map(\.sweep) == [2] && result.sweeps.map(\.isNew) == [true])
        let (old, new) = (try source.sweep(1), try target.sweep(2))
        #expect(new.name == "rates" && new.state == .paused && new.reason == "lunch")
        #expect(new.specJSON == old.specJSON && new.created == old.created)
        let runs = try target.runs().filter { $0.sweepID == 2 }
        #expect(runs.map(\.id) == [2, 3] && runs.map(\.trialNumber) == [0, 1])
        #expect(try target.events(of: 2).isEmpty)
        let trials = try Self.trials(target, 2)
        let uuids = try source.runs().map { try source.runUUID($0.id) }
        #expect(trials.count == 3 && trials[0].contains("finished") && trials[0].contains(uuids[0]))
        #expect(trials[1].contains("waiting") && trials[1].contains(uuids[1]), "nobody works on it here")
        #expect(!trials.contains { $0.contains("somebody") })
        let rungs = try target.read {
            try Double.fetchAll($0, sql: "SELECT value FROM trial_rungs ORDER BY rung")
        }
        #expect(rungs == [0.5, 0.25])
        let base = target.directory(ofSweep: 2).appendingPathComponent("base.json")
        #expect(try String(contentsOf: base, encoding: .utf8) == "base")
        #expect(try target.read { try Row.fetchAll($0, sql: "PRAGMA foreign_key_check") }.isEmpty)

        let again = try RunFolderImport(target).read(export)
        #expect(again.sweeps.map(\.sweep) == [2] && again.sweeps.map(\.isNew) == [false])
        #expect(try Self.trials(target, 2) == trials && target.sweeps().count == 2)
    }

    /// An export of some of the runs, and later one of all: the second brings what was missing.
    @Test func aLaterExportBringsTheRest() throws {
        let folder = TemporaryFolder()
        let source = try Workspace(directory: folder.url.appendingPathComponent("source"))
        try Self.fill(source)
        let target = try Workspace(directory: folder.url.appendingPathComponent("target"))
        for (index, runs) in [Array(try source.runs().prefix(1)), try source.runs()].enumerated() {
            let export = folder.url.appendingPathComponent("export\(index)")
            if index == 1 {
                try source.write {
                    try $0.execute(sql: "UPDATE trials SET state = 'finished', value = 0.125 WHERE no = 1")
                }
            }
            try RunFolderExport(source).write(runs, to: export, programVersion: "1")
            _ = try RunFolderImport(target).read(export)
        }
        #expect(try target.runs().map(\.trialNumber) == [0, 1])
        let trials = try Self.trials(target, 1)
        #expect(trials[1].contains("finished") && trials[1].contains("0.125"))
        #expect(try trials[1].contains(source.runUUID(2)))
    }
}

extension Workspace {
    fileprivate func runUUID(_ run: Run.ID) throws -> String {
        try read { try String.fetchOne($0, sql: "SELECT uuid FROM runs WHERE id = ?", arguments: [run]) }
            ?? ""
    }
}
