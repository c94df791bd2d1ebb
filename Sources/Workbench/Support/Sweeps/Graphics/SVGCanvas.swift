import Foundation

/// A picture of lines and letters that stands on its own: plain colours and no variables, so that every viewer of SVG
/// shows it alike.
struct SVGCanvas {
    enum Anchor: String { case start, middle, end }

    let width: Double
    private(set) var height = 0.0
    private var body = ""

    init(width: Double) { self.width = width }

    /// Adds room at the lower end and returns where it begins.
    mutating func extend(by more: Double) -> Double {
        defer { height += more }
        return height
    }

    mutating func line(_ from: (Double, Double), _ to: (Double, Double), _ style: String) {
        body +=
            "<line class=\"\(style)\" x1=\"\(Self.number(from.0))\" y1=\"\(Self.number(from.1))\" "
            + "x2=\"\(Self.number(to.0))\" y2=\"\(Self.number(to.1))\"/>\n"
    }

    /// - Parameter colour: instead of the style's.
    mutating func polyline(_ points: [(Double, Double)], _ style: String, colour: String? = nil) {
        let places = points.map { "\(Self.number($0.0)),\(Self.number($0.1))" }.joined(separator: " ")
        let stroke = colour.map { " style=\"stroke:\($0)\"" } ?? ""
        body += "<polyline class=\"\(style)\"\(stroke) points=\"\(places)\"/>\n"
    }

    /// - Parameter tip: what a browser shows under the pointer.
    mutating func dot(_ place: (Double, Double), radius: Double = 3.5, _ style: String, tip: String = "") {
        let title = tip.isEmpty ? "" : "<title>\(PageText.escaped(tip))</title>"
        body +=
            "<circle class=\"\(style)\" cx=\"\(Self.number(place.0))\" cy=\"\(Self.number(place.1))\" "
            + "r=\"\(Self.number(radius))\">\(title)</circle>\n"
    }

    mutating func cross(_ place: (Double, Double), _ style: String, tip: String) {
        let (x, y) = (Self.number(place.0), Self.number(place.1))
        body +=
            "<path class=\"\(style)\" d=\"M\(x) \(y)m-3.5 -3.5l7 7m0 -7l-7 7\">"
            + "<title>\(PageText.escaped(tip))</title></path>\n"
    }

    /// - Parameter limit: characters after which the text is cut; nil for all of it.
    mutating func text(
        _ place: (Double, Double), _ text: String, _ style: String, _ anchor: Anchor = .start,
        limit: Int? = nil
    ) {
        let shown =
            limit.flatMap { $0 < text.count ? String(text.prefix(max(1, $0 - 1))) + "…" : nil } ?? text
        body +=
            "<text class=\"\(style)\" x=\"\(Self.number(place.0))\" y=\"\(Self.number(place.1))\" "
            + "text-anchor=\"\(anchor.rawValue)\">\(PageText.escaped(shown))</text>\n"
    }

    /// The whole file.
    func document(title: String) -> String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <svg xmlns="http://www.w3.org/2000/svg" width="\(Int(width))" height="\(Int(height.rounded(.up)))" \
        viewBox="0 0 \(Int(width)) \(Int(height.rounded(.up)))" role="img">
        <title>\(PageText.escaped(title))</title>
        <style>\(Self.style)</style>
        <rect width="100%" height="100%" fill="#fdfdfc"/>
        \(body)</svg>

        """
    }

    private static func number(_ value: Double) -> String { PageText.coordinate(value) }

    private static let style = """
        text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; fill: #656b73; }
        .title { font-size: 15px; font-weight: 600; fill: #1c1e21; } .name { font-size: 13px; fill: #1c1e21; }
        .grid { stroke: #dcdfe3; } .axis { stroke: #9aa1ab; } .zero { stroke: #656b73; stroke-dasharray: 3 3; }
        .span { stroke-width: 3; stroke-linecap: round; } .mean { stroke: #1c1e21; stroke-width: 2.5; }
        .better { stroke: #15783c; fill: #15783c; } .worse { stroke: #b3261e; fill: #b3261e; }
        .unclear { stroke: #656b73; fill: #656b73; }
        .done { fill: #1f5fbf; fill-opacity: .75; } .pruned { fill: none; stroke: #9aa1ab; stroke-width: 1.3; }
        .failed { fill: none; stroke: #b3261e; stroke-width: 1.6; } .chosen { fill: #c2570c; }
        .best { fill: none; stroke: #c2570c; stroke-width: 1.8; } .way { fill: none; stroke-width: 1.4; stroke-opacity: .7; }
        """
}

/// The values of an axis on their way to pixels.
struct PlotAxis {
    let low: Double
    let high: Double
    let isLogarithmic: Bool
    /// The pixels of both ends; the first may be the larger one.
    let pixels: (Double, Double)

    /// - Parameters:
    ///   - values: what the axis has to hold; those that are not finite do not count.
    ///   - isLogarithmic: only if all values are above zero.
    init(_ values: [Double], isLogarithmic: Bool = false, pixels: (Double, Double)) {
        let finite = values.filter(\.isFinite)
        let canBe = isLogarithmic && finite.allSatisfy { $0 > 0 } && !finite.isEmpty
        let low = finite.min() ?? 0
        let high = finite.max() ?? 1
        self.isLogarithmic = canBe
        self.pixels = pixels
        if canBe {
            let factor = high > low ? pow(high / low, 0.05) : 1.5
            (self.low, self.high) = (low / factor, high * factor)
        } else {
            let margin = high > low ? 0.05 * (high - low) : max(abs(high), 1) * 0.1
            (self.low, self.high) = (low - margin, high + margin)
        }
    }

    /// Values beyond the ends lie on them.
    func place(_ value: Double) -> Double {
        let share =
            isLogarithmic ? log(max(value, low) / low) / log(high / low) : (value - low) / (high - low)
        return pixels.0 + min(max(share, 0), 1) * (pixels.1 - pixels.0)
    }

    func ticks(most: Int) -> [(value: Double, label: String)] {
        let linear = CurveGraphic.ticks(low, high, most: most)
        guard isLogarithmic else { return linear.map { ($0, CurveGraphic.label($0)) } }
        let decades =
            Int(
                log10(low).rounded(.up))...max(
                Int(log10(low).rounded(.up)), Int(log10(high).rounded(.down)))
        let powers = decades.map { pow(10, Double($0)) }.filter { $0 >= low && $0 <= high }
        if powers.count < 2 { return linear.filter { $0 > 0 }.map { ($0, CurveGraphic.label($0)) } }
        let stride = (powers.count + most - 1) / most
        return powers.enumerated().filter { $0.offset % stride == 0 }.map {
            ($0.element, CurveGraphic.label($0.element))
        }
    }
}
