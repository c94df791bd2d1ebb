import Audio
import StrictJSON
import Tensor

/// Levels of mel bands: `{"kind": "log_mel", "mel_bands": 80}`.
public struct LogMelFeature: AudioFeature {
    public static let kind = "log_mel"
    public static let summary = "levels of mel bands, [frames x bands], dB"
    public static let version = 1
    public static let columns = "mel bands from low to high, dB (1 is 0 dB, floor -100 dB)"

    public var fftSize = 1024
    public var hopLength = 256
    public var melBands = 80

    public init() {}

    public static let fields: [Field<Self>] = [
        Field("fft_size", \.fftSize, in: 16...65536, "samples of a frame (Hann window)"),
        Field("hop_length", \.hopLength, in: 1...65536, "samples from frame to frame"),
        Field("mel_bands", \.melBands, in: 1...512, "bands from 0 Hz to half the rate"),
    ]

    public func validate() throws {
        guard hopLength <= fftSize else {
            throw JSONError(
                at: "hop_length", "\(hopLength) leaves gaps between frames; accepted: at most fft_size")
        }
    }

    public func compute(_ samples: [Float], sampleRate: Int) -> NumpyArray {
        let transform = ShortTimeFourierTransform(fftSize: fftSize, hopLength: hopLength, padding: .zero)
        let mel = MelSpectrogram(
            transform: transform,
            filterbank: MelFilterbank(sampleRate: sampleRate, fftSize: fftSize, bands: melBands))
        let levels = DecibelScale().levels(ofPower: mel.bands(of: samples.map(Double.init)))
        return NumpyArray(
            shape: [levels.frameCount, levels.width], values: levels.values.map { Float($0) })
    }
}

/// Centroid, bandwidth, roll-off and flatness of each frame: `{"kind": "spectral_shape"}`.
public struct SpectralShapeFeature: AudioFeature {
    public static let kind = "spectral_shape"
    public static let summary = "where the energy of each frame's spectrum lies, [frames x 4]"
    public static let version = 1
    public static let columns = "centroid Hz, bandwidth Hz, roll-off (85 %) Hz, flatness"

    public var fftSize = 1024
    public var hopLength = 256

    public init() {}

    public static let fields: [Field<Self>] = [
        Field("fft_size", \.fftSize, in: 16...65536, "samples of a frame (Hann window)"),
        Field("hop_length", \.hopLength, in: 1...65536, "samples from frame to frame"),
    ]

    public func validate() throws {
        guard hopLength <= fftSize else {
            throw JSONError(
                at: "hop_length", "\(hopLength) leaves gaps between frames; accepted: at most fft_size")
        }
    }

    public func compute(_ samples: [Float], sampleRate: Int) -> NumpyArray {
        let transform = ShortTimeFourierTransform(fftSize: fftSize, hopLength: hopLength, padding: .zero)
        let shape = SpectralShape(
            transform.analyse(samples.map(Double.init)), sampleRate: sampleRate, fftSize: fftSize)
        return NumpyArray(columns: [shape.centroid, shape.bandwidth, shape.rollOff(), shape.flatness()])
    }
}
