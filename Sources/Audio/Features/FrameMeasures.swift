import Tensor

/// Measures of overlapping rectangular frames of samples; frame t is centred on sample t hop.
public struct FrameMeasures: Sendable {
    /// Samples per frame.
    public let frameLength: Int
    /// Samples from frame to frame.
    public let hopLength: Int

    public init(frameLength: Int, hopLength: Int) {
        require(
            frameLength >= 1 && hopLength >= 1,
            "[frames] length \(frameLength) and hop \(hopLength): at least 1")
        self.frameLength = frameLength
        self.hopLength = hopLength
    }

    private func frameCount(_ samples: Int) -> Int {
        max(0, (samples + 2 * (frameLength / 2) - frameLength) / hopLength + 1)
    }

    /// The root of the mean square, silence beyond the ends; one per frame.
    public func rootMeanSquare(_ signal: [Double]) -> [Double] {
        (0..<frameCount(signal.count)).map { t in
            let start = t * hopLength - frameLength / 2
            var sum = 0.0
            for n in max(0, start)..<max(max(0, start), min(signal.count, start + frameLength)) {
                sum += signal[n] * signal[n]
            }
            return (sum / Double(frameLength)).squareRoot()
        }
    }

    /// Changes of sign per sample, the first and last sample held beyond the ends; one per frame.
    ///
    /// - Parameter threshold: samples up to this magnitude count as zero, which is positive; default 1e-10.
    public func zeroCrossingRate(_ signal: [Double], threshold: Double = 1e-10) -> [Double] {
        guard !signal.isEmpty else { return [] }
        let negative = signal.map { $0 < -threshold }
        return (0..<frameCount(signal.count)).map { t in
            let start = t * hopLength - frameLength / 2
            var crossings = 0
            for n in max(1, start + 1)..<max(max(1, start + 1), min(signal.count, start + frameLength))
            where negative[n] != negative[n - 1] {
                crossings += 1
            }
            return Double(crossings) / Double(frameLength)
        }
    }
}
