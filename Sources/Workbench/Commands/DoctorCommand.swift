import ArgumentParser
import Audio
import Foundation
import StrictJSON
import Tensor
import Tracking

/// `workbench doctor`: is the workspace in order, and what is to be done if not?
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look a workspace over, and say what is wrong and what to do.",
        discussion: """
            Reads all points and files and changes nothing: the database and what it says, runs that only call \
            themselves running, points that wait to be entered, checkpoints and artifacts that are gone or damaged, \
            files that nothing refers to, room on the disk, and libraries.

            Exit status 0 when nothing is lost or damaged, 1 when something is, 3 without a workspace, 6 when the \
            database cannot be used.
            """)

    @Flag(help: "Do not read every point and the content of every file.")
    var quick = false
    @Flag(help: "Upgrade an older database, enter what waits beside it, and note runs that have crashed.")
    var repair = false
    @Flag(help: "Show no progress.") var quiet = false
    @OptionGroup var workspaceOptions: WorkspaceOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let directory = workspaceOptions.directory
        if repair {
            do {
                _ = try workspaceOptions.openExisting()
            } catch let error as TrackingError {
                if case .workspaceMissing = error { throw error }
                Terminal.note("not repaired: \(error)\n")
            }
        }
        let reporter = ConsoleReporter(isQuiet: quiet || output.json)
        var hasBegun = false
        let findings = try WorkspaceExamination(directory, reading: quick ? .quick : .full) { done, total in
            if !hasBegun { reporter.begin("read", total: total, unit: "files", done: 0) }
            hasBegun = true
            reporter.update(done, tail: nil)
        }.findings()
        reporter.end()
        if output.json { write(findings, directory) } else { show(findings) }
        if findings.contains(where: { $0.check == .database && $0.level == .error }) {
            throw ExitCode(ExitStatus.databaseUnusable)
        }
        if findings.contains(where: { $0.level == .error }) { throw ExitCode(ExitStatus.runFailed) }
    }

    private static var libraries: [(name: String, version: String)] {
        [
            ("SQLite", Workspace.databaseLibrary), ("OpenBLAS", LibraryVersions.openBLAS),
            ("FFTW", LibraryVersions.fftw), ("libsndfile", SoundFileLibrary.version),
        ]
    }

    private func write(_ findings: [Finding], _ directory: URL) {
        let worst = Finding.Level.allCases.last { level in findings.contains { $0.level == level } }
        JSONOutput.write([
            "workspace": .string(directory.standardizedFileURL.path), "worst": JSONValue(worst?.rawValue),
            "program": .string(Version.text), "build": JSONValue(ProgramIdentity.current),
            "libraries": .object(
                JSONObject(Self.libraries.map { (key: $0.name, value: JSONValue.string($0.version)) })),
            "findings": .array(
                findings.map {
                    [
                        "check": .string($0.check.rawValue), "level": .string($0.level.rawValue),
                        "text": .string($0.text), "advice": JSONValue($0.advice),
                    ]
                }),
        ])
    }

    private func show(_ findings: [Finding]) {
        let color = Terminal.usesColor
        let widest = Finding.Check.allCases.map(\.rawValue.count).max() ?? 0
        func line(_ level: String, _ style: TextStyle, _ check: String, _ text: String) {
            let level = style.applied(to: TextWidth.padded(level, to: 7), when: color)
            Terminal.write("\(level)  \(TextWidth.padded(check, to: widest))  \(text)\n")
        }
        for finding in findings {
            line(finding.level.rawValue, finding.level.style, finding.check.rawValue, finding.text)
            if let advice = finding.advice { line("", .dim, "", "-> " + advice) }
        }
        line(
            "ok", .green, "libraries",
            Self.libraries.map { "\($0.name) \($0.version)" }.joined(separator: ", "))
    }
}

extension Finding.Level {
    fileprivate var style: TextStyle {
        switch self {
        case .ok: .green
        case .notice: .cyan
        case .warning: .yellow
        case .error: .red
        }
    }
}
