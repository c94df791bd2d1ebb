import Foundation
import Tensor

/// Curves, maps and moments over one axis, panel under panel: for example a loudness over time above its
/// specific loudness.
public struct SeriesPicture: Sendable {
    /// One direction of a panel.
    public struct Axis: Sendable {
        public let range: ClosedRange<Double>
        /// Where marks stand, and what they say; empty: chosen from the range.
        public let ticks: [(value: Double, text: String)]

        /// - Parameters:
        ///   - range: not empty.
        ///   - ticks: default: multiples of 1, 2 or 5 times a power of ten.
        public init(_ range: ClosedRange<Double>, ticks: [(value: Double, text: String)] = []) {
            require(
                range.lowerBound.isFinite && range.upperBound.isFinite && range.lowerBound < range.upperBound,
                "[SeriesPicture] an axis from \(range.lowerBound) to \(range.upperBound): it must be finite and not empty"
            )
            self.range = range
            self.ticks = ticks
        }

        /// An axis on which finite values have room; of none or of equal ones, around them.
        public static func around(_ values: [Double]) -> Axis {
            let finite = values.filter(\.isFinite)
            guard let low = finite.min(), let high = finite.max() else { return Axis(0...1) }
            let margin = high > low ? 0.05 * (high - low) : max(1e-6, 0.05 * abs(low))
            return Axis(low - margin...high + margin)
        }

        /// 0 at the start of the axis, 1 at its end.
        func share(_ value: Double) -> Double {
            (value - range.lowerBound) / (range.upperBound - range.lowerBound)
        }
    }

    /// Evenly spaced values, joined by lines; what is not finite is left out.
    public struct Curve: Sendable {
        public let values: [Double]
        /// Place of the first value, and the distance to the next, on the horizontal axis.
        public let start: Double
        public let step: Double
        public let style: Style

        public enum Style: Sendable {
            case line
            case dots
        }

        public init(_ values: [Double], start: Double = 0, step: Double, style: Style = .line) {
            self.values = values
            self.start = start
            self.step = step
            self.style = style
        }
    }

    /// A matrix as colours: a column per frame, its first number at the bottom of the panel.
    public struct Map: Sendable {
        /// [frames x width], row-major.
        public let values: [Double]
        public let width: Int
        /// Places of the first frame's middle and of the distance to the next, on the horizontal axis.
        public let start: Double
        public let step: Double
        /// The values of the darkest and the lightest colour.
        public let colours: ClosedRange<Double>

        public init(
            _ values: [Double], width: Int, start: Double = 0, step: Double, colours: ClosedRange<Double>
        ) {
            require(
                width > 0 && values.count % width == 0,
                "[SeriesPicture] \(values.count) values are no rows of \(width)")
            self.values = values
            self.width = width
            self.start = start
            self.step = step
            self.colours = colours
        }
    }

    /// A map, curves before it, and moments as vertical lines, each of which may be absent.
    public struct Panel: Sendable {
        public let label: String
        public let vertical: Axis
        public let map: Map?
        public let curves: [Curve]
        public let moments: [Double]

        public init(
            _ label: String, vertical: Axis, map: Map? = nil, curves: [Curve] = [], moments: [Double] = []
        ) {
            self.label = label
            self.vertical = vertical
            self.map = map
            self.curves = curves
            self.moments = moments
        }
    }

    /// Pixels of one panel's plot.
    public let width: Int
    public let height: Int

    /// - Parameters:
    ///   - width: pixels, at least 64, default 560.
    ///   - height: pixels, at least 32, default 140.
    public init(width: Int = 560, height: Int = 140) {
        require(
            width >= 64 && height >= 32,
            "[SeriesPicture] panels of \(width) x \(height) pixels: at least 64 x 32")
        self.width = width
        self.height = height
    }

    private static let left = 44
    private static let top = 20
    private static let bottom = 22
    private static let right = 16
    private static let grey = Colour(90, 90, 90)
    /// Of curves on white and before a map.
    private static let curveColours = [Colour(40, 95, 170), Colour(205, 95, 20), Colour(60, 140, 70)]
    private static let mapCurveColours = [
        Colour(110, 235, 255), Colour(255, 255, 255), Colour(150, 255, 150),
    ]
    private static let momentColour = Colour(200, 40, 40)

    /// Draws the panels.
    ///
    /// - Parameters:
    ///   - panels: at least one.
    ///   - horizontal: of all panels.
    ///   - unit: of the horizontal axis.
    public func draw(_ panels: [Panel], horizontal: Axis, unit: String = "s") -> Raster {
        require(!panels.isEmpty, "[SeriesPicture] at least one panel is needed")
        let cell = Self.top + height + Self.bottom
        var picture = Raster(width: Self.left + width + Self.right, height: panels.count * cell)
        for (index, panel) in panels.enumerated() {
            draw(panel, on: &picture, top: index * cell + Self.top, horizontal: horizontal, unit: unit)
        }
        return picture
    }

    /// Draws the panels and writes them as PNG, all or nothing.
    ///
    /// - Throws: `FileWriteError`.
    public func write(_ panels: [Panel], horizontal: Axis, unit: String = "s", to url: URL) throws {
        try PNGFile.write(draw(panels, horizontal: horizontal, unit: unit), to: url)
    }

