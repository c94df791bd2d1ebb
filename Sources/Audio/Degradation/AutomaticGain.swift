/// The automatic gain control of a cheap recorder: gain `(reference / envelope)^exponent`, bounded above.
struct AutomaticGain {
    /// Envelope at which the gain is 1.
    var reference: Double
    /// 0 does nothing, 1 makes everything equally loud.
    var exponent: Double
    /// Largest gain in dB.
    var maximum: Double
    /// Time constants of the envelope follower in s.
    var attack: Double
    var release: Double

    /// The gain at every sample; the follower starts at the level of the first 10 ms.
    func gains(_ signal: [Float], sampleRate: Int) -> [Float] {
        let rate = Double(sampleRate)
        let up = Float(1 - Mathematics.exponential(-1 / (attack * rate)))
        let down = Float(1 - Mathematics.exponential(-1 / (release * rate)))
        let start = signal.prefix(max(1, sampleRate / 100))
        var envelope = start.reduce(0) { $0 + abs($1) } / Float(max(start.count, 1))
        let limit = Float(Mathematics.gain(decibels: maximum))
        let power = Float(exponent)
        let level = Float(reference)
        // The gain moves slowly: one power every 8 samples, straight lines between.
        let hop = 8
        var result = [Float](repeating: 1, count: signal.count)
        var previous: Float?
        var begin = 0
        while begin < signal.count {
            let end = min(begin + hop, signal.count)
            for i in begin..<end {
                let x = abs(signal[i])
                envelope += (x > envelope ? up : down) * (x - envelope)
            }
            let gain = min(Mathematics.power(level / max(envelope, 1e-6), power), limit)
            let from = previous ?? gain
            let step = (gain - from) / Float(hop)
            for i in begin..<end { result[i] = from + step * Float(i - begin + 1) }
            previous = gain
            begin = end
        }
        return result
    }
}
