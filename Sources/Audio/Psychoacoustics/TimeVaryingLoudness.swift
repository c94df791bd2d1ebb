import Foundation
import Tensor

/// Loudness over time by the method of Zwicker, with specific loudness and sharpness.
///
/// Every 0.5 ms: band levels -> core loudness -> decay of each band's core loudness behind loud sounds ->
/// slopes -> total loudness. The total is then smoothed as hearing does over time,
///
///     N(t) = 0.47 lowpass(N, 3.5 ms) + 0.53 lowpass(N, 70 ms),
///
/// and given every 2 ms.
///
/// Source: ISO 532-1:2017, clause 6 (time-varying sounds) and annex A.
public struct TimeVaryingLoudness: Sendable, Equatable {
    /// Seconds from value to value of `loudness` and `sharpness`.
    public static let interval = 0.002

    /// N, sone, every 2 ms from 0 s on.
    public let loudness: [Double]
    /// DIN 45692 sharpness, acum, every 2 ms; 0 where nothing is heard. See `Sharpness`.
    public let sharpness: [Double]
    /// [frames x 240]: N' at 0.1 ... 24.0 Bark, sone/Bark, every `specificStep` values of `loudness`. It is
    /// not smoothed over time: its sum leads the total.
    public let specificLoudness: [Float]
    /// Values of `loudness` from one frame of `specificLoudness` to the next.
    public let specificStep: Int
    public let field: SoundField
    public let calibration: Calibration

    /// Nmax, sone.
    public var maximum: Double { loudness.max() ?? 0 }

    /// N5, N50 and so on: the loudness exceeded for a share of the time, sone.
    ///
    /// - Parameter percent: 0 ... 100, e.g. 5 for N5. Between values it is interpolated linearly.
    public func exceeded(percent: Double) -> Double {
        require((0...100).contains(percent), "[loudness] \(percent) %: 0 to 100 is accepted")
        let sorted = loudness.sorted()
        guard let last = sorted.indices.last else { return 0 }
        let place = Double(last) * (1 - percent / 100)
        let below = Int(place)
        return sorted[below] + (place - Double(below)) * (sorted[min(below + 1, last)] - sorted[below])
    }

    /// Measures one channel.
    ///
    /// - Parameters:
    ///   - samples: one channel.
    ///   - sampleRate: hertz; rates other than 48 kHz are resampled.
    ///   - calibration: what the samples mean in pascals.
    ///   - field: default free.
    ///   - specificStep: values of 2 ms from one stored frame of specific loudness to the next; default 5
    ///     (10 ms).
    /// - Throws: `SoundMeasurementError` for samples that are not finite and for an empty signal.
    public static func measure(
        _ samples: [Float], sampleRate: Int, calibration: Calibration, field: SoundField = .free,
        specificStep: Int = 5
    ) throws(SoundMeasurementError) -> TimeVaryingLoudness {
        require(specificStep >= 1, "[loudness] a step of \(specificStep) frames: at least 1 is accepted")
        let levels = try ThirdOctaveBank(calibration: calibration).levelsOverTime(
            of: samples, sampleRate: sampleRate)
        return TimeVaryingLoudness(
            levels: levels, field: field, calibration: calibration, specificStep: specificStep)
    }

    /// Levels come every 0.5 ms, results every 2 ms.
    private static let decimation = 4
    /// Frames of 0.5 ms that a thread takes at a time.
    private static let grain = 256

    private init(levels: [Double], field: SoundField, calibration: Calibration, specificStep: Int) {
        self.field = field
        self.calibration = calibration
        self.specificStep = specificStep
        let frames = levels.count / LoudnessTables.thirdOctaveCount
        var core = Self.core(levels: levels, frames: frames, field: field)
        Self.decay(&core, frames: frames)

        let coarse = (frames + Self.decimation - 1) / Self.decimation
        let steps = LoudnessTables.stepCount
        var total = [Double](repeating: 0, count: frames)
        var sharpness = [Double](repeating: 0, count: coarse)
        var specific = [Float](repeating: 0, count: (coarse + specificStep - 1) / specificStep * steps)
        total.withUnsafeMutableBufferPointer { total in
            sharpness.withUnsafeMutableBufferPointer { sharpness in
                specific.withUnsafeMutableBufferPointer { specific in
                    Self.integrate(
                        core: core, specificStep: specificStep, total: total, sharpness: sharpness,
                        specific: specific)
                }
            }
        }
        let smooth = TemporalIntegration.smooth(total)
        loudness = stride(from: 0, to: frames, by: Self.decimation).map { smooth[$0] }
        self.sharpness = sharpness
        specificLoudness = specific
    }

    /// [frames x 21]
    private static func core(levels: [Double], frames: Int, field: SoundField) -> [Double] {
        let width = LoudnessTables.coreCount + 1
        var core = [Double](repeating: 0, count: frames * width)
        core.withUnsafeMutableBufferPointer { core in
            levels.withUnsafeBufferPointer { levels in
                guard let core = core.baseAddress, let levels = levels.baseAddress else { return }
                ThreadPool.shared.run(frames, grain: grain) { range in
                    for frame in range {
                        LoudnessPattern.core(
                            levels: levels + frame * LoudnessTables.thirdOctaveCount, field: field,
                            into: core + frame * width)
                    }
                }
            }
        }
        return core
    }

    private static func decay(_ core: inout [Double], frames: Int) {
        let width = LoudnessTables.coreCount + 1
        core.withUnsafeMutableBufferPointer { core in
            guard let core = core.baseAddress else { return }
            ThreadPool.shared.run(LoudnessTables.coreCount) { band in
                TemporalDecay.apply(to: core + band, count: frames, stride: width)
            }
        }
    }

    private static func integrate(
        core: [Double], specificStep: Int, total: UnsafeMutableBufferPointer<Double>,
        sharpness: UnsafeMutableBufferPointer<Double>, specific: UnsafeMutableBufferPointer<Float>
    ) {
        let width = LoudnessTables.coreCount + 1
        let steps = LoudnessTables.stepCount
        core.withUnsafeBufferPointer { core in
            guard let core = core.baseAddress else { return }
            ThreadPool.shared.run(total.count, grain: grain) { range in
                withUnsafeTemporaryAllocation(of: Double.self, capacity: steps) { scratch in
                    guard let row = scratch.baseAddress else { return }
                    for frame in range {
                        let values = core + frame * width
                        guard frame % decimation == 0 else {
                            total[frame] = LoudnessPattern.integrate(core: values, specific: nil)
                            continue
                        }
                        let sum = LoudnessPattern.integrate(core: values, specific: row)
                        total[frame] = sum
                        let index = frame / decimation
                        sharpness[index] = Sharpness.din45692.value(
                            specificLoudness: UnsafeBufferPointer(scratch), loudness: sum)
                        if index % specificStep == 0 {
                            let first = index / specificStep * steps
                            for i in 0..<steps { specific[first + i] = Float(row[i]) }
                        }
                    }
                }
            }
        }
    }
}
