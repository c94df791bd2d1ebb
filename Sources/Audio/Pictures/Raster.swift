import Tensor

/// A colour with 8 bits per channel.
public struct Colour: Sendable, Equatable {
    public let red: UInt8
    public let green: UInt8
    public let blue: UInt8

    public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    public static let white = Colour(255, 255, 255)
    public static let black = Colour(0, 0, 0)
}

/// A picture in memory: rows from top to bottom, three bytes (red, green, blue) per pixel.
public struct Raster: Sendable, Equatable {
    public let width: Int
    public let height: Int
    public private(set) var pixels: [UInt8]

    public init(width: Int, height: Int, fill: Colour = .white) {
        require(width > 0 && height > 0, "[Raster] \(width) x \(height) pixels: at least 1 x 1")
        self.width = width
        self.height = height
        pixels = []
        pixels.reserveCapacity(width * height * 3)
        for _ in 0..<width * height { pixels += [fill.red, fill.green, fill.blue] }
    }

    /// The colour at a place; what lies outside is neither read nor written.
    public subscript(x: Int, y: Int) -> Colour {
        get {
            guard (0..<width).contains(x), (0..<height).contains(y) else { return .black }
            let i = (y * width + x) * 3
            return Colour(pixels[i], pixels[i + 1], pixels[i + 2])
        }
        set {
            guard (0..<width).contains(x), (0..<height).contains(y) else { return }
            let i = (y * width + x) * 3
            pixels[i] = newValue.red
            pixels[i + 1] = newValue.green
            pixels[i + 2] = newValue.blue
        }
    }

    /// Fills a rectangle.
    public mutating func fill(x: Range<Int>, y: Range<Int>, _ colour: Colour) {
        for row in y { for column in x { self[column, row] = colour } }
    }
}
