import Foundation
import Tensor

/// The framing of the speech quality measures of Hu and Loizou: 30 ms Hann frames (without its zeros) with
/// hops of 7.5 ms, and transforms of at least twice their length.
///
/// Source: Hu and Loizou, Evaluation of objective quality measures for speech enhancement, IEEE TASLP
/// 16(1), 2008.
struct SpeechFrames: Sendable {
    /// The rates for which the measures were published and evaluated, in hertz.
    static let sampleRates = SampleRates.only([8000, 16000])

    /// Samples of a frame.
    let length: Int
    /// Samples from frame to frame.
    let hop: Int
    let window: [Double]
    /// The next power of two of twice the length.
    let fftSize: Int

    init(sampleRate: Int) {
        length = Int((0.03 * Double(sampleRate)).rounded())
        hop = sampleRate * 3 / 400
        let denominator = Double(length + 1)
        window = (1...max(1, length)).map { 0.5 * (1 - cos(2 * Double.pi * Double($0) / denominator)) }
        var size = 1
        while size < 2 * length { size *= 2 }
        fftSize = size
    }

    /// The shortest signal with a frame.
    var minimumLength: Int { length + hop }

    func count(forLength samples: Int) -> Int {
        Int(Double(samples) / Double(hop) - Double(length) / Double(hop))
    }

    /// Runs over the spectra of all frames: frame, power of bins 0 ..< fftSize / 2.
    func forEachPower(of signal: [Double], _ body: (Int, UnsafeBufferPointer<Double>) -> Void) {
        let transform = RealFFT.plan(length: fftSize)
        var frame = [Double](repeating: 0, count: fftSize)
        var spectrum = [Double](repeating: 0, count: 2 * transform.binCount)
        var power = [Double](repeating: 0, count: fftSize / 2)
        for t in 0..<count(forLength: signal.count) {
            for n in 0..<length { frame[n] = window[n] * signal[t * hop + n] }
            transform.forward(frame, interleaved: &spectrum)
            for k in 0..<fftSize / 2 {
                power[k] = spectrum[2 * k] * spectrum[2 * k] + spectrum[2 * k + 1] * spectrum[2 * k + 1]
            }
            power.withUnsafeBufferPointer { body(t, $0) }
        }
    }
}

/// The mean of the lowest 95 % of frame values, which leaves out the frames where a measure breaks down.
func lowestMean(_ values: [Double]) -> Double {
    let kept = Int((0.95 * Double(values.count)).rounded())
    let lowest = values.sorted().prefix(max(1, kept))
    return lowest.reduce(0, +) / Double(lowest.count)
}
