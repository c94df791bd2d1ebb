import Foundation
import Tensor

/// Spectrograms of several signals in one picture, under one another on one scale of colour and time, with
/// frequency and time ticks: for example degraded, enhanced and target.
public struct SpectrogramPicture: Sendable {
    /// One signal with its label.
    public struct Panel: Sendable {
        public let label: String
        public let samples: [Float]

        public init(_ label: String, _ samples: [Float]) {
            self.label = label
            self.samples = samples
        }
    }

    public enum Arrangement: String, Sendable {
        case stacked
        case sideBySide
    }

    /// Pixels of one panel's spectrogram.
    public let panelWidth: Int
    public let panelHeight: Int
    /// Range of the colours below the loudest point of all panels, dB.
    public let range: Double
    public let arrangement: Arrangement

    /// - Parameters:
    ///   - panelWidth: pixels, at least 32, default 640.
    ///   - panelHeight: pixels, at least 32, default 200.
    ///   - range: dB, positive, default 70.
    ///   - arrangement: default `.stacked`.
    public init(
        panelWidth: Int = 640, panelHeight: Int = 200, range: Double = 70, arrangement: Arrangement = .stacked
    ) {
        require(
            panelWidth >= 32 && panelHeight >= 32,
            "[SpectrogramPicture] panels of \(panelWidth) x \(panelHeight) pixels: at least 32 x 32")
        require(range > 0, "[SpectrogramPicture] a range of \(range) dB: it must be positive")
        self.panelWidth = panelWidth
        self.panelHeight = panelHeight
        self.range = range
        self.arrangement = arrangement
    }

    /// Pixels left and right of every panel, so that a time can be found in the picture.
    public static let leftMargin = 40
    public static let rightMargin = 12
    private static let top = 18
    private static let bottom = 18

    /// Draws the panels.
    ///
    /// - Parameters:
    ///   - panels: at least one; shorter signals leave the end of their panel dark.
    ///   - sampleRate: hertz, of all.
    public func draw(_ panels: [Panel], sampleRate: Int) -> Raster {
        require(!panels.isEmpty, "[SpectrogramPicture] at least one panel is needed")
        let longest = max(1, panels.map(\.samples.count).max() ?? 1)
        let images = panels.map { levels($0.samples, sampleRate: sampleRate, longest: longest) }
        let loudest = images.map { $0.max() ?? -200 }.max() ?? -200

        let cellWidth = Self.leftMargin + panelWidth + Self.rightMargin
        let cellHeight = Self.top + panelHeight + Self.bottom
        let columns = arrangement == .sideBySide ? panels.count : 1
        let rows = arrangement == .sideBySide ? 1 : panels.count
        var picture = Raster(width: columns * cellWidth, height: rows * cellHeight)
        for (index, image) in images.enumerated() {
            let x = Self.leftMargin + (columns > 1 ? index * cellWidth : 0)
            let y = Self.top + (rows > 1 ? index * cellHeight : 0)
            paint(image, on: &picture, x: x, y: y, loudest: loudest)
            Lettering.draw(panels[index].label, on: &picture, x: x, y: y - 12)
            label(&picture, x: x, y: y, sampleRate: sampleRate, seconds: Double(longest) / Double(sampleRate))
        }
        return picture
    }

    /// Draws the panels and writes them as PNG, all or nothing.
    ///
    /// - Throws: `FileWriteError`.
    public func write(_ panels: [Panel], sampleRate: Int, to url: URL) throws {
        try PNGFile.write(draw(panels, sampleRate: sampleRate), to: url)
    }

    /// Levels in dB, [height x width], top row the highest frequency: each pixel column is the spectrum of the
    /// 32 ms around its time, each pixel row the largest level of the bins it covers.
    private func levels(_ samples: [Float], sampleRate: Int, longest: Int) -> [Double] {
        let size = max(64, Int(0.032 * Double(sampleRate) / 2) * 2)
        let window = Window.hann.values(length: size)
        let scale = 2 / window.reduce(0, +)
        let transform = RealFFT.plan(length: size)
        var result = [Double](repeating: -200, count: panelWidth * panelHeight)
        var frame = [Double](repeating: 0, count: size)
        for column in 0..<panelWidth {
            let centre = Int((Double(column) + 0.5) / Double(panelWidth) * Double(longest))
            for n in 0..<size {
                let index = centre - size / 2 + n
                frame[n] = samples.indices.contains(index) ? window[n] * scale * Double(samples[index]) : 0
            }
            let (real, imaginary) = transform.forward(frame)
            for row in 0..<panelHeight {
                let low = Double(panelHeight - 1 - row) / Double(panelHeight) * Double(size / 2)
                let first = Int(low)
                let last = max(first, Int((low + Double(size / 2) / Double(panelHeight)).rounded(.up)) - 1)
                var power = 0.0
                for k in first...min(last, size / 2) {
                    power = max(power, real[k] * real[k] + imaginary[k] * imaginary[k])
                }
                result[row * panelWidth + column] = Decibel.power(power, floor: 1e-20)
            }
        }
        return result
    }

    private func paint(_ image: [Double], on picture: inout Raster, x: Int, y: Int, loudest: Double) {
        for row in 0..<panelHeight {
            for column in 0..<panelWidth {
                let relative = 1 + (image[row * panelWidth + column] - loudest) / range
                picture[x + column, y + row] = ColourMap.heat[Int(max(0, min(1, relative)) * 255)]
            }
        }
    }

    private func label(_ picture: inout Raster, x: Int, y: Int, sampleRate: Int, seconds: Double) {
        let grey = Colour(90, 90, 90)
        let nyquist = Double(sampleRate) / 2000
        let frequencyStep = Self.tickStep(nyquist, most: max(2, panelHeight / 40))
        for index in 0...Int(nyquist / frequencyStep + 1e-9) {
            let value = Double(index) * frequencyStep
            let position = y + panelHeight - 1 - Int(value / nyquist * Double(panelHeight - 1))
            picture.fill(x: x - 4..<x, y: position..<position + 1, grey)
            let text = Self.text(value) + (index == Int(nyquist / frequencyStep + 1e-9) ? "K" : "")
            let top = max(y - 3, min(y + panelHeight - 7, position - 3))
            Lettering.draw(text, on: &picture, x: x - 7 - Lettering.width(text), y: top, colour: grey)
        }
        let timeStep = Self.tickStep(seconds, most: max(2, panelWidth / 80))
        for index in 0...Int(seconds / timeStep + 1e-9) {
            let value = Double(index) * timeStep
            let position = x + Int(value / seconds * Double(panelWidth - 1))
            picture.fill(x: position..<position + 1, y: y + panelHeight..<y + panelHeight + 4, grey)
            let text = Self.text(value) + (index == 0 ? " S" : "")
            let start = min(
                position - Lettering.width(text) / 2,
                x + panelWidth + Self.rightMargin - Lettering.width(text))
            Lettering.draw(text, on: &picture, x: max(0, start), y: y + panelHeight + 6, colour: grey)
        }
    }

    /// A step of 1, 2 or 5 times a power of ten that gives at most `most` steps.
    static func tickStep(_ extent: Double, most: Int) -> Double {
        var step = 1e-6
        while true {
            for factor in [1.0, 2, 5] where extent / (step * factor) <= Double(most) { return step * factor }
            step *= 10
        }
    }

    private static func text(_ value: Double) -> String {
        let rounded = (value * 1000).rounded() / 1000
        return rounded == rounded.rounded() ? String(Int(rounded)) : String(rounded)
    }
}
