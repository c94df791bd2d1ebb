import Foundation
import Tensor

/// Mel bands of the short-time spectrum of a signal.
///
///     M[t, b] = sum over k of W[b, k] |X[t, k]|^p,   p = 2 (power) or 1 (magnitude)
///
/// Of single-precision samples the spectra are computed in single precision, which is twice as fast and
/// leaves bands 100 dB below a frame's strongest component to rounding; of double-precision samples in
/// double precision.
///
/// Source: Davis and Mermelstein, Comparison of parametric representations for monosyllabic word
/// recognition, IEEE TASSP 28(4), 1980 (the use of mel bands); see `MelFilterbank` for the bands.
public struct MelSpectrogram: Sendable {
    /// What of a bin is summed.
    public enum Quantity: Sendable, Equatable {
        case power
        case magnitude
    }

    public let transform: ShortTimeFourierTransform
    public let filterbank: MelFilterbank
    public let quantity: Quantity
    private let window: [Float]
    /// The weights of all bands' bins, one band after the other, without the zeros around.
    private let weights: [Float]
    private let fourier: RealFFTFloat

    /// - Parameters:
    ///   - transform: frames and window.
    ///   - filterbank: made for the same FFT size.
    ///   - quantity: default `.power`.
    public init(
        transform: ShortTimeFourierTransform, filterbank: MelFilterbank, quantity: Quantity = .power
    ) {
        require(
            filterbank.binCount == transform.binCount,
            "[mel] bands over \(filterbank.binCount) bins: the transform has \(transform.binCount)")
        self.transform = transform
        self.filterbank = filterbank
        self.quantity = quantity
        window = transform.window.map(Float.init)
        weights = filterbank.bandRanges.enumerated().flatMap { band, range in
            range.map { Float(filterbank.weights[band * filterbank.binCount + $0]) }
        }
        fourier = RealFFTFloat.plan(length: transform.fftSize)
    }

    /// Bands of a signal of at least `transform.minimumLength` samples: [frames x bands].
    public func bands(of signal: [Double]) -> FeatureMatrix {
        bands(of: transform.analyse(signal))
    }

    /// Bands of a spectrogram: [frames x bands].
    public func bands(of spectrogram: Spectrogram) -> FeatureMatrix {
        let bins = quantity == .power ? spectrogram.power : spectrogram.magnitude
        return FeatureMatrix(
            frameCount: spectrogram.frameCount, width: filterbank.bandCount,
            values: filterbank.bands(of: bins))
    }

    /// Bands of a signal of at least `transform.minimumLength` samples, in single precision:
    /// [frames x bands].
    public func bands(of signal: [Float]) -> FeatureMatrix {
        let frames = transform.frameCount(forLength: signal.count)
        let padded = transform.pad(signal)
        let width = filterbank.bandCount
        let values = [Double](unsafeUninitializedCapacity: frames * width) { values, count in
            if let values = values.baseAddress {
                padded.withUnsafeBufferPointer { padded in
                    guard let padded = padded.baseAddress else { return }
                    ThreadPool.shared.run(frames, grain: ShortTimeFourierTransform.framesPerPiece) { range in
                        for t in range {
                            bands(ofFrame: padded + t * transform.hopLength, into: values + t * width)
                        }
                    }
                }
            }
            count = frames * width
        }
        return FeatureMatrix(frameCount: frames, width: width, values: values)
    }

    private func bands(ofFrame samples: UnsafePointer<Float>, into bands: UnsafeMutablePointer<Double>) {
        let size = transform.fftSize
        let bins = transform.binCount
        withUnsafeTemporaryAllocation(of: Float.self, capacity: size + 3 * bins) { scratch in
            guard let frame = scratch.baseAddress else { return }
            let spectrum = frame + size
            let energies = spectrum + 2 * bins
            window.withUnsafeBufferPointer { window in
                for n in 0..<size { frame[n] = window[n] * samples[n] }
            }
            fourier.forward(frame, interleaved: spectrum)
            for k in 0..<bins {
                energies[k] =
                    spectrum[2 * k] * spectrum[2 * k] + spectrum[2 * k + 1] * spectrum[2 * k + 1]
            }
            if quantity == .magnitude {
                for k in 0..<bins { energies[k] = energies[k].squareRoot() }
            }
            weights.withUnsafeBufferPointer { weights in
                var position = 0
                for (band, range) in filterbank.bandRanges.enumerated() {
                    var sum: Float = 0
                    for k in range {
                        sum += weights[position] * energies[k]
                        position += 1
                    }
                    bands[band] = Double(sum)
                }
            }
        }
    }

    /// Bands in decibels of every item of a batch, the items side by side on all threads.
    public func levels(of batch: [[Float]], scale: DecibelScale = DecibelScale()) -> [FeatureMatrix] {
        concurrentMap(batch) { scale.levels(ofPower: bands(of: $0)) }
    }
}

/// The results for every item, computed on all threads; their order is that of the items.
func concurrentMap<Item, Result>(_ items: [Item], _ transform: (Item) -> Result) -> [Result] {
    var results = [Result?](repeating: nil, count: items.count)
    results.withUnsafeMutableBufferPointer { results in
        guard let results = results.baseAddress else { return }
        ThreadPool.shared.run(items.count) { index in results[index] = transform(items[index]) }
    }
    return results.compactMap { $0 }
}
