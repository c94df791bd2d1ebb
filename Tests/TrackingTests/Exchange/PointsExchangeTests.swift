import Foundation
import Testing

@testable import Tracking

@Suite struct PointsExchangeTests {
    private static func file(_ text: String, in folder: TemporaryFolder, _ name: String = "x.csv") throws
        -> URL
    {
        try FileManager.default.createDirectory(at: folder.url, withIntermediateDirectories: true)
        let url = folder.url.appendingPathComponent(name)
        try Data(text.utf8).write(to: url)
        return url
    }

    @Test func csvGoesOutAndComesBackExactly() throws {
        let folder = TemporaryFolder()
        let source = try Workspace(directory: folder.url.appendingPathComponent("source"))
        try RoundTripTests.fill(source)
        var text = ""
        try PointsExport(source).writeCSV(try source.runs()) { text += $0 }
        #expect(text.hasPrefix("run,metric,step,value,time\nrun1,train/loss,0,0.3333333333333333,"))
        let url = try Self.file(text, in: folder)
        let target = try Workspace(directory: folder.url.appendingPathComponent("target"))
        let importer = PointsImport(target, programVersion: "1")
        let result = try importer.readCSV(url, name: nil)
        #expect(result.runs.map(\.name) == ["run1", "run2"])
        for metric in ["train/loss", "val/loss"] {
            let old = try source.series(of: 1, metric: metric).points
            let new = try target.series(of: 1, metric: metric).points
            #expect(old.map(\.step) == new.map(\.step))
            #expect(old.map(\.time.microseconds) == new.map(\.time.microseconds))
            #expect(
                zip(old, new).allSatisfy {
                    $0.value.isNaN ? $1.value.isNaN : $0.value.bitPattern == $1.value.bitPattern
                })
        }
        let run = try target.run("1")
        #expect(run.kind == "import" && run.status == .finished && run.lastStep == 1499)
        #expect(try importer.readCSV(url, name: nil).present.count == 2)
        #expect(try target.runs().count == 2)
    }

    @Test func wideTablesAndOddLines() throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url.appendingPathComponent("w"))
        let text =
            "\u{feff}epoch,\"val, loss\",acc,time\r\n0,0.5,,100\r\n\r\n2,nan,0.25,101.5\n1,1e-3,.5,2026-03-01T12:00:00Z\n2,7,1,102"
        let result = try PointsImport(workspace, programVersion: "1").readCSV(
            try Self.file(text, in: folder), name: nil, stepColumn: "epoch")
        #expect(result.runs.map(\.name) == ["x"] && result.runs[0].metrics == 2)
        let loss = try workspace.series(of: 1, metric: "val, loss").points
        #expect(
            loss.map(\.step) == [0, 1, 2] && loss.map(\.value) == [0.5, 1e-3, 7],
            "the last line of a step counts")
        #expect(loss[0].time == Date(timeIntervalSince1970: 100))
        #expect(try workspace.series(of: 1, metric: "acc").points.map(\.step) == [1, 2])
    }

    @Test(
        arguments: [
            ("", nil, "it is empty"), ("a,b\n1,2\n", "line 1", "no column 'step'"),
            ("step,a\n", nil, "no points"),
            ("step,a\n1\n", "line 2, column 1", "1 fields"),
            ("step,a\nx,1\n", "line 2, column 1", "is no step"),
            ("step,a\n-1,1\n", "line 2, column 1", "is no step"),
            ("step,a\n1,high\n", "line 2, column 3", "is no number"),
            ("step,a\n1,\"2\n", "line 2, column 3", "never closed"),
            ("step,a\n1,\"2\"3\n", "line 2, column 3", "follows"),
            ("step,a,a\n1,2,3\n", "line 1, column 8", "twice"),
            ("step,a,time\n1,2,soon\n", "line 2, column 5", "no time"),
            ("step,metric,value\n1,,2\n", "line 2, column 3", "no name"),
        ] as [(String, String?, String)])
    func tablesWithErrors(text: String, place: String?, reason: String) throws {
        let folder = TemporaryFolder("csv\(text.hashValue)")
        let url = try Self.file(text, in: folder)
        let workspace = try Workspace(directory: folder.url.appendingPathComponent("w"))
        let error = try #require(throws: ImportError.self) {
            try PointsImport(workspace, programVersion: "1").readCSV(url, name: nil)
        }
        #expect(error.place == place && error.reason.contains(reason), "\(error)")
        #expect(try workspace.runs().isEmpty)
    }

    @Test func tensorBoardGoesOutAndComesBackInSinglePrecision() throws {
        let folder = TemporaryFolder()
        let source = try Workspace(directory: folder.url.appendingPathComponent("source"))
        try RoundTripTests.fill(source)
        let logs = folder.url.appendingPathComponent("logs")
        let files = try PointsExport(source).writeTensorBoard(try source.runs(), to: logs)
        #expect(
            files.map { $0.deletingLastPathComponent().lastPathComponent } == ["run1-p_ce___quoted_", "run2"])
        let target = try Workspace(directory: folder.url.appendingPathComponent("target"))
        let importer = PointsImport(target, programVersion: "1")
        let result = try importer.readTensorBoard(logs, name: nil, takesDamaged: false)
        #expect(result.runs.map(\.name) == ["run1-p_ce___quoted_", "run2"])
        for metric in ["train/loss", "val/loss"] {
            let old = try source.series(of: 1, metric: metric).points.map { Float($0.value) }
            let new = try target.series(of: 1, metric: metric).points.map { Float($0.value) }
            #expect(zip(old, new).allSatisfy { $0.isNaN ? $1.isNaN : $0 == $1 } && old.count == new.count)
        }
        #expect(try importer.readTensorBoard(logs, name: nil, takesDamaged: false).present.count == 2)

        // One file is cut as by a crash of its writer.
        let data = try Data(contentsOf: files[0])
        try data.prefix(data.count - 5).write(to: files[0])
        let fresh = try Workspace(directory: folder.url.appendingPathComponent("fresh"))
        let other = PointsImport(fresh, programVersion: "1")
        let damage = try #require(throws: EventFileError.self) {
            try other.readTensorBoard(logs, name: nil, takesDamaged: false)
        }
        #expect(damage.kind == .truncated && damage.path == files[0].path)
        #expect(try fresh.runs().isEmpty)
        let taken = try other.readTensorBoard(logs, name: nil, takesDamaged: true)
        #expect(taken.runs.count == 2 && taken.notes.contains { $0.contains("ends within a record") })
        #expect(throws: ImportError.self) {
            try other.readTensorBoard(source.directory, name: nil, takesDamaged: true)
        }
    }
}
