import ArgumentParser
import StrictJSON
import Tracking

/// `workbench gc`: removes what is no longer wanted.
struct CleanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc",
        abstract: "Remove archived runs, old checkpoints and files that no run refers to.",
        discussion: """
            Pinned runs and runs that are going on are never touched, nor files younger than an hour that nothing \
            refers to: another process may be about to. With --keep, runs that have ended keep only the checkpoints of \
            these roles: best, last, previous, generator_only, step-1199.
            """)
    @Flag(help: "Show what would be removed, and remove nothing.")
    var dryRun = false
    @Option(
        help: ArgumentHelp(
            "Only what was archived, or ended, so long ago: 30d, 12h, 2w.", valueName: "span"))
    var olderThan: String?
    @Option(
        help: ArgumentHelp(
            "Remove checkpoints of other roles, separated by commas. Default: all are kept.",
            valueName: "roles"))
    var keep: String?
    @Flag(help: "Give the room that becomes free within the database back to the disk.")
    var compact = false
    @OptionGroup var workspaceOptions: WorkspaceOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        var rules = CleaningRules()
        if let olderThan {
            guard let age = FilterLiteral.seconds(olderThan) else {
                throw ValidationError("--older-than \(olderThan): write a span such as 30d, 12h or 2w")
            }
            rules.minimumAge = age
        }
        if let keep {
            let roles = keep.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            let isKnown = roles.allSatisfy { role in
                ["best", "last", "previous", "generator_only"].contains(role)
                    || role.hasPrefix("step-") && Int(role.dropFirst(5)) != nil
            }
            guard isKnown, !roles.isEmpty else {
                throw ValidationError(
                    "--keep \(keep): the roles are best, last, previous, generator_only and step-N, separated by commas"
                )
            }
            rules.keptCheckpoints = Set(roles)
        }
        let workspace = try dryRun ? workspaceOptions.openReadOnly() : workspaceOptions.openExisting()
        let report = try workspace.clean(rules, isTrial: dryRun)
        if compact, !dryRun { try workspace.compact() }
        let free = try workspace.freeDatabaseBytes()
        if output.json { write(report, free: free) } else { show(report, free: free) }
    }

    private func write(_ report: CleaningReport, free: Int) {
        JSONOutput.write([
            "dry_run": .bool(dryRun), "bytes": .integer(report.bytes), "free_database_bytes": .integer(free),
            "items": .array(
                report.items.map {
                    [
                        "kind": .string($0.kind.rawValue), "name": .string($0.name),
                        "bytes": .integer($0.bytes),
                    ]
                }),
            "spared": .array(
                report.spared.map { ["run": .string(Run.address(of: $0.run)), "reason": .string($0.reason)] }),
        ])
    }

    private func show(_ report: CleaningReport, free: Int) {
        for (run, reason) in report.spared {
            Terminal.note("\(Run.address(of: run)) is archived and stays: \(reason)\n")
        }
        if report.items.isEmpty {
            Terminal.note("nothing to remove\n")
            return
        }
        var table = Table([.init("kind"), .init("name", shrinks: true), .init("size", .right)])
        for item in report.items { table.add([item.kind.rawValue, item.name, NumberText.bytes(item.bytes)]) }
        Terminal.write(table.rendered(color: Terminal.usesColor))
        let verb = dryRun ? "would be removed" : "removed"
        Terminal.note("\(report.items.count) items, \(NumberText.bytes(report.bytes)) \(verb)")
        Terminal.note(
            free > 1 << 20 ? "; \(NumberText.bytes(free)) are free within the database (--compact)\n" : "\n")
    }
}
