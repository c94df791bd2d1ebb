import ArgumentParser
import Foundation

/// The command tree. A new command is one file in `Commands` and one line here.
struct Workbench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workbench",
        abstract: "Train, compare and use networks that turn a phone recording into studio sound.",
        discussion: """
            Data goes to standard output, progress and messages to standard error. Exit status: 0 done, 1 a run failed, \
            2 wrong arguments, config, filter or file, 3 not found, 4 a gate does not hold, 5 another process is in the \
            way, 6 the database is damaged or newer than the program, 7 refused, 75 stopped and resumable, 130 and 143 \
            stopped by a signal, 141 the reader of the output went away.
            """,
        version: Version.text,
        subcommands: [
            RunCommand.self,
            WatchCommand.self,
            SweepCommand.self,
            AblateCommand.self,
            EvaluateCommand.self,
            TuneCommand.self,
            EnhanceCommand.self,
            ScoreCommand.self,
            ListCommand.self,
            ShowCommand.self,
            SeriesCommand.self,
            CompareCommand.self,
            DiffCommand.self,
            TagCommand.self,
            NoteCommand.self,
            PinCommand.self,
            UnpinCommand.self,
            RemoveCommand.self,
            RestoreCommand.self,
            CleanCommand.self,
            ExportCommand.self,
            ImportCommand.self,
            SQLCommand.self,
            DoctorCommand.self,
            DataCommand.self,
            KeysCommand.self,
            FeaturesCommand.self,
            BenchCommand.self,
            TortureCommand.self,
            CompletionsCommand.self,
        ])
}

/// The program's entry: parses the arguments, runs the command, and turns every error into one line on
/// standard error and an exit status.
@main
enum Program {
    static func main() async {
        // A parent may have ignored SIGPIPE; `workbench ls | head` must end like any other tool.
        signal(SIGPIPE, SIG_DFL)
        var command: any ParsableCommand
        do {
            command = try Workbench.parseAsRoot()
        } catch {
            end(withParserError: error)
        }
        do {
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            end(withCommandError: error)
        }
    }

    /// Help and version texts are data; everything else the parser says is a usage error.
    private static func end(withParserError error: any Error) -> Never {
        let text = Workbench.fullMessage(for: error)
        if Workbench.exitCode(for: error).isSuccess {
            Terminal.write(text + "\n")
            exit(ExitStatus.success)
        }
        Terminal.note(text + "\n")
        exit(ExitStatus.usage)
    }

    /// Requests for help also arrive here: the parser answers them with a command that throws.
    private static func end(withCommandError error: any Error) -> Never {
        if let code = error as? ExitCode { exit(code.rawValue) }
        if let error = error as? ValidationError {
            Terminal.note("workbench: \(error.message)\n")
            exit(ExitStatus.usage)
        }
        let parserCode = Workbench.exitCode(for: error)
        if parserCode == .success || parserCode == .validationFailure { end(withParserError: error) }
        Terminal.note("workbench: \(error)\n")
        exit(ExitStatus.of(error))
    }
}
