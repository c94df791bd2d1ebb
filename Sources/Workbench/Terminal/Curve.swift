import Foundation

/// A line chart for the terminal.
///
/// Every point is drawn, so a single spike in a long series stays visible. Values that are not finite leave
/// a gap and are counted in the legend. One series, or several in colours, is drawn in braille dots; several
/// without colours in one letter each.
struct Curve {
    /// One line of the chart.
    struct Line {
        var name: String
        /// Points in the order of x; y may be NaN or infinite.
        var points: [(x: Double, y: Double)]
        /// A range around the line, such as an interval: finite, in the order of x.
        var band: [(x: Double, low: Double, high: Double)] = []
    }

    var lines: [Line]
    var title = ""
    /// The name of the horizontal axis.
    var axis = "step"
    /// The width of the whole chart in columns, 20 at least.
    var width = 80
    /// The height of the plot in rows, 3 at least.
    var height = 12
    var usesColor = false

    private static let markers: [Character] = ["*", "+", "o", "x", "#", "@"]
    private static let styles: [TextStyle] = [.cyan, .yellow, .magenta, .green, .red, .blue]

    /// The chart as text, each line ended by a newline.
    func rendered() -> String {
        let xs = lines.flatMap { $0.points.map(\.x) }
        let ys = lines.flatMap {
            $0.points.map(\.y).filter(\.isFinite) + $0.band.flatMap { [$0.low, $0.high] }
        }
        guard let left = xs.min(), let right = xs.max(), let low = ys.min(), let high = ys.max() else {
            return (title.isEmpty ? "" : title + "\n") + "(no finite values)\n" + legend()
        }
        let labels = NumberText.axis([high, low / 2 + high / 2, low])
        let labelWidth = labels.map(\.count).max() ?? 0
        let rows = max(3, height)
        let columns = max(20, width) - labelWidth - 2
        let frame = Frame(
            left: left, right: right, low: low, high: high, columns: columns * 2, rows: rows * 4)
        let canvases = lines.map { Self.draw($0, in: frame) }
        let bands = lines.map { Self.drawBand($0, in: frame) }
        var text = title.isEmpty ? "" : title + "\n"
        for row in 0..<rows {
            let label = row == 0 ? labels[0] : row == rows / 2 ? labels[1] : row == rows - 1 ? labels[2] : ""
            text += TextWidth.padded(label, to: labelWidth, right: true)
            text += label.isEmpty ? " │" : " ┤"
            var cells = (0..<columns).map { column in
                let cell = cell(canvases, row: row, column: column, columns: columns)
                return cell == " " ? bandCell(bands, row: row, column: column, columns: columns) : cell
            }
            while cells.last == " " { cells.removeLast() }
            text += cells.joined() + "\n"
        }
        let indent = String(repeating: " ", count: labelWidth + 1)
        text += indent + "└" + String(repeating: "─", count: columns) + "\n"
        let ends = [left, right].map { Self.axisText($0) }
        let gap = columns - ends[0].count - ends[1].count - axis.count
        let space = String(repeating: " ", count: max(1, gap / 2))
        let rest = String(repeating: " ", count: max(1, gap - gap / 2))
        text += indent + " " + ends[0] + space + axis + rest + ends[1] + "\n"
        return text + legend()
    }

    private func legend() -> String {
        var text = ""
        for (index, line) in lines.enumerated() {
            let missing = line.points.count { !$0.y.isFinite }
            let note = missing > 0 ? "  (\(missing) of \(line.points.count) values are not finite)" : ""
            let marker = isDrawnInLetters ? String(Self.markers[index % Self.markers.count]) : "──"
            let style = Self.styles[index % Self.styles.count]
            if lines.count > 1 || missing > 0 {
                text += "  " + style.applied(to: marker, when: usesColor) + " " + line.name + note + "\n"
            }
        }
        return text
    }

    private var isDrawnInLetters: Bool { lines.count > 1 && !usesColor }

