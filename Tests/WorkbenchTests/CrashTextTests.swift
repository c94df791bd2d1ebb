import Foundation
import StrictJSON
import Testing

/// Processes that die of a mistake of their own: their runs say which.
@Suite struct CrashTextTests {
    @Test(arguments: [
        ("check", "(Tensor/"), ("check", "SIG"), ("swift", "SIG"), ("memory", "SIGSEGV"),
        ("abort", "SIGABRT"),
        ("stack", "SIGSEGV"),
    ])
    func theTextIsStored(way: String, text: String) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "workbench-trap-\(ProcessInfo.processInfo.processIdentifier)-\(way)-\(text.filter(\.isLetter))")
        try? FileManager.default.removeItem(at: folder)
        defer { try? FileManager.default.removeItem(at: folder) }
        let dead = try BuiltProgram.run(
            ["torture", "trap", "--workspace", folder.path, "--way", way],
            environment: ["SWIFT_BACKTRACE": "enable=no"])
        // The status is that of a process that nobody listened to.
        #expect(dead.exitCode > 2 && dead.exitCode != 141, "\(dead)")
        // Three signs of life have to be missing before a reader calls it dead; a writer sees that at once.
        _ = try BuiltProgram.run(["tag", "add", "seen", "run1", "--workspace", folder.path])
        let shown = try BuiltProgram.run(["show", "run1", "--json", "--workspace", folder.path])
        let run = try JSONDocument(shown.output).value
        #expect(run["status"]?.stringValue == "crashed")
        #expect(run["error"]?.stringValue?.contains(text) == true, "\(run["error"]?.stringValue ?? "")")
    }
}