    private func draw(
        _ panel: Panel, on picture: inout Raster, top: Int, horizontal: Axis, unit: String
    ) {
        let left = Self.left
        Lettering.draw(panel.label, on: &picture, x: left, y: top - 12)
        if let map = panel.map { paint(map, on: &picture, top: top, horizontal: horizontal) }
        for (index, curve) in panel.curves.enumerated() {
            let colours = panel.map == nil ? Self.curveColours : Self.mapCurveColours
            draw(
                curve, on: &picture, top: top, horizontal: horizontal, vertical: panel.vertical,
                colour: colours[index % colours.count])
        }
        for moment in panel.moments where horizontal.range.contains(moment) {
            let x = left + Int(horizontal.share(moment) * Double(width - 1))
            picture.fill(x: x..<x + 1, y: top..<top + height, Self.momentColour)
        }
        picture.fill(x: left - 1..<left, y: top..<top + height + 1, Self.grey)
        picture.fill(x: left..<left + width, y: top + height..<top + height + 1, Self.grey)
        for (value, text) in ticks(panel.vertical, most: max(2, height / 28)) {
            let y = top + height - 1 - Int(panel.vertical.share(value) * Double(height - 1))
            picture.fill(x: left - 4..<left, y: y..<y + 1, Self.grey)
            Lettering.draw(
                text, on: &picture, x: max(0, left - 7 - Lettering.width(text)),
                y: max(top - 3, min(top + height - 7, y - 3)), colour: Self.grey)
        }
        for (index, tick) in ticks(horizontal, most: max(2, width / 70)).enumerated() {
            let x = left + Int(horizontal.share(tick.value) * Double(width - 1))
            picture.fill(x: x..<x + 1, y: top + height..<top + height + 4, Self.grey)
            let text = index == 0 ? "\(tick.text) \(unit)" : tick.text
            let start = min(x - Lettering.width(text) / 2, picture.width - Lettering.width(text))
            Lettering.draw(text, on: &picture, x: max(0, start), y: top + height + 7, colour: Self.grey)
        }
    }

    private func paint(_ map: Map, on picture: inout Raster, top: Int, horizontal: Axis) {
        let frames = map.values.count / map.width
        guard frames > 0 else { return }
        let span = horizontal.range.upperBound - horizontal.range.lowerBound
        let (low, high) = (map.colours.lowerBound, map.colours.upperBound)
        for column in 0..<width {
            let place = horizontal.range.lowerBound + (Double(column) + 0.5) / Double(width) * span
            let frame = ((place - map.start) / map.step).rounded()
            guard frame >= 0, frame < Double(frames) else { continue }
            for row in 0..<height {
                let index = min(map.width - 1, (height - 1 - row) * map.width / height)
                let value = map.values[Int(frame) * map.width + index]
                let share = high > low ? max(0, min(1, (value - low) / (high - low))) : 0
                // Few colours make small files, and the eye tells no more apart.
                let step = share.isFinite ? Int(share * 63.99) * 255 / 63 : 0
                picture[Self.left + column, top + row] = ColourMap.heat[step]
            }
        }
    }

    private func draw(
        _ curve: Curve, on picture: inout Raster, top: Int, horizontal: Axis, vertical: Axis, colour: Colour
    ) {
        func column(_ index: Int) -> Double {
            horizontal.share(curve.start + Double(index) * curve.step) * Double(width - 1)
        }
        func row(_ value: Double) -> Int {
            height - 1 - Int((max(0, min(1, vertical.share(value))) * Double(height - 1)).rounded())
        }
        var before: (x: Double, y: Int)?
        for (index, value) in curve.values.enumerated() {
            let x = column(index)
            guard value.isFinite, x >= 0, x <= Double(width - 1) else {
                before = nil
                continue
            }
            let y = row(value)
            let start = before ?? (x, y)
            if curve.style == .dots {
                let middle = Self.left + Int(x)
                picture.fill(x: middle - 2..<middle + 3, y: top + max(2, y) - 2..<top + y + 3, colour)
            } else {
                let (first, last) = (Int(start.x), Int(x))
                for place in first...max(first, last) {
                    // The part of the line in this column, at least two dots thick.
                    let width = max(1, Double(last - first + 1))
                    let from = Double(place - first) / width
                    let to = Double(place - first + 1) / width
                    let ends = [from, to].map { start.y + Int((Double(y - start.y) * $0).rounded()) }.sorted()
                    picture.fill(
                        x: Self.left + place..<Self.left + place + 1,
                        y: top + ends[0]..<top + min(height, ends[1] + 2), colour)
                }
            }
            before = (x, y)
        }
    }

    private func ticks(_ axis: Axis, most: Int) -> [(value: Double, text: String)] {
        if !axis.ticks.isEmpty { return axis.ticks.filter { axis.range.contains($0.value) } }
        let (low, high) = (axis.range.lowerBound, axis.range.upperBound)
        let step = SpectrogramPicture.tickStep(high - low, most: most)
        let first = (low / step - 1e-9).rounded(.up)
        let count = Int(((high / step + 1e-9).rounded(.down) - first).rounded())
        return (0...max(0, count)).map { index in
            let value = (first + Double(index)) * step
            let rounded = (value * 1e5).rounded() / 1e5
            return (value, rounded == rounded.rounded() ? String(Int(rounded)) : String(rounded))
        }
    }
}
