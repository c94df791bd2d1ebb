import ArgumentParser
import StrictJSON

/// How a command prints a table.
struct TableOptions: ParsableArguments {
    @Flag(help: "Print one JSON object instead of text.")
    var json = false
    @Flag(help: "Print comma-separated values with exact numbers.")
    var csv = false
    @Flag(help: "Print a Markdown table.")
    var md = false

    func validate() throws {
        if [json, csv, md].count(where: { $0 }) > 1 {
            throw ValidationError("--json, --csv, --md: give one of them")
        }
    }
}
