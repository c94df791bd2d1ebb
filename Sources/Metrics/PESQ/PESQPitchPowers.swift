import Foundation
import Tensor

/// Pitch power densities: powers of 32 ms frames over modified Bark bands.
///
/// Source: ITU-T P.862 (02/2001), clauses 10.2.3 and 10.2.4.
struct PESQPitchPowers {
    let bands: PESQBands
    /// Samples of a frame; frames follow each other at half of it.
    let frameLength: Int
    private let transform: RealFourierTransform<Double>
    private let window: [Double]
    private let scales: [Double]
    private var frame: [Double]
    private var spectrum: [Double]

    init(sampleRate: Int) {
        bands = PESQBands.at(sampleRate)
        let length = sampleRate * 32 / 1000
        frameLength = length
        transform = RealFFT.plan(length: length)
        window = (0..<length).map { 0.5 * (1 - cos(2 * Double.pi * Double($0) / Double(length))) }
        let bands = bands
        scales = bands.corrections.map { $0 * bands.powerScale }
        frame = [Double](repeating: 0, count: length)
        spectrum = [Double](repeating: 0, count: 2 * transform.binCount)
    }

    /// The densities of the frame that starts at a sample; beyond the ends there is silence.
    ///
    /// - Parameter offset: where in `densities` the first band goes.
    mutating func analyse(
        _ signal: [Double], from start: Int, into densities: inout [Double], at offset: Int
    ) {
        signal.withUnsafeBufferPointer { signal in
            let first = max(0, -start)
            let last = min(frameLength, signal.count - start)
            for n in 0..<frameLength {
                frame[n] = n >= first && n < last ? window[n] * signal[start + n] : 0
            }
        }
        transform.forward(frame, interleaved: &spectrum)
        spectrum.withUnsafeMutableBufferPointer { spectrum in
            // A constant is not heard.
            spectrum[0] = 0
            var bin = 0
            for band in 0..<bands.count {
                var sum = 0.0
                for k in bin..<bin + bands.binCounts[band] {
                    sum += spectrum[2 * k] * spectrum[2 * k] + spectrum[2 * k + 1] * spectrum[2 * k + 1]
                }
                bin += bands.binCounts[band]
                densities[offset + band] = sum * scales[band]
            }
        }
    }
}
