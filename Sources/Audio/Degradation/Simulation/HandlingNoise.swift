import Foundation
import Tensor

/// Thumps and rubs of a hand on the phone: bursts of low noise at random times.
enum HandlingNoise {
    /// - Parameters:
    ///   - rate: bursts a second.
    /// - Returns: noise of any level; its peak is 1 unless no burst fell into it.
    static func make(count: Int, sampleRate: Int, rate: Double, stream: RandomStream) -> [Float] {
        var stream = stream
        var noise = [Double](repeating: 0, count: count)
        let bursts = max(1, Int((rate * Double(count) / Double(sampleRate)).rounded()))
        for _ in 0..<bursts where count > 0 {
            let start = stream.integer(0..<count)
            let length = Int(stream.uniform(0.05...0.3) * Double(sampleRate))
            let decay = stream.uniform(0.01...0.08) * Double(sampleRate)
            let amplitude = stream.uniform(0.3...1)
            for n in start..<min(count, start + length) {
                let time = Double(n - start)
                let attack = min(1, time / (0.003 * Double(sampleRate)))
                noise[n] += amplitude * attack * exp(-time / decay) * stream.gaussian()
            }
        }
        let edge = min(250, 0.2 * Double(sampleRate))
        noise = RecursiveFilter.butterworth(order: 2, .bandPass(30, edge), sampleRate: Double(sampleRate))
            .filter(noise)
        let peak = noise.reduce(0) { max($0, abs($1)) }
        return noise.map { Float(peak > 0 ? $0 / peak : 0) }
    }
}
