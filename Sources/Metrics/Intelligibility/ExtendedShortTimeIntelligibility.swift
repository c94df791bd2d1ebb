import Foundation

/// Extended short-time objective intelligibility: the mean inner product of spectro-temporal segments whose
/// rows (bands) and then columns (frames) are made zero-mean and of unit length,
///
///     ESTOI = mean over segments of (1 / 30) sum over frames of <x_n, y_n>
///
/// Source: Jensen and Taal, An algorithm for predicting the intelligibility of speech masked by modulated
/// noise maskers, IEEE TASLP 24(11), 2016.
public struct ExtendedShortTimeIntelligibility: ObjectiveMetric {
    public let name = "estoi"
    public let unit = ""
    public let direction = MetricDirection.higherIsBetter
    public let range = -1.0...1.0
    public let source =
        "row- and column-normalised 15 x 30 segments of third-octave envelopes at 10 kHz (Jensen, Taal 2016)"
    public let version = 1
    public let sampleRates = SampleRates.atLeast(8000)

    public init() {}

    private static let bandCount = ThirdOctaveEnvelopes.bandCount
    private static let length = ThirdOctaveEnvelopes.segmentLength

    public func measure(_ pair: MetricPair) -> MetricResult {
        let envelopes = ThirdOctaveEnvelopes.of(pair)
        if let defect = ThirdOctaveEnvelopes.defect(envelopes) { return defect }
        guard let envelopes else { return .undefined(reason: "too short") }
        let segments = envelopes.frameCount - Self.length + 1
        var x = [Double](repeating: 0, count: Self.bandCount * Self.length)
        var y = x
        var total = 0.0
        for start in 0..<segments {
            load(envelopes.reference, frameCount: envelopes.frameCount, start: start, into: &x)
            load(envelopes.estimate, frameCount: envelopes.frameCount, start: start, into: &y)
            var product = 0.0
            for i in x.indices { product += x[i] * y[i] }
            total += product / Double(Self.length)
        }
        // Rounding may pass the bounds of an inner product by an ulp.
        return .value(min(max(total / Double(segments), -1), 1))
    }

    /// One segment, normalised, [frame][band].
    private func load(_ source: [Double], frameCount: Int, start: Int, into segment: inout [Double]) {
        source.withUnsafeBufferPointer { source in
            segment.withUnsafeMutableBufferPointer { segment in
                guard let base = segment.baseAddress else { return }
                for band in 0..<Self.bandCount {
                    for n in 0..<Self.length {
                        segment[n * Self.bandCount + band] = source[band * frameCount + start + n]
                    }
                    normalise(base + band, count: Self.length, stride: Self.bandCount)
                }
                for n in 0..<Self.length {
                    normalise(base + n * Self.bandCount, count: Self.bandCount, stride: 1)
                }
            }
        }
    }

    @inline(__always)
    private func normalise(_ values: UnsafeMutablePointer<Double>, count: Int, stride: Int) {
        var sum = 0.0
        for n in 0..<count { sum += values[n * stride] }
        let mean = sum / Double(count)
        var squares = 0.0
        for n in 0..<count {
            values[n * stride] -= mean
            squares += values[n * stride] * values[n * stride]
        }
        // What does not vary stays (nearly) zero instead of becoming noise of unit length.
        let scale = 1 / max(squares.squareRoot(), 1e-12 * abs(mean) * Double(count) + .leastNormalMagnitude)
        for n in 0..<count { values[n * stride] *= scale }
    }
}
