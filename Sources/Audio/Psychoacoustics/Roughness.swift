import Foundation
import Tensor

/// Roughness: the harshness of fast modulations, most of all around 70 Hz.
///
/// Frame by frame (0.2 s under a Blackman window) the spectrum is spread over 47 channels, one Bark wide and
/// half a Bark apart. In each channel the rectified signal is filtered by a weight H of modulation frequencies;
/// what is left, relative to the mean, is the channel's modulation depth m. With g the channel's weight and k
/// the correlation with the channel two above,
///
///     R = 0.25 sum over i of (g[i] m[i] k[i-2] k[i])^2   asper,
///
/// where missing neighbours count 1. A 1 kHz tone of 60 dB SPL, wholly modulated at 70 Hz, has about 1 asper.
/// Implementations of this model differ by around a sixth, the just noticeable difference.
///
/// Source: Daniel and Weber, Psychoacoustical roughness: implementation of an optimized model, Acustica 83, 1997.
public struct Roughness: Sendable, Equatable {
    /// Seconds of a frame.
    public static let frameDuration = 0.2

    /// Asper, one value a frame.
    public let values: [Double]
    /// Seconds from frame to frame.
    public let interval: Double
    public let calibration: Calibration

    /// - Parameters:
    ///   - samples: one channel, at least one frame.
    ///   - sampleRate: hertz, at least 8000.
    ///   - calibration: what the samples mean in pascals.
    ///   - interval: seconds from frame to frame, positive; default 0.2 (no overlap).
    /// - Throws: `SoundMeasurementError` for signals shorter than a frame, low sampling rates, and samples that
    ///   are not finite.
    public static func measure(
        _ samples: [Float], sampleRate: Int, calibration: Calibration, interval: Double = 0.2
    ) throws(SoundMeasurementError) -> Roughness {
        guard sampleRate >= 8000 else {
            throw .sampleRate(quantity: "roughness", rate: sampleRate, accepted: "8000 Hz and more")
        }
        let length = Int((frameDuration * Double(sampleRate)).rounded())
        let hop = Int((interval * Double(sampleRate)).rounded())
        require(hop >= 1, "[roughness] \(interval) s from frame to frame: at least a sample is accepted")
        try SoundMeasurementError.check(count: samples.count, needed: length, for: "roughness")
        try SoundMeasurementError.check(samples, for: "roughness")
        let frames = (samples.count - length) / hop + 1
        let model = RoughnessModel(length: length, sampleRate: sampleRate, calibration: calibration)
        var values = [Double](repeating: 0, count: frames)
        values.withUnsafeMutableBufferPointer { values in
            ThreadPool.shared.run(frames) { frame in
                values[frame] = model.roughness(of: samples[frame * hop..<frame * hop + length])
            }
        }
        return Roughness(
            values: values, interval: Double(hop) / Double(sampleRate), calibration: calibration)
    }
}

/// What the roughness of a frame needs, made once. See `Roughness`.
private struct RoughnessModel {
    private static let channelCount = 47

    private let length: Int
    private let transform: RealFFT
    /// Blackman, scaled so that the magnitude of a bin is the rms pressure of a sine in it.
    private let window: [Double]
    private let barks: [Double]
    private let frequencies: [Double]
    private let thresholds: [Double]
    /// What reaches the inner ear, dB.
    private let transmission: [Double]
    /// [5 x bins]
    private let modulationWeights: [[Double]]
    private let channelWeights: [Double]

    init(length: Int, sampleRate: Int, calibration: Calibration) {
        self.length = length
        transform = RealFFT.plan(length: length)
        let shape = Window.blackman.values(length: length)
        let scale =
            calibration.pascalsPerUnit * 2.0.squareRoot() / shape.reduce(0, +)
            / Calibration.referencePressure
        window = shape.map { $0 * scale }
        frequencies = (0..<transform.binCount).map { Double($0) * Double(sampleRate) / Double(length) }
        barks = frequencies.map(CriticalBandRate.bark)
        thresholds = frequencies.map { $0 > 0 ? CriticalBandRate.thresholdInQuiet($0) : .infinity }
        // The ear's transmission as in the loudness method, from band to band.
        let ends = LoudnessTables.upperEnds
        let ear = RoughnessTables.Curve(
            LoudnessTables.attenuations.indices.map { band in
                ((ends[band] + (band > 0 ? ends[band - 1] : 0)) / 2, -LoudnessTables.attenuations[band])
            })
        transmission = barks.map(ear.value)
        let resolution = Double(sampleRate) / Double(length)
        modulationWeights = RoughnessTables.modulationWeights.map { weights in
            (0..<length / 2 + 1).map { weights.curve.value(at: Double($0) * resolution) }
        }
        channelWeights = (1...Self.channelCount).map {
            RoughnessTables.channelWeight.value(at: 0.5 * Double($0))
        }
    }

