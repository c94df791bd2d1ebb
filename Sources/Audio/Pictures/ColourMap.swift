import Foundation

/// Colours for numbers in [0, 1]: from black over violet and orange to pale yellow.
///
/// Lightness rises in equal steps, so that equal differences look equal and the picture survives in grey.
/// The colours are laid out in OKLab (Ottosson, A perceptual color space for image processing, 2020).
enum ColourMap {
    /// 256 colours, dark to light.
    static let heat: [Colour] = (0..<256).map { index in
        let x = Double(index) / 255
        let hue = (285 + 185 * x) * Double.pi / 180
        let chroma = 0.24 * pow(sin(Double.pi * pow(x, 0.85)), 0.9) * (1 - 0.25 * x)
        return colour(lightness: 0.08 + 0.9 * x, a: chroma * cos(hue), b: chroma * sin(hue))
    }

    private static func colour(lightness: Double, a: Double, b: Double) -> Colour {
        // Less chroma until the colour exists on a screen.
        var scale = 1.0
        while scale > 0 {
            let (red, green, blue) = linear(lightness, a * scale, b * scale)
            if [red, green, blue].allSatisfy({ $0 > -0.001 && $0 < 1.001 }) {
                return Colour(byte(red), byte(green), byte(blue))
            }
            scale -= 0.02
        }
        let (red, green, blue) = linear(lightness, 0, 0)
        return Colour(byte(red), byte(green), byte(blue))
    }

    /// OKLab to linear sRGB.
    private static func linear(_ lightness: Double, _ a: Double, _ b: Double) -> (Double, Double, Double) {
        let l = pow(lightness + 0.3963377774 * a + 0.2158037573 * b, 3)
        let m = pow(lightness - 0.1055613458 * a - 0.0638541728 * b, 3)
        let s = pow(lightness - 0.0894841775 * a - 1.2914855480 * b, 3)
        return (
            4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
            -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
            -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s
        )
    }

    private static func byte(_ linear: Double) -> UInt8 {
        let value = max(0, min(1, linear))
        let encoded = value <= 0.0031308 ? 12.92 * value : 1.055 * pow(value, 1 / 2.4) - 0.055
        return UInt8((encoded * 255).rounded())
    }
}
