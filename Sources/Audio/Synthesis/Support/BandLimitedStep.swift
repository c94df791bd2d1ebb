/// Removes the aliasing of a jump in a synthesised waveform.
///
/// A jump at a fractional instant is written naively and then corrected by the difference between a
/// windowed-sinc step and the naive one (E. Brandt, *Hard sync without aliasing*, ICMC 2001).
struct BandLimitedStep {
    /// Samples on each side of the jump that are corrected.
    static let reach = 8
    private static let phases = 64

    /// `table[phase * 2 reach + i]`: correction at sample `i - reach + 1` counted from the sample at or
    /// before the jump, for a jump of height 1 that happens `phase / phases` after that sample.
    private static let table: [Float] = {
        let fine = 256
        let total = 2 * reach * fine
        // Integral of the Blackman-windowed sinc on a fine grid; cut at 0.9 of Nyquist so that the
        // transition band of the short window stays below it.
        var step = [Double](repeating: 0, count: total + 1)
        for i in 1...total {
            let t = (Double(i) - 0.5) / Double(fine) - Double(reach)
            let u = t / Double(reach)
            let window = 0.42 + 0.5 * Mathematics.cosine(.pi * u) + 0.08 * Mathematics.cosine(2 * .pi * u)
            let sinc = abs(t) < 1e-9 ? 0.9 : Mathematics.sine(0.9 * .pi * t) / (.pi * t)
            step[i] = step[i - 1] + window * sinc / Double(fine)
        }
        var result = [Float](repeating: 0, count: phases * 2 * reach)
        for phase in 0..<phases {
            for i in 0..<(2 * reach) {
                let t = Double(i - reach + 1) - Double(phase) / Double(phases)
                let position = min(max(Int(((t + Double(reach)) * Double(fine)).rounded()), 0), total)
                let smooth = step[position] / step[total]
                result[phase * 2 * reach + i] = Float(smooth - (t > 0 ? 1 : 0))
            }
        }
        return result
    }()

    private let corrections = BandLimitedStep.table

    /// Adds the correction of a jump by `height` at `instant` (in samples) to the signal.
    func correct(_ signal: UnsafeMutableBufferPointer<Float>, at instant: Double, height: Float) {
        let before = Int(instant.rounded(.down))
        let phase = min(Int((instant - Double(before)) * Double(Self.phases)), Self.phases - 1)
        let first = before - Self.reach + 1
        let row = phase * 2 * Self.reach
        for i in max(0, -first)..<max(max(0, -first), min(2 * Self.reach, signal.count - first)) {
            signal[first + i] += height * corrections[row + i]
        }
    }
}
