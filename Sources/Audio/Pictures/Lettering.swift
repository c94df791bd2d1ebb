/// Capital letters, digits and a few signs, 5 x 7 dots each, for labels on pictures.
enum Lettering {
    static let height = 7
    /// Dots from one letter to the next.
    static let advance = 6

    /// Width of a text in dots.
    static func width(_ text: String) -> Int { max(0, text.count * advance - 1) }

    /// Draws a text; small letters become capitals, unknown signs a box.
    ///
    /// - Parameters:
    ///   - x, y: the upper left corner, pixels.
    ///   - scale: pixels per dot.
    static func draw(
        _ text: String, on picture: inout Raster, x: Int, y: Int, scale: Int = 1, colour: Colour = .black
    ) {
        for (index, letter) in text.uppercased().enumerated() {
            let rows = glyphs[letter] ?? [31, 17, 17, 17, 17, 17, 31]
            for (row, bits) in rows.enumerated() {
                for column in 0..<5 where bits >> (4 - column) & 1 == 1 {
                    let left = x + (index * advance + column) * scale
                    let top = y + row * scale
                    picture.fill(x: left..<left + scale, y: top..<top + scale, colour)
                }
            }
        }
    }

    /// Rows from top to bottom; bit 4 is the leftmost dot.
    private static let glyphs: [Character: [UInt8]] = [
        " ": [0, 0, 0, 0, 0, 0, 0],
        "0": [14, 17, 19, 21, 25, 17, 14], "1": [4, 12, 4, 4, 4, 4, 14],
        "2": [14, 17, 1, 6, 8, 16, 31], "3": [14, 17, 1, 6, 1, 17, 14],
        "4": [2, 6, 10, 18, 31, 2, 2], "5": [31, 16, 30, 1, 1, 17, 14],
        "6": [6, 8, 16, 30, 17, 17, 14], "7": [31, 1, 2, 4, 4, 8, 8],
        "8": [14, 17, 17, 14, 17, 17, 14], "9": [14, 17, 17, 15, 1, 2, 12],
        "A": [14, 17, 17, 31, 17, 17, 17], "B": [30, 17, 17, 30, 17, 17, 30],
        "C": [14, 17, 16, 16, 16, 17, 14], "D": [28, 18, 17, 17, 17, 18, 28],
        "E": [31, 16, 16, 30, 16, 16, 31], "F": [31, 16, 16, 30, 16, 16, 16],
        "G": [14, 17, 16, 23, 17, 17, 15], "H": [17, 17, 17, 31, 17, 17, 17],
        "I": [14, 4, 4, 4, 4, 4, 14], "J": [7, 2, 2, 2, 2, 18, 12],
        "K": [17, 18, 20, 24, 20, 18, 17], "L": [16, 16, 16, 16, 16, 16, 31],
        "M": [17, 27, 21, 21, 17, 17, 17], "N": [17, 25, 25, 21, 19, 19, 17],
        "O": [14, 17, 17, 17, 17, 17, 14], "P": [30, 17, 17, 30, 16, 16, 16],
        "Q": [14, 17, 17, 17, 21, 18, 13], "R": [30, 17, 17, 30, 20, 18, 17],
        "S": [15, 16, 16, 14, 1, 1, 30], "T": [31, 4, 4, 4, 4, 4, 4],
        "U": [17, 17, 17, 17, 17, 17, 14], "V": [17, 17, 17, 17, 10, 10, 4],
        "W": [17, 17, 17, 21, 21, 27, 17], "X": [17, 17, 10, 4, 10, 17, 17],
        "Y": [17, 17, 10, 4, 4, 4, 4], "Z": [31, 1, 2, 4, 8, 16, 31],
        ".": [0, 0, 0, 0, 0, 12, 12], ",": [0, 0, 0, 0, 12, 4, 8],
        "-": [0, 0, 0, 14, 0, 0, 0], "+": [0, 4, 4, 31, 4, 4, 0],
        ":": [0, 12, 12, 0, 12, 12, 0], "/": [1, 2, 2, 4, 8, 8, 16],
        "_": [0, 0, 0, 0, 0, 0, 31], "(": [2, 4, 8, 8, 8, 4, 2],
        ")": [8, 4, 2, 2, 2, 4, 8], "%": [25, 25, 2, 4, 8, 19, 19],
        "=": [0, 0, 31, 0, 31, 0, 0], "'": [4, 4, 8, 0, 0, 0, 0],
    ]
}
