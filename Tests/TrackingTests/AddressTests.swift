import Foundation
import GRDB
import Testing

@testable import Tracking

@Suite struct AddressTests {
    private static func workspace(_ folder: TemporaryFolder) throws -> Workspace {
        let workspace = try Workspace(directory: folder.url)
        for (index, name) in ["first", "twin", "twin", nil, "gan/2", "12x"].enumerated() {
            let recorder = try workspace.startRun(.plain(name: name))
            try recorder.declare("val/pesq", goal: .max)
            try recorder.declare("val/loss", goal: .min)
            try recorder.declare("speed", goal: .none)
            try recorder.log("val/pesq", step: 0, value: [2, 3, 1, .nan, 3, 2][index])
            try recorder.log("val/loss", step: 0, value: Double(index) - 2.5)
            try recorder.log("val/loss", step: 1, value: Double(9 - index))
            try recorder.log("speed", step: 0, value: Double(index))
            try recorder.finish(.finished)
        }
        return workspace
    }

    @Test func everyFormFindsItsRun() throws {
        let folder = TemporaryFolder()
        let workspace = try Self.workspace(folder)
        for (address, id) in [
            ("run2", 2), ("2", 2), ("last", 6), ("last~0", 6), ("last~2", 4), ("first", 1), ("gan/2", 5),
            ("12x", 6),
            ("best:val/pesq", 2), ("best:val/loss", 1), ("min:val/pesq", 3), ("max:val/loss", 1),
            ("max:speed", 6),
            ("3..3", 3), ("6..", 6),
        ] as [(String, Run.ID)] {
            #expect(try workspace.run(address).id == id, "\(address)")
        }
        let uuid = try workspace.read { try String.fetchOne($0, sql: "SELECT uuid FROM runs WHERE id = 3") }
        #expect(try workspace.run(String(try #require(uuid).prefix(10))).id == 3)
        #expect(try workspace.runs(at: ["4..6", "run5", "first", "..2"]).map(\.id) == [4, 5, 6, 1, 2])
    }

    @Test func whatIsNotThereIsNamed() throws {
        let folder = TemporaryFolder()
        let workspace = try Self.workspace(folder)
        func error(_ address: String) throws -> TrackingError {
            try #require(throws: TrackingError.self) { try workspace.run(address) }
        }
        #expect(try error("twin") == .ambiguousRun(address: "twin", candidates: ["run2", "run3"]))
        #expect(try error("2..4") == .ambiguousRun(address: "2..4", candidates: ["run2", "run3", "run4"]))
        #expect(try error("fist") == .unknownRun(address: "fist", nearest: ["first"]))
        let latest = ["run6", "run5", "run4", "run3", "run2"]
        for address in ["run99", "last~6", "40..50", "abcdef12"] {
            #expect(try error(address) == .unknownRun(address: address, nearest: latest), "\(address)")
        }
        #expect("\(try error("best:val/pesk"))".contains("did you mean \"val/pesq\"?"))
        #expect("\(try error("best:speed"))".contains("write max:speed or min:speed"))
        for address in ["", "last~", "last~x", "last~-1", "5..2", "best:"] {
            guard case .invalidAddress(address, _) = try error(address) else {
                Issue.record("\(address) is no address")
                continue
            }
        }
        #expect(throws: TrackingError.self) { try workspace.runs(at: ["run1", "twin"]) }
    }

    @Test func sweepsNameTheirRuns() throws {
        let folder = TemporaryFolder()
        let workspace = try Self.workspace(folder)
        try workspace.write { database in
            try database.execute(
                sql: """
                    INSERT INTO sweeps (id, name, spec_json, spec_hash, state, created_us)
                        VALUES (3, 'depth/lr', '{}', '', 'running', 0);
                    UPDATE runs SET sweep_id = 3, trial_no = id - 2 WHERE id IN (2, 4, 5);
                    """)
        }
        #expect(try workspace.runs(at: ["sweep3/*"]).map(\.id) == [2, 4, 5])
        #expect(try workspace.runs(at: ["depth/lr/*"]).map(\.id) == [2, 4, 5])
        #expect(try workspace.run("sweep3/2").id == 4)
        #expect(throws: TrackingError.self) { try workspace.run("sweep3/*") }
        for (address, text) in [
            ("sweep4/1", "there is no sweep 'sweep4'; there is sweep3"),
            ("sweep3/9", "of the 0 trials of sweep3"),
        ] {
            let error = #expect(throws: TrackingError.self) { try workspace.run(address) }
            #expect("\(error, default: "")".contains(text))
            guard case .notFound = error else {
                throw TrackingError.notFound(reason: "another kind of error")
            }
        }
        for filter in ["sweep = 3 and trial > 0", "sweep = sweep3 and trial in [2, 3]"] {
            #expect(try workspace.list(RunQuery(filter: filter)).rows.map(\.run) == [4, 5])
        }
    }

    /// A hundred twins are not all spelt out.
    @Test func manyCandidatesAreCutShort() {
        let error = TrackingError.ambiguousRun(address: "x", candidates: (1...100).map { "run\($0)" })
        #expect("\(error)".contains("run10 and 90 more") && !"\(error)".contains("run11,"))
    }
}
