import ArgumentParser
import Foundation
import StrictJSON
import Tracking

/// `workbench ls`: the runs of a workspace, one a line.
struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "List the runs of a workspace.",
        discussion: """
            Columns, sort keys and filters name attributes (status, started, tag, note, ...), metrics (val/loss, \
            best:val/loss; also min:, max:, mean:, first:, count:), keys of the configuration (model.depth) and means \
            of test scores (score:si_sdr, score:best:si_sdr). attr:, metric: and param: tell equal names apart.

            Filters: val/pesq > 2.8 and (model.depth = 5 or tag = baseline) and status in [finished, crashed] and \
            started > 7d (in the last seven days); also not, contains, is undefined. Values with spaces stand in \
            quotation marks.
            """)

    @Option(
        name: [.customShort("F"), .long],
        help: ArgumentHelp("Show only runs for which this holds.", valueName: "expression"))
    var filter: String?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Sort by these, separated by commas: metrics with a goal best first, all else upwards; - in front reverses.",
            valueName: "keys"), completion: .fields)
    var sort: String?
    @Option(
        help: ArgumentHelp(
            "The columns, separated by commas; + in front adds them to the usual ones.", valueName: "names"),
        completion: .fields)
    var cols: String?
    @Option(
        name: [.customShort("n"), .long],
        help: "Show only so many runs: the first ones of --sort, else the latest.")
    var limit: Int?
    @Flag(help: "Show archived runs, too.")
    var archived = false
    @OptionGroup var workspaceOptions: WorkspaceOptions
    @OptionGroup var output: TableOptions

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit \(limit): give a number of 1 or more") }
    }

    func run() throws {
        let workspace = try workspaceOptions.openReadOnly()
        let names = columns
        let hidden = output.json ? Self.always : Self.extra
        let listing = try workspace.list(
            RunQuery(
                filter: filter, columns: hidden + names, order: Self.split(sort), limit: limit,
                includesArchived: archived))
        if output.json {
            return Self.write(listing, names)
        }
        if listing.rows.isEmpty, !output.csv {
            Terminal.note(try explanation(workspace))
            return
        }
        let table = RunTable(
            listing, titles: names, from: hidden.count, extra: cols == nil ? Self.extra : [])
        if output.csv {
            Terminal.write(table.plain().csv())
        } else if output.md {
            Terminal.write(table.readable().markdown())
        } else {
            Terminal.write(
                table.readable().rendered(
                    width: Terminal.outputIsTerminal ? Terminal.width : nil, color: Terminal.usesColor))
        }
    }

    /// The columns that are shown.
    private var columns: [String] {
        guard let cols else { return Self.usual }
        if cols.hasPrefix("+") { return Self.usual + Self.split(String(cols.dropFirst())) }
        return Self.split(cols)
    }

    private static func split(_ text: String?) -> [String] {
        (text ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter {
            !$0.isEmpty
        }
    }

    private static let usual = [
        "run", "name", "status", "seed", "last_step", "best", "metric", "duration", "started",
    ]
    /// Columns that the usual table has where a run has something to show in them.
    private static let extra = ["tags", "pinned", "archived"]
    /// What `--json` tells of every run.
    private static let always =
        [
            "run", "name", "kind", "status", "exit_code", "error", "seed", "last_step", "started", "ended",
            "duration_seconds", "best_metric", "best_value", "best_step", "note", "sweep", "parent", "uuid",
        ] + extra

    private static func write(_ listing: RunListing, _ names: [String]) {
        let others = names.indices.filter { !usual.contains(names[$0]) }
        var writer = JSONRowWriter(keys: always + (others.isEmpty ? [] : ["values"]))
        for row in listing.rows {
            var values = row.values.prefix(always.count).map(\.json)
            if !others.isEmpty {
                let members = others.map { (key: names[$0], value: row.values[always.count + $0].json) }
                values.append(.object(JSONObject(members)))
            }
            writer.append(values)
        }
        writer.write(as: "runs")
    }

    /// Why there is nothing to show.
    private func explanation(_ workspace: Workspace) throws -> String {
        if filter != nil { return "no run fits the filter\n" }
        let hidden = try workspace.list(RunQuery(includesArchived: true)).rows.count
        if hidden > 0 { return "all \(hidden) runs are archived; --archived shows them\n" }
        return "no runs yet in \(workspace.directory.path)\n"
    }
}

/// A listing as a table.
private struct RunTable {
    private let titles: [String]
    /// The places of the columns in the rows of the listing.
    private let places: [Int]
    private let listing: RunListing

    /// - Parameters:
    ///   - titles: the names of the columns, which begin at place `from`.
    ///   - extra: columns before those, shown where a run has something to show in them.
    init(_ listing: RunListing, titles: [String], from first: Int, extra: [String]) {
        let shown = extra.indices.filter { index in
            listing.rows.contains { row in
                switch row.values[first - extra.count + index] {
                case .absent, .flag(false): false
                default: true
                }
            }
        }
        self.listing = listing
        self.titles = titles + shown.map { extra[$0] }
        places = titles.indices.map { first + $0 } + shown.map { first - extra.count + $0 }
    }

    private func table(_ text: (RunValue) -> String) -> Table {
        let columns = zip(titles, places).map { title, place in
            let values = listing.rows.map { $0.values[place] }.filter { $0 != .absent }
            let isNumber = values.allSatisfy(\.isNumber) && !values.isEmpty
            let isNumeric = isNumber || ["best", "last_step"].contains(title)
            return Table.Column(title, isNumeric ? .right : .left, shrinks: !isNumeric && title != "run")
        }
        var table = Table(columns)
        for row in listing.rows {
            table.add(
                zip(titles, places).map { title, place in
                    let text = text(row.values[place])
                    guard title == "status" else { return Table.Cell(text) }
                    return Table.Cell(text, RunStatus(rawValue: text)?.style)
                })
        }
        return table
    }

    func plain() -> Table { table(\.plainText) }

    /// Texts that are absent leave their cells empty; absent numbers show a dash.
    func readable() -> Table { table { $0 == .absent ? "-" : $0.text } }
}

extension RunStatus {
    /// The colour that shows a status.
    var style: TextStyle {
        switch self {
        case .finished: .green
        case .running, .queued: .cyan
        case .failed, .crashed: .red
        case .killed, .pruned, .stalled: .yellow
        }
    }
}
