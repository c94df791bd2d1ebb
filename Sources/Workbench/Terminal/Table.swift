/// A table of text with aligned columns: numbers right, everything else left, cut to the terminal's width.
struct Table {
    /// One column.
    struct Column {
        enum Alignment { case left, right }

        var title: String
        var alignment: Alignment
        /// Whether the column may be cut when the table is wider than the terminal.
        var shrinks: Bool

        init(_ title: String, _ alignment: Alignment = .left, shrinks: Bool = false) {
            self.title = title
            self.alignment = alignment
            self.shrinks = shrinks
        }
    }

    var columns: [Column]
    private(set) var rows: [[Cell]] = []

    /// The text of one cell and how it is drawn.
    struct Cell: ExpressibleByStringLiteral {
        var text: String
        var style: TextStyle?

        init(_ text: String, _ style: TextStyle? = nil) {
            self.text = text
            self.style = style
        }

        init(stringLiteral value: String) {
            self.init(value)
        }
    }

    init(_ columns: [Column]) {
        self.columns = columns
    }

    /// Adds a row; missing cells at its end are empty.
    mutating func add(_ cells: [Cell]) {
        rows.append(cells)
    }

    /// Adds a row of plain texts.
    mutating func add(_ texts: [String]) {
        rows.append(texts.map { Cell($0) })
    }

    /// The table as text, one line a row, each ended by a newline.
    ///
    /// - Parameters:
    ///   - width: columns of the terminal; nil for no limit, as in a file or pipe.
    ///   - color: whether styles are drawn.
    func rendered(width: Int? = nil, color: Bool = false) -> String {
        var widths = columns.indices.map { index in
            rows.reduce(TextWidth.of(columns[index].title)) { widest, row in
                index < row.count ? max(widest, TextWidth.of(row[index].text)) : widest
            }
        }
        if let width { shrink(&widths, to: width) }
        var text = line(columns.map { Cell($0.title, .bold) }, widths, color)
        for row in rows { text += line(row, widths, color) }
        return text
    }

    private func shrink(_ widths: inout [Int], to width: Int) {
        let narrowest = 8
        while widths.reduce(0, +) + 2 * (widths.count - 1) > width {
            let candidates = widths.indices.filter { columns[$0].shrinks && widths[$0] > narrowest }
            guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { return }
            widths[widest] -= 1
        }
    }

    private func line(_ cells: [Cell], _ widths: [Int], _ color: Bool) -> String {
        var parts: [String] = []
        for (index, column) in columns.enumerated() {
            let cell = index < cells.count ? cells[index] : ""
            let cut = TextWidth.cut(cell.text, to: widths[index])
            let padded = TextWidth.padded(cut, to: widths[index], right: column.alignment == .right)
            parts.append(cell.style?.applied(to: padded, when: color) ?? padded)
        }
        let line = parts.joined(separator: "  ")
        let spaces = line.utf8.reversed().prefix { $0 == UInt8(ascii: " ") }.count
        return line.dropLast(spaces) + "\n"
    }
}
