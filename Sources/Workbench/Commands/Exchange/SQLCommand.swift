import ArgumentParser
import Foundation
import StrictJSON
import Tracking

/// `workbench sql`: a query over the workspace.
struct SQLCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sql", abstract: "Answer a SQL query over the workspace; nothing can be changed.",
        discussion: """
            Tables: runs, params, metric_names, summary, points, rollups, file_scores, eval_files, artifacts, events, \
            tags, attempts, sweeps, trials. Times are microseconds since 1970; values that are no numbers are NULL with \
            a flag (1 NaN, 2 inf, 3 -inf).

            workbench sql "SELECT run_id, step, value FROM points JOIN metric_names ON id = metric_id \
            WHERE name = 'val/loss' AND value < 0.1"
            """)
    @Argument(help: "One SELECT.")
    var query: String
    @Option(
        name: [.customShort("n"), .long], help: "Rows at most; 0 for all.")
    var limit = 1000
    @OptionGroup var workspaceOptions: WorkspaceOptions
    @OptionGroup var output: TableOptions

    func validate() throws {
        if limit < 0 { throw ValidationError("--limit \(limit): give 0 or more") }
    }

    func run() throws {
        let workspace = try workspaceOptions.openReadOnly()
        let result = try workspace.query(query, limit: limit == 0 ? nil : limit)
        if output.json {
            JSONOutput.write([
                "columns": JSONValue(result.columns), "cut": .bool(result.isCut),
                "rows": .array(result.rows.map { .array($0.map(\.json)) }),
            ])
        } else {
            var table = Table(
                result.columns.enumerated().map { index, name in
                    let isNumber = result.rows.contains { $0[index].isNumber }
                    return Table.Column(name, isNumber ? .right : .left, shrinks: !isNumber)
                })
            for row in result.rows { table.add(row.map { output.csv ? $0.plainText : $0.text }) }
            Terminal.write(
                output.csv
                    ? table.csv()
                    : output.md
                        ? table.markdown()
                        : table.rendered(
                            width: Terminal.outputIsTerminal ? Terminal.width : nil, color: Terminal.usesColor
                        ))
        }
        if result.isCut { Terminal.note("only the first \(limit) rows; --limit 0 gives all\n") }
    }
}

extension SQLResult.Value {
    fileprivate var isNumber: Bool {
        switch self {
        case .integer, .number: true
        default: false
        }
    }

    /// For people; line breaks would spoil the table.
    fileprivate var text: String {
        switch self {
        case .null: "-"
        case .text(let text): text.replacingOccurrences(of: "\n", with: " ")
        default: plainText
        }
    }

    fileprivate var plainText: String {
        switch self {
        case .null: ""
        case .integer(let number): String(number)
        case .number(let number): CSV.number(number)
        case .text(let text): text
        case .blob(let data): "x'" + data.map { String(format: "%02x", $0) }.joined() + "'"
        }
    }

    fileprivate var json: JSONValue {
        switch self {
        case .null: .null
        case .integer(let number): .integer(Int(number))
        case .number(let number): .number(number)
        case .text, .blob: .string(plainText)
        }
    }
}
