import Foundation
import StrictJSON
import Testing

/// Small versions of `scripts/torture`.
@Suite(.serialized) struct TortureTests {
    private func torture(_ arguments: String...) throws -> JSONValue {
        let outcome = try BuiltProgram.run(["torture"] + arguments + ["--json"])
        #expect(outcome.exitCode == 0, "\(outcome.output) \(outcome.error)")
        return try JSONDocument(outcome.output).value
    }

    @Test func killedProcessesLoseNothingThatWasAcknowledged() throws {
        let report = try torture("kills", "--rounds", "8", "--seed", "3", "--quiet")
        #expect(report["passed"]?.boolValue == true && report["points_lost"]?.intValue == 0)
        #expect(report["points_acknowledged"]?.intValue ?? 0 > 0)
    }

    @Test func manyWritersAndAReaderGetAlong() throws {
        let report = try torture("writers", "--processes", "5", "--steps", "3000", "--metrics", "2")
        #expect(report["passed"]?.boolValue == true && report["points_found"]?.intValue == 30_000)
    }

    /// Where mounting is allowed, the disk is really full.
    @Test func aFullDiskIsToldAndSurvived() throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "torture-disk-\(ProcessInfo.processInfo.processIdentifier)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        let script = #"""
            unshare -rm sh -c 'mount -t tmpfs -o size=6m none "$1" || exit 77; "$2" torture disk "$1" --json' - "$1" "$2"
            """#
        process.arguments = ["-c", script, "-", folder.path, BuiltProgram.url.path]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        // Nothing was printed where mounting is forbidden: then there is nothing to look at.
        guard !text.isEmpty else { return }
        #expect(process.terminationStatus == 0)
        let report = try JSONDocument(text).value
        #expect(report["passed"]?.boolValue == true && report["points_lost"]?.intValue == 0)
    }

    @Test func pointsAreLoggedFoundAndCounted() throws {
        let outcome = try BuiltProgram.run(
            ["bench", "logging", "--points", "40000", "--rounds", "2", "--json", "--quiet"])
        #expect(outcome.exitCode == 0, "\(outcome.error)")
        let report = try JSONDocument(outcome.output).value
        #expect(report["verified"]?.boolValue == true)
        #expect(report["points_found"]?.intValue == 2 * 40_000 + 2 * 100_000)
        #expect(report["points_per_second"]?.doubleValue ?? 0 > 0)
        #expect(report["bytes_per_point"]?.doubleValue ?? 0 > 16)
        for wrong in [["--points", "3"], ["--metrics", "0"], ["--rounds", "0"]] {
            #expect(try BuiltProgram.run(["bench", "logging"] + wrong).exitCode == 2)
        }
    }
}
