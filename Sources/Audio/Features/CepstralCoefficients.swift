import Foundation
import Tensor

/// Cepstral coefficients of band levels: the orthonormal cosine transform of each frame.
///
///     c[n] = s(n) sqrt(2 / B) sum over b of L[b] cos(pi n (2 b + 1) / (2 B)),   s(0) = 1 / sqrt(2), else 1
///
/// A lifter of L > 0 multiplies coefficient n (from 0) by 1 + (L / 2) sin(pi (n + 1) / L).
/// Of mel levels in decibels these are mel-frequency cepstral coefficients (MFCC).
///
/// Source: Davis and Mermelstein, IEEE TASSP 28(4), 1980; the lifter: Juang, Rabiner and Wilpon, On the use of
/// bandpass liftering in speech recognition, IEEE TASSP 35(7), 1987.
public struct CepstralCoefficients: Sendable {
    public let count: Int
    public let bandCount: Int
    /// [coefficients x bands], row-major, the lifter included.
    private let matrix: [Double]

    /// - Parameters:
    ///   - count: coefficients, 1 ... bands; default 13.
    ///   - bands: levels per frame.
    ///   - lifter: 0 (none, the default) or more.
    public init(count: Int = 13, bands: Int, lifter: Double = 0) {
        require((1...max(1, bands)).contains(count), "[mfcc] \(count) coefficients of \(bands) bands")
        require(lifter >= 0, "[mfcc] lifter \(lifter): 0 or more")
        self.count = count
        bandCount = bands
        matrix = (0..<count).flatMap { n in
            let lift = lifter > 0 ? 1 + lifter / 2 * sin(.pi * Double(n + 1) / lifter) : 1
            let scale = lift * ((n == 0 ? 1 : 2) / Double(bands)).squareRoot()
            return (0..<bands).map { scale * cos(.pi * Double(n * (2 * $0 + 1)) / Double(2 * bands)) }
        }
    }

    /// Coefficients of levels: [frames x bands] to [frames x count].
    public func coefficients(of levels: FeatureMatrix) -> FeatureMatrix {
        require(levels.width == bandCount, "[mfcc] expects \(bandCount) bands, got \(levels.width)")
        var values = [Double](repeating: 0, count: levels.frameCount * count)
        levels.values.withUnsafeBufferPointer { levelsBuffer in
            matrix.withUnsafeBufferPointer { matrix in
                for t in 0..<levels.frameCount {
                    for n in 0..<count {
                        var sum = 0.0
                        for b in 0..<bandCount {
                            sum += matrix[n * bandCount + b] * levelsBuffer[t * bandCount + b]
                        }
                        values[t * count + n] = sum
                    }
                }
            }
        }
        return FeatureMatrix(frameCount: levels.frameCount, width: count, values: values)
    }
}
