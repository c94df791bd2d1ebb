import ArgumentParser

/// `workbench completions`: what a shell needs to complete the command line.
struct CompletionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions", abstract: "Print the completion script of a shell.",
        discussion: """
            bash  workbench completions bash > ~/.local/share/bash-completion/completions/workbench
            zsh   workbench completions zsh > a folder of $fpath, as _workbench
            fish  workbench completions fish > ~/.config/fish/completions/workbench.fish
            """)

    @Argument(help: "bash, zsh or fish.")
    var shell: Shell

    enum Shell: String, ExpressibleByArgument, CaseIterable {
        case bash, zsh, fish

        var known: CompletionShell {
            switch self {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        }
    }

    func run() {
        Terminal.write(Workbench.completionScript(for: shell.known) + "\n")
    }
}
