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
    /// The weights of all bands' bins, one band after the other, each filled with zeros to whole steps.
    private let weights: [SIMD8<Float>]
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
            stride(from: range.lowerBound, to: range.upperBound, by: 8).map { start in
                var step = SIMD8<Float>.zero
                for k in start..<min(range.upperBound, start + 8) {
                    step[k - start] = Float(filterbank.weights[band * filterbank.binCount + k])
                }
                return step
            }
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
        withUnsafeTemporaryAllocation(of: Float.self, capacity: size + 3 * bins + 8) { scratch in
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
            // The last band's last step reads beyond the last bin.
            for k in bins..<bins + 8 { energies[k] = 0 }
            weights.withUnsafeBufferPointer { weights in
                filterbank.bandRanges.withUnsafeBufferPointer { ranges in
                    let bytes = UnsafeRawPointer(energies)
                    var position = 0
                    for band in ranges.indices {
                        var sum = SIMD8<Float>.zero
                        for k in stride(from: ranges[band].lowerBound, to: ranges[band].upperBound, by: 8) {
                            sum +=
                                weights[position]
                                * bytes.loadUnaligned(fromByteOffset: 4 * k, as: SIMD8<Float>.self)
                            position += 1
                        }
                        bands[band] = Double(sum.sum())
                    }
                }
            }
        }
    }

    /// Bands in decibels of every item of a batch, the items side by side on all threads.
    public func levels(of batch: [[Float]], scale: DecibelScale = DecibelScale()) -> [FeatureMatrix] {
        concurrentMap(batch) { scale.levels(ofPower: bands(of: $0)) }
    }
}
