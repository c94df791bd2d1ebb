import ArgumentParser
import Foundation
import StrictJSON
import Tracking

/// `workbench note`: a text beside a run.
struct NoteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "note", abstract: "Show or write the note of a run.",
        discussion: """
            workbench note run12                    shows it
            workbench note run12 "lower rate"       replaces it
            workbench note run12 --append "again"   adds a line
            workbench note run12 --edit             opens $VISUAL or $EDITOR, on a terminal
            workbench note run12 ""                 removes it
            """)

    @Argument(help: ArgumentHelp("The run.", valueName: "run"), completion: .runs)
    var address: String
    @Argument(help: "The new text.")
    var text: String?
    @Flag(help: "Add the text as a line.")
    var append = false
    @Flag(help: "Write the text in an editor.")
    var edit = false
    @OptionGroup var workspaceOptions: WorkspaceOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if append, text == nil { throw ValidationError("--append needs a text") }
        if edit, text != nil || append { throw ValidationError("--edit takes no text") }
    }

    func run() throws {
        if text == nil && !edit {
            let run = try workspaceOptions.openReadOnly().run(address)
            if output.json {
                JSONOutput.write(["run": .string(run.address), "note": .string(run.note)])
            } else if !run.note.isEmpty {
                Terminal.write(run.note + "\n")
            }
            return
        }
        let workspace = try workspaceOptions.openExisting()
        let run = try workspace.run(address)
        if append {
            try workspace.appendNote(run: run.id, text ?? "")
        } else {
            try workspace.setNote(run: run.id, try text ?? Self.edited(run.note))
        }
        output.report("noted", [run], note: "noted: ")
    }

    /// The text after the user's editor has been at it.
    private static func edited(_ note: String) throws -> String {
        guard isatty(STDIN_FILENO) == 1, Terminal.outputIsTerminal else {
            throw ValidationError("--edit needs a terminal; give the text as an argument")
        }
        let environment = ProcessInfo.processInfo.environment
        let editor =
            [environment["VISUAL"], environment["EDITOR"]].compactMap { $0 }.first { !$0.isEmpty } ?? "vi"
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(
            "note-\(UUID().uuidString).txt")
        try Data(note.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        // An editor may be a command with arguments of its own.
        process.arguments = ["-c", "exec \(editor) \"$1\"", "sh", file.path]
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw ValidationError(
                "\(editor) ended with \(process.terminationStatus); the note stays as it was")
        }
        return String(decoding: try Data(contentsOf: file), as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
