import ArgumentParser
import Foundation
import Tracking

extension CompletionKind {
    /// Addresses and names of the workspace's runs.
    static var runs: CompletionKind {
        .custom { words, _, _ in Completions(words).runs }
    }

    /// Names of metrics that runs have logged, and of test scores.
    static var metrics: CompletionKind {
        .custom { words, _, _ in Completions(words).metrics }
    }

    /// Names of what lists can show and filter by.
    static var fields: CompletionKind {
        .custom { words, _, _ in Completions(words).fields }
    }
}

/// What a shell offers while a command is typed. Nothing is changed by asking, and what cannot be read is not offered.
private struct Completions {
    private let workspace: Workspace?

    /// - Parameter words: the command line so far, which may name a workspace.
    init(_ words: [String]) {
        var options = WorkspaceOptions()
        options.workspace = nil
        for (index, word) in words.enumerated() {
            if word == "--workspace", index + 1 < words.count { options.workspace = words[index + 1] }
            if word.hasPrefix("--workspace=") { options.workspace = String(word.dropFirst(12)) }
        }
        workspace = try? Workspace.openForCompletion(options.directory)
    }

    private var names: KnownNames? { try? workspace?.knownNames(runs: 100) }

    var runs: [String] {
        guard let names else { return [] }
        return ["last"] + names.runs + names.runNames + names.sweeps.map { $0 + "/*" }
    }

    var metrics: [String] {
        guard let names else { return [] }
        return names.metrics + names.scores.map { "test/" + $0 }
    }

    var fields: [String] {
        guard let names else { return [] }
        return RunAttribute.allCases.map(\.rawValue) + names.metrics + names.scores.map { "score:" + $0 }
            + names.parameters
    }
}