    private func cell(_ canvases: [[UInt8]], row: Int, column: Int, columns: Int) -> String {
        let drawn = canvases.indices.filter { canvases[$0][row * columns + column] != 0 }
        guard !drawn.isEmpty else { return " " }
        // Lines that share cells take turns, so that none hides another.
        let shown = drawn[column % drawn.count]
        let dots = drawn.reduce(UInt8(0)) { $0 | canvases[$1][row * columns + column] }
        if isDrawnInLetters { return String(Self.markers[shown % Self.markers.count]) }
        let braille = Unicode.Scalar(0x2800 + UInt32(dots)).map { String(Character($0)) } ?? " "
        return Self.styles[shown % Self.styles.count].applied(to: braille, when: usesColor)
    }

    /// A band where no line is drawn: a dim dot in the line's colour, or one dot for all bands without colours.
    private func bandCell(_ bands: [[Bool]], row: Int, column: Int, columns: Int) -> String {
        let covering = bands.indices.filter { bands[$0].isEmpty ? false : bands[$0][row * columns + column] }
        guard !covering.isEmpty else { return " " }
        let shown = covering[column % covering.count]
        return Self.styles[shown % Self.styles.count].applied(to: "·", when: usesColor)
    }

    /// Which cells a line's band covers; empty without a band.
    private static func drawBand(_ line: Line, in frame: Frame) -> [Bool] {
        guard !line.band.isEmpty else { return [] }
        let columns = frame.columns / 2
        var cells = [Bool](repeating: false, count: columns * (frame.rows / 4))
        var previous: (column: Int, top: Int, bottom: Int)?
        for place in line.band {
            let next = (
                column: frame.column(place.x) / 2, top: frame.row(place.high) / 4,
                bottom: frame.row(place.low) / 4
            )
            let from = previous ?? next
            let steps = max(1, next.column - from.column)
            for step in 0...steps {
                let top = from.top + (next.top - from.top) * step / steps
                let bottom = from.bottom + (next.bottom - from.bottom) * step / steps
                let column = from.column + (next.column - from.column) * step / steps
                for row in top...max(top, bottom) { cells[row * columns + column] = true }
            }
            previous = next
        }
        return cells
    }

    /// The plotted area in data units and in dots (two columns and four rows of dots a cell).
    private struct Frame {
        var left, right, low, high: Double
        var columns, rows: Int

        func column(_ x: Double) -> Int {
            right > left ? Int(((x - left) / (right - left) * Double(columns - 1)).rounded()) : columns / 2
        }

        /// Halving before subtracting keeps the range of the greatest numbers finite.
        func row(_ y: Double) -> Int {
            guard high > low else { return rows / 2 }
            let share = (high / 2 - y / 2) / (high / 2 - low / 2)
            return Int((share * Double(rows - 1)).rounded())
        }
    }

    /// The dots of a line, a byte a cell in the bit order of the braille patterns (Unicode block 2800).
    private static func draw(_ line: Line, in frame: Frame) -> [UInt8] {
        let columns = frame.columns / 2
        var cells = [UInt8](repeating: 0, count: columns * (frame.rows / 4))
        let bits: [[UInt8]] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]]
        var previous: (column: Int, row: Int)?
        for point in line.points {
            guard point.y.isFinite else {
                previous = nil
                continue
            }
            let (column, row) = (frame.column(point.x), frame.row(point.y))
            let from = previous ?? (column, row)
            let steps = max(abs(column - from.column), abs(row - from.row))
            for step in 0...steps {
                let share = steps == 0 ? 1 : Double(step) / Double(steps)
                let x = from.column + Int((share * Double(column - from.column)).rounded())
                let y = from.row + Int((share * Double(row - from.row)).rounded())
                cells[y / 4 * columns + x / 2] |= bits[x % 2][y % 4]
            }
            previous = (column, row)
        }
        return cells
    }

    private static func axisText(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : NumberText.value(value)
    }
}
