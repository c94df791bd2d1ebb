import Tensor

/// A smooth random function of time: random values at a fixed rate, joined by cosine arcs.
struct SlowModulation {
    private var values: [Float]
    private let perSample: Float

    /// - Parameters:
    ///   - rate: New values a second.
    ///   - count: Samples to cover.
    init(rate: Double, count: Int, sampleRate: Int, stream: inout RandomStream) {
        perSample = Float(rate / Double(sampleRate))
        let points = Int(Double(count) * rate / Double(sampleRate)) + 3
        values = (0..<points).map { _ in Float(stream.uniform(-1...1)) }
    }

    /// The value at a sample, -1 ... 1.
    @inline(__always)
    func value(at sample: Int) -> Float {
        let position = Float(sample) * perSample
        let i = min(Int(position), values.count - 2)
        let share = position - Float(i)
        let smooth = share * share * (3 - 2 * share)
        return values[i] + smooth * (values[i + 1] - values[i])
    }
}
