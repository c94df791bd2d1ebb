import Audio
import Foundation
import Tensor

/// What the robust checks of stretched and shifted sounds compare.
enum SoundMeasures {
    static func rootMeanSquare(_ signal: [Double]) -> Double {
        (signal.reduce(0) { $0 + $1 * $1 } / Double(max(1, signal.count))).squareRoot()
    }

    /// The frequency of the strongest component: the parabolic peak of the log spectrum of the whole, hertz.
    static func dominantFrequency(_ signal: [Double], sampleRate: Int) -> Double {
        let window = Window.hann.values(length: signal.count)
        let spectrum = RealFFT.plan(length: signal.count).forward(zip(signal, window).map { $0 * $1 })
        let levels = spectrum.real.indices.map { (k: Int) -> Double in
            let (real, imaginary) = (spectrum.real[k], spectrum.imaginary[k])
            return log(max(real * real + imaginary * imaginary, 1e-300))
        }
        guard let k = (1..<levels.count - 1).max(by: { levels[$0] < levels[$1] }) else { return 0 }
        let (a, b, c) = (levels[k - 1], levels[k], levels[k + 1])
        let offset = 0.5 * (a - c) / (a - 2 * b + c)
        return (Double(k) + offset) * Double(sampleRate) / Double(signal.count)
    }

    /// The mean difference of two sounds' mean levels in 40 mel bands, each without its own mean, dB.
    static func spectralDistance(_ first: [Double], _ second: [Double], sampleRate: Int) -> Double {
        let transform = ShortTimeFourierTransform(fftSize: 1024, hopLength: 256, padding: .zero)
        let bank = MelFilterbank(sampleRate: sampleRate, fftSize: 1024, bands: 40)
        let mel = MelSpectrogram(transform: transform, filterbank: bank)
        func levels(_ signal: [Double]) -> [Double] {
            let bands = mel.bands(of: signal)
            let levels = (0..<40).map { (band: Int) -> Double in
                let mean: Double =
                    (0..<bands.frameCount).reduce(0) { $0 + bands[$1, band] } / Double(bands.frameCount)
                return 10 * log10(max(mean, 1e-10))
            }
            let mean = levels.reduce(0, +) / 40
            return levels.map { $0 - mean }
        }
        return zip(levels(first), levels(second)).reduce(0) { $0 + abs($1.0 - $1.1) } / 40
    }

    /// Fundamental frequencies of voiced frames, 16 ms apart, 0 where there is none: the first deep dip of the
    /// cumulative mean normalised difference function (de Cheveigné and Kawahara, 2002), without refinements.
    static func fundamentals(_ signal: [Double], sampleRate: Int) -> [Double] {
        let longest = sampleRate / 65
        let shortest = sampleRate / 1000
        let hop = sampleRate * 16 / 1000
        let length = 2 * longest
        return stride(from: 0, to: signal.count - length - longest, by: hop).map { start in
            var sum = 0.0
            var normalised = [Double](repeating: 1, count: longest + 1)
            for lag in 1...longest {
                var difference = 0.0
                for n in start..<start + length {
                    let d = signal[n] - signal[n + lag]
                    difference += d * d
                }
                sum += difference
                normalised[lag] = sum > 0 ? difference * Double(lag) / sum : 1
            }
            var lag = shortest
            while lag < longest && normalised[lag] > 0.1 { lag += 1 }
            guard lag < longest else { return 0 }
            while lag + 1 < longest && normalised[lag + 1] < normalised[lag] { lag += 1 }
            let (a, b, c) = (normalised[lag - 1], normalised[lag], normalised[lag + 1])
            let curvature = a - 2 * b + c
            let offset = curvature > 0 ? 0.5 * (a - c) / curvature : 0
            return Double(sampleRate) / (Double(lag) + offset)
        }
    }

    static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return .nan }
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    /// 1200 log2 of a ratio of frequencies.
    static func cents(_ ratio: Double) -> Double { 1200 * log2(ratio) }
}
