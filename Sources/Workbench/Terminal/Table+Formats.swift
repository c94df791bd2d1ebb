extension Table {
    /// The table for a Markdown file, numbers right.
    func markdown() -> String {
        func escaped(_ text: String) -> String {
            text.replacing("\\", with: "\\\\").replacing("|", with: "\\|").replacing("\n", with: " ")
        }
        func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }
        let titles = columns.map { escaped($0.title) }
        let rules = columns.map { $0.alignment == .right ? "---:" : "---" }
        return line(titles) + "|" + rules.joined(separator: "|") + "|\n"
            + rows.map { row in
                line(columns.indices.map { $0 < row.count ? escaped(row[$0].text) : "" })
            }.joined()
    }

    /// The table as comma-separated values (RFC 4180, lines ended by a newline), with its titles first.
    func csv() -> String {
        func field(_ text: String) -> String {
            text.contains { ",\"\n\r".contains($0) } ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
        }
        func line(_ cells: [String]) -> String { cells.map(field).joined(separator: ",") + "\n" }
        return line(columns.map(\.title))
            + rows.map { row in line(columns.indices.map { $0 < row.count ? row[$0].text : "" }) }.joined()
    }
}
