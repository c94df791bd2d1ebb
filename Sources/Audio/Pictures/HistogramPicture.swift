import Foundation
import Tensor

/// Histograms under one another, each with ticks on its axis: for example durations and levels of recordings.
public struct HistogramPicture: Sendable {
    /// One histogram.
    public struct Panel: Sendable {
        public let label: String
        public let values: [Double]

        public init(_ label: String, _ values: [Double]) {
            self.label = label
            self.values = values
        }
    }

    /// Pixels of one panel's plot.
    public let width: Int
    public let height: Int
    public let bins: Int

    /// - Parameters:
    ///   - width: pixels, at least 64, default 640.
    ///   - height: pixels, at least 32, default 160.
    ///   - bins: 1 ... width, default 64.
    public init(width: Int = 640, height: Int = 160, bins: Int = 64) {
        require(
            width >= 64 && height >= 32 && (1...width).contains(bins),
            "[HistogramPicture] \(width) x \(height) pixels with \(bins) bins: at least 64 x 32, bins to the width"
        )
        self.width = width
        self.height = height
        self.bins = bins
    }

    private static let left = 44
    private static let top = 20
    private static let bottom = 24

    /// Draws the panels. Values beyond the quantiles of 0.5 and 99.5 % are counted in the outer bars, so that a
    /// single long file does not push all others into one bar.
    public func draw(_ panels: [Panel]) -> Raster {
        require(!panels.isEmpty, "[HistogramPicture] at least one panel is needed")
        let cell = Self.top + height + Self.bottom
        var picture = Raster(width: Self.left + width + 16, height: panels.count * cell)
        for (index, panel) in panels.enumerated() {
            draw(panel, on: &picture, y: Self.top + index * cell)
        }
        return picture
    }

    /// The number of values in each bar, and the range of the bars.
    static func counts(_ values: [Double], bins: Int) -> (counts: [Int], low: Double, high: Double) {
        let sorted = values.filter(\.isFinite).sorted()
        guard let last = sorted.last else {
            return ([Int](repeating: 0, count: bins), 0, 1)
        }
        let low = sorted[sorted.count * 5 / 1000]
        let high = max(sorted[min(sorted.count - 1, sorted.count * 995 / 1000)], low)
        let width = high > low ? (high - low) / Double(bins) : max(1e-9, abs(last)) / Double(bins)
        var counts = [Int](repeating: 0, count: bins)
        for value in sorted { counts[max(0, min(bins - 1, Int((value - low) / width)))] += 1 }
        return (counts, low, low + width * Double(bins))
    }

    private func draw(_ panel: Panel, on picture: inout Raster, y: Int) {
        let (counts, low, high) = Self.counts(panel.values, bins: bins)
        let most = max(1, counts.max() ?? 1)
        let grey = Colour(90, 90, 90)
        let x = Self.left
        Lettering.draw("\(panel.label) (\(panel.values.count))", on: &picture, x: x, y: y - 13)
        for (bin, count) in counts.enumerated() where count > 0 {
            let from = x + bin * width / bins
            let to = max(from + 1, x + (bin + 1) * width / bins - 1)
            let size = max(1, count * height / most)
            picture.fill(x: from..<to, y: y + height - size..<y + height, Colour(60, 110, 170))
        }
        picture.fill(x: x - 1..<x, y: y..<y + height, grey)
        picture.fill(x: x..<x + width, y: y + height..<y + height + 1, grey)
        Lettering.draw("\(most)", on: &picture, x: x - 6 - Lettering.width("\(most)"), y: y, colour: grey)
        let step = SpectrogramPicture.tickStep(high - low, most: 8)
        for tick in Int(
            (low / step).rounded(.up))...max(
                Int((low / step).rounded(.up)), Int((high / step).rounded(.down)))
        {
            let value = Double(tick) * step
            let place = x + Int((value - low) / (high - low) * Double(width - 1))
            guard (x..<x + width).contains(place) else { continue }
            picture.fill(x: place..<place + 1, y: y + height..<y + height + 4, grey)
            let rounded = (value * 1000).rounded() / 1000
            let text = rounded == rounded.rounded() ? String(Int(rounded)) : String(rounded)
            Lettering.draw(
                text, on: &picture, x: max(0, place - Lettering.width(text) / 2), y: y + height + 7,
                colour: grey)
        }
    }

    /// Draws the panels and writes them as PNG, all or nothing.
    ///
    /// - Throws: `FileWriteError`.
    public func write(_ panels: [Panel], to url: URL) throws {
        try PNGFile.write(draw(panels), to: url)
    }
}
