/// One part of a comparison, as text, Markdown and HTML show it.
struct ComparisonSection {
    var title: String
    var table: Table?
    /// Lines after the table.
    var lines: [String] = []
    /// Whether the page folds it away until it is asked for.
    var isDetail = false

    func rendered(width: Int?, color: Bool) -> String {
        TextStyle.bold.applied(to: title, when: color) + "\n"
            + (table?.rendered(width: width, color: color) ?? "")
            + lines.map { TextStyle.dim.applied(to: $0, when: color) + "\n" }.joined()
    }

    func markdown() -> String {
        "## \(title)\n\n" + (table.map { $0.markdown() + "\n" } ?? "")
            + lines.map { $0 + "\n" }.joined(separator: "\n") + (lines.isEmpty ? "" : "\n")
    }
}

/// How figures of a comparison are written.
enum ComparisonText {
    static func p(_ p: Double?) -> String {
        guard let p, !p.isNaN else { return "-" }
        return p < 0.001 ? "<0.001" : NumberText.fixed(p, decimals: p < 0.1 ? 3 : 2)
    }

    static func interval(_ interval: ClosedRange<Double>?, decimals: Int?) -> String {
        guard let interval else { return "-" }
        let ends = [interval.lowerBound, interval.upperBound].map {
            NumberText.difference($0, decimals: decimals)
        }
        return "[\(ends[0]), \(ends[1])]"
    }

    static func percent(_ share: Double?) -> String {
        share.map { "\(Int((100 * $0).rounded()))%" } ?? "-"
    }

    /// A difference in green where it is for the better, in red where it is for the worse.
    static func style(_ isBetter: Bool?) -> TextStyle? { isBetter.map { $0 ? .green : .red } }
}
