import Foundation
import Tensor

/// Values with intervals under one another on a common axis, with a line at zero: a forest plot.
public struct IntervalPicture: Sendable {
    /// One line of the picture.
    public struct Row: Sendable {
        public let label: String
        /// The dot; nil for a line without a value.
        public let value: Double?
        /// The bar; nil where there is a dot alone.
        public let interval: ClosedRange<Double>?
        public let colour: Colour

        public init(
            _ label: String, _ value: Double?, _ interval: ClosedRange<Double>?,
            colour: Colour = Colour(60, 110, 170)
        ) {
            self.label = label
            self.value = value
            self.interval = interval
            self.colour = colour
        }
    }

    /// Pixels of the axis.
    public let width: Int

    /// - Parameter width: pixels, at least 128, default 560.
    public init(width: Int = 560) {
        require(width >= 128, "[IntervalPicture] \(width) pixels: at least 128")
        self.width = width
    }

    private static let rowHeight = 24
    private static let top = 28
    private static let bottom = 28
    private static let margin = 16

    /// The part of the number line that is shown: all values and intervals, and zero.
    static func extent(_ rows: [Row]) -> ClosedRange<Double> {
        var low = 0.0
        var high = 0.0
        for row in rows {
            for edge in [row.value, row.interval?.lowerBound, row.interval?.upperBound] {
                guard let edge, edge.isFinite else { continue }
                low = min(low, edge)
                high = max(high, edge)
            }
        }
        let margin = high > low ? 0.05 * (high - low) : 1
        return (low - margin)...(high + margin)
    }

    /// - Parameters:
    ///   - rows: at least one, from top to bottom.
    ///   - title: one line above, with the axis's meaning.
    public func draw(_ rows: [Row], title: String) -> Raster {
        require(!rows.isEmpty, "[IntervalPicture] at least one row is needed")
        let left = (rows.map { Lettering.width($0.label) }.max() ?? 0) + 2 * Self.margin
        let height = Self.top + rows.count * Self.rowHeight
        let least = 2 * Self.margin + Lettering.width(title)
        var picture = Raster(
            width: max(left + width + Self.margin, least), height: height + Self.bottom)
        let extent = Self.extent(rows)
        func place(_ value: Double) -> Int {
            left
                + Int(
                    (value - extent.lowerBound) / (extent.upperBound - extent.lowerBound) * Double(width - 1))
        }
        let grey = Colour(90, 90, 90)
        Lettering.draw(title, on: &picture, x: Self.margin, y: 10)
        picture.fill(x: place(0)..<place(0) + 1, y: Self.top..<height, Colour(170, 170, 170))
        for (index, row) in rows.enumerated() {
            let middle = Self.top + index * Self.rowHeight + Self.rowHeight / 2
            Lettering.draw(row.label, on: &picture, x: Self.margin, y: middle - Lettering.height / 2)
            if let interval = row.interval, interval.lowerBound.isFinite, interval.upperBound.isFinite {
                let (from, to) = (place(interval.lowerBound), place(interval.upperBound))
                picture.fill(x: from..<to + 1, y: middle..<middle + 2, row.colour)
                for end in [from, to] {
                    picture.fill(x: end..<end + 1, y: middle - 4..<middle + 6, row.colour)
                }
            }
            if let value = row.value, value.isFinite {
                picture.fill(x: place(value) - 3..<place(value) + 4, y: middle - 3..<middle + 4, row.colour)
            }
        }
        drawAxis(on: &picture, extent, left: left, y: height, place: place, colour: grey)
        return picture
    }

    private func drawAxis(
        on picture: inout Raster, _ extent: ClosedRange<Double>, left: Int, y: Int, place: (Double) -> Int,
        colour: Colour
    ) {
        picture.fill(x: left..<left + width, y: y..<y + 1, colour)
        let step = SpectrogramPicture.tickStep(extent.upperBound - extent.lowerBound, most: 8)
        let decimals = max(0, -Int(log10(step).rounded(.down)))
        for tick in Int(
            (extent.lowerBound / step).rounded(.up))...Int((extent.upperBound / step).rounded(.down))
        {
            let x = place(Double(tick) * step)
            picture.fill(x: x..<x + 1, y: y..<y + 4, colour)
            let text = String(format: "%.*f", decimals, Double(tick) * step)
            Lettering.draw(text, on: &picture, x: x - Lettering.width(text) / 2, y: y + 9, colour: colour)
        }
    }

    /// Draws the rows and writes them as PNG, all or nothing.
    ///
    /// - Throws: `FileWriteError`.
    public func write(_ rows: [Row], title: String, to url: URL) throws {
        try PNGFile.write(draw(rows, title: title), to: url)
    }
}
