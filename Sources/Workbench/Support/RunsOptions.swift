import ArgumentParser
import Foundation
import StrictJSON
import Tracking

/// The runs that a command works on: addresses, a filter, or both together.
struct RunsOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Runs: run12, 12, last, last~1, best:val/loss, 12..15, sweep3/*, the beginning of a uuid, a name.",
            valueName: "run"), completion: .runs)
    var addresses: [String] = []
    @Option(
        name: [.customShort("F"), .long],
        help: ArgumentHelp(
            "All runs for which this holds (see workbench ls --help).", valueName: "expression"))
    var filter: String?

    func validate() throws {
        if addresses.isEmpty && filter == nil {
            throw ValidationError("name at least one run, or choose runs with -F EXPRESSION")
        }
    }

    /// The runs, each once: those of the addresses first, then those of the filter.
    ///
    /// - Throws: `TrackingError`, `FilterError`; `TrackingError.notFound` when the filter chooses nothing.
    func resolve(in workspace: Workspace, includingArchived: Bool = false) throws -> [Run] {
        var runs = try workspace.runs(at: addresses, includingArchived: includingArchived)
        if let filter {
            let found = try workspace.list(RunQuery(filter: filter, includesArchived: includingArchived)).rows
            let known = Set(runs.map(\.id))
            runs += try workspace.runs(at: found.map { Run.address(of: $0.run) })
                .filter { !known.contains($0.id) }
        }
        if runs.isEmpty { throw TrackingError.notFound(reason: "no run fits the filter") }
        return runs
    }
}

extension OutputOptions {
    /// Tells which runs were changed: their addresses on standard output under `--json`, else a line for people.
    func report(_ key: String, _ runs: [Run], note: String) {
        if json {
            JSONOutput.write([key: JSONValue(runs.map(\.address))])
        } else {
            Terminal.note(note + runs.map(\.address).joined(separator: ", ") + "\n")
        }
    }
}
