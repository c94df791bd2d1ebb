import Foundation
import Tensor

/// Numbers per frame of a signal: mel bands, cepstral coefficients and the like.
public struct FeatureMatrix: Sendable, Equatable {
    public let frameCount: Int
    /// Numbers per frame.
    public let width: Int
    /// [frames x width], row-major.
    public var values: [Double]

    public init(frameCount: Int, width: Int, values: [Double]) {
        require(
            values.count == frameCount * width,
            "[FeatureMatrix] expects \(frameCount) x \(width) values, got \(values.count)")
        self.frameCount = frameCount
        self.width = width
        self.values = values
    }

    public subscript(frame: Int, index: Int) -> Double {
        get { values[frame * width + index] }
        set { values[frame * width + index] = newValue }
    }

    /// The values of one frame.
    public func row(_ frame: Int) -> ArraySlice<Double> { values[frame * width..<(frame + 1) * width] }

    /// ln(max(x, floor)), the scale of most neural vocoders.
    ///
    /// - Parameter floor: default 1e-5.
    public func naturalLogarithm(floor: Double = 1e-5) -> FeatureMatrix { map { log(max($0, floor)) } }

    /// The same shape with every value replaced.
    public func map(_ transform: (Double) -> Double) -> FeatureMatrix {
        FeatureMatrix(frameCount: frameCount, width: width, values: values.map(transform))
    }
}