    func roughness(of frame: ArraySlice<Float>) -> Double {
        let components = audible(frame)
        if components.isEmpty { return 0 }
        var depths: [Double] = []
        var envelopes: [[Double]] = []
        for channel in 1...Self.channelCount {
            let (depth, envelope) = modulation(channel: channel, components)
            depths.append(depth)
            envelopes.append(envelope)
        }
        let likeness = (0..<Self.channelCount - 2).map { Self.correlation(envelopes[$0], envelopes[$0 + 2]) }
        var sum = 0.0
        for i in 0..<Self.channelCount {
            let below = i >= 2 ? likeness[i - 2] : 1
            let above = i < likeness.count ? likeness[i] : 1
            let part = channelWeights[i] * depths[i] * below * above
            sum += part * part
        }
        return 0.25 * sum
    }

    private struct Component {
        let bin: Int
        let real: Double
        let imaginary: Double
        /// dB, at the inner ear.
        let level: Double
        let bark: Double
        /// dB/Bark, towards higher channels.
        let upperSlope: Double
    }

    private static let lowerSlope = -27.0

    /// The components above the threshold in quiet.
    private func audible(_ frame: ArraySlice<Float>) -> [Component] {
        let spectrum = transform.forward(zip(frame, window).map { Double($0) * $1 })
        return (1..<transform.binCount).compactMap { k in
            let gain = pow(10, transmission[k] / 20)
            let (real, imaginary) = (spectrum.real[k] * gain, spectrum.imaginary[k] * gain)
            let level = 10 * log10(real * real + imaginary * imaginary)
            guard level > thresholds[k] else { return nil }
            return Component(
                bin: k, real: real, imaginary: imaginary, level: level, bark: barks[k],
                upperSlope: -24 - 230 / frequencies[k] + 0.2 * level)
        }
    }

    /// The weighted envelope of a channel and its depth: rms relative to the mean of the rectified signal.
    private func modulation(
        channel: Int, _ components: [Component]
    ) -> (depth: Double, envelope: [Double]) {
        let centre = 0.5 * Double(channel)
        var real = [Double](repeating: 0, count: transform.binCount)
        var imaginary = real
        for component in components {
            // Components outside the channel reach it over a slope, to its nearer edge.
            let loss =
                if component.bark > centre + 0.5 {
                    Self.lowerSlope * (component.bark - centre - 0.5)
                } else if component.bark < centre - 0.5 {
                    min(0, component.upperSlope) * (centre - 0.5 - component.bark)
                } else {
                    0.0
                }
            guard component.level + loss > thresholds[component.bin] else { continue }
            let gain = pow(10, loss / 20)
            real[component.bin] = component.real * gain
            imaginary[component.bin] = component.imaginary * gain
        }
        let rectified = transform.inverse(real: real, imaginary: imaginary).map(abs)
        let mean = rectified.reduce(0, +) / Double(length)
        guard mean > 0 else { return (0, []) }
        var (re, im) = transform.forward(rectified)
        let weights =
            modulationWeights[RoughnessTables.modulationWeights.lastIndex { $0.firstChannel <= channel } ?? 0]
        for k in re.indices {
            re[k] *= weights[k] / Double(length)
            im[k] *= weights[k] / Double(length)
        }
        let envelope = transform.inverse(real: re, imaginary: im)
        let power = envelope.reduce(0) { $0 + $1 * $1 } / Double(length)
        return (min(1, power.squareRoot() / mean), envelope)
    }

    /// The correlation coefficient; 0 if either channel is silent or still.
    private static func correlation(_ a: [Double], _ b: [Double]) -> Double {
        guard !a.isEmpty && !b.isEmpty else { return 0 }
        var (aa, bb, ab) = (0.0, 0.0, 0.0)
        for i in a.indices {
            aa += a[i] * a[i]
            bb += b[i] * b[i]
            ab += a[i] * b[i]
        }
        return aa * bb > 0 ? ab / (aa * bb).squareRoot() : 0
    }
}
