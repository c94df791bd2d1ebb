import Audio
import Tensor

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What a model sees of a recording: a log-mel spectrogram of a level-normalised signal; and the way back from
/// gains per mel band to gains per STFT bin.
public struct FrontEnd: Sendable {
    public let config: FrontEndConfig
    public let stft: ShortTimeFourierTransform
    public let bins: Int
    public let bands: Int
    /// For each band its first bin and its weights, which sum to 1: a band is a mean of magnitudes.
    private let bandStarts: [Int]
    private let bandWeights: [[Float]]
    /// How band values spread over bins, [bands, bins]; each bin's weights sum to 1.
    public let interpolation: Tensor

    /// The active level that every signal is brought to before features are taken: -26 dB of full scale.
    public static let referenceLevel = 0.05
    /// Added to mel magnitudes before the logarithm: about -77 dB below the active level.
    public static let melFloor: Float = 1e-4

    public init(_ config: FrontEndConfig) {
        self.config = config
        stft = ShortTimeFourierTransform(fftSize: config.fftSize, hopLength: config.hopLength)
        bins = config.fftSize / 2 + 1
        bands = config.melBands
        let bank = MelFilterbank(
            sampleRate: config.sampleRate, fftSize: config.fftSize, bands: config.melBands)
        var starts: [Int] = []
        var weights: [[Float]] = []
        for band in 0..<bank.bandCount {
            let row = Array(bank.weights[band * bank.binCount..<(band + 1) * bank.binCount])
            let total = row.reduce(0, +)
            let first = row.firstIndex { $0 > 0 } ?? 0
            let last = row.lastIndex { $0 > 0 } ?? 0
            starts.append(first)
            weights.append(row[first...last].map { total > 0 ? Float($0 / total) : 0 })
        }
        bandStarts = starts
        bandWeights = weights
        var matrix = [Float](repeating: 0, count: bands * bins)
        for bin in 0..<bins {
            for band in 0..<bands {
                matrix[band * bins + bin] = Float(bank.interpolation[bin * bands + band])
            }
        }
        interpolation = Tensor(matrix, shape: [bands, bins])
    }

    /// The signals [batch, samples] of spectra [batch, frames, bins], differentiable: the inverse of the centred
    /// STFT, divided by the sum of squared windows.
    public func synthesise(real: Tensor, imaginary: Tensor) -> Tensor {
        let (frames, size, hop) = (real.shape[1], config.fftSize, config.hopLength)
        let window = stft.window.map { Float($0) }
        let time = (frames - 1) * hop + size
        var weights = [Float](repeating: 0, count: time)
        for frame in 0..<frames {
            for offset in 0..<size { weights[frame * hop + offset] += window[offset] * window[offset] }
        }
        let inner = size / 2..<size / 2 + samples(frames: frames)
        let inverse = Tensor(weights[inner].map { 1 / max($0, 1e-6) })
        let pieces =
            Tensor.inverseRealFourier(real: real, imaginary: imaginary, length: size) * Tensor(window)
        return pieces.overlapAdded(hop: hop, time: time).slice(axis: 1, inner) * inverse
    }

    /// Samples of a clip with the given number of frames.
    public func samples(frames: Int) -> Int { (frames - 1) * config.hopLength }

    /// Mean magnitudes per band, [frames x bands], of magnitudes [frames x bins].
    public func mel(_ magnitude: [Float]) -> [Float] {
        let frames = magnitude.count / bins
        var result = [Float](repeating: 0, count: frames * bands)
        for frame in 0..<frames {
            for band in 0..<bands {
                let start = frame * bins + bandStarts[band]
                var sum: Float = 0
                for (offset, weight) in bandWeights[band].enumerated() {
                    sum += weight * magnitude[start + offset]
                }
                result[frame * bands + band] = sum
            }
        }
        return result
    }

    /// log(mel + floor), [frames x bands].
    public func logMel(_ magnitude: [Float]) -> [Float] { mel(magnitude).map { log($0 + Self.melFloor) } }

    /// The factor that brings a signal to the reference level; 1 for silence.
    public func levelGain(_ signal: [Float]) -> Double {
        var meter = ActiveLevelMeter(sampleRate: config.sampleRate)
        meter.add(signal)
        return meter.gain(to: Self.referenceLevel)
    }
}

/// Measures the active level of a signal that arrives in pieces: the RMS over frames of 25 ms that lie within
/// 40 dB of the loudest. Keeps one number a frame.
public struct ActiveLevelMeter: Sendable {
    private let frameLength: Int
    private var energies: [Double] = []
    private var current = 0.0
    private var filled = 0

    public init(sampleRate: Int) { frameLength = max(1, sampleRate / 40) }

    public mutating func add(_ samples: [Float]) {
        for sample in samples {
            current += Double(sample) * Double(sample)
            filled += 1
            if filled == frameLength {
                energies.append(current / Double(frameLength))
                (current, filled) = (0, 0)
            }
        }
    }

    /// The active RMS; 0 for silence.
    public var level: Double {
        let all = energies.isEmpty && filled > 0 ? [current / Double(filled)] : energies
        guard let loudest = all.max(), loudest > 0 else { return 0 }
        let active = all.filter { $0 >= loudest * 1e-4 }
        return (active.reduce(0, +) / Double(active.count)).squareRoot()
    }

    /// The factor that brings the signal to `target`; 1 for silence, at most 80 dB.
    public func gain(to target: Double) -> Double {
        let level = level
        return level > 0 ? min(target / level, 1e4) : 1
    }
}
