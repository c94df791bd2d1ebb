import Foundation
import Tensor

/// The third-octave filter bank of the loudness method: 28 bands from 25 Hz to 12.5 kHz.
///
/// The filters are defined at 48 kHz; other rates are resampled. Levels are in dB SPL, so the bank needs a
/// calibration.
/// Source: ISO 532-1:2017, clauses 5.2 and 6.2, tables A.1 and A.2.
public struct ThirdOctaveBank: Sendable {
    /// 1000 Hz times 10^((band - 16) / 10): the exact centres, band 0 being 25 Hz.
    public static let centres: [Double] = (0..<LoudnessTables.thirdOctaveCount).map {
        1000 * pow(10, Double($0 - 16) / 10)
    }

    /// Samples at 48 kHz from one level to the next: 0.5 ms.
    static let decimation = 24

    public let calibration: Calibration

    public init(calibration: Calibration) { self.calibration = calibration }

    /// The level of each band over a whole signal.
    ///
    /// - Parameters:
    ///   - samples: one channel.
    ///   - sampleRate: hertz.
    ///   - skipped: seconds at the start that are filtered but do not count, so that filters can settle;
    ///     default 0.
    /// - Returns: 28 levels, dB SPL; -86 dB at least.
    /// - Throws: `SoundMeasurementError` for samples that are not finite and when nothing is left to count.
    public func levels(
        of samples: [Float], sampleRate: Int, skipping skipped: Double = 0
    ) throws(SoundMeasurementError) -> [Double] {
        let signal = try Self.prepared(samples, sampleRate: sampleRate)
        let first = Int((skipped * Double(ThirdOctaveTable.sampleRate)).rounded())
        try SoundMeasurementError.check(
            count: signal.count, needed: first + 1, for: "third-octave levels (at 48 kHz)")
        var levels = [Double](repeating: 0, count: LoudnessTables.thirdOctaveCount)
        let scale = calibration.pascalsPerUnit
        levels.withUnsafeMutableBufferPointer { levels in
            signal.withUnsafeBufferPointer { signal in
                ThreadPool.shared.run(Self.groupCount) { group in
                    var filter = FilterGroup(group, scale: scale)
                    var sum = SIMD4<Double>()
                    for start in stride(from: 0, to: signal.count, by: Self.decimation) {
                        for i in start..<min(signal.count, start + Self.decimation) {
                            let y = filter.filter(Double(signal[i]))
                            if i >= first { sum += y * y }
                        }
                        filter.settle()
                    }
                    let mean = sum / Double(signal.count - first)
                    for lane in 0..<4 { levels[4 * group + lane] = Self.level(mean[lane]) }
                }
            }
        }
        return levels
    }

    /// The level of each band over time: the squared output of each filter goes through three one-pole
    /// low-passes of time constant 2 / (3 min(centre, 1 kHz)) and is read every 0.5 ms.
    ///
    /// - Returns: [frames x 28], dB SPL; frame t is at t times 0.5 ms.
    /// - Throws: `SoundMeasurementError` for samples that are not finite and for an empty signal.
    public func levelsOverTime(
        of samples: [Float], sampleRate: Int
    ) throws(SoundMeasurementError) -> [Double] {
        let signal = try Self.prepared(samples, sampleRate: sampleRate)
        let bands = LoudnessTables.thirdOctaveCount
        let frames = (signal.count + Self.decimation - 1) / Self.decimation
        var levels = [Double](repeating: 0, count: frames * bands)
        let scale = calibration.pascalsPerUnit
        levels.withUnsafeMutableBufferPointer { levels in
            signal.withUnsafeBufferPointer { signal in
                ThreadPool.shared.run(Self.groupCount) { group in
                    var filter = FilterGroup(group, scale: scale)
                    var smoothing = Smoothing(group)
                    for frame in 0..<frames {
                        let start = frame * Self.decimation
                        for i in start..<min(signal.count, start + Self.decimation) {
                            let y = filter.filter(Double(signal[i]))
                            smoothing.push(y * y)
                            if i == start {
                                for lane in 0..<4 {
                                    levels[frame * bands + 4 * group + lane] = smoothing.value[lane]
                                }
                            }
                        }
                        filter.settle()
                        smoothing.settle()
                    }
                }
            }
        }
        levels.withUnsafeMutableBufferPointer { levels in
            ThreadPool.shared.run(levels.count, grain: 1 << 14) { range in
                for i in range { levels[i] = Self.level(levels[i]) }
            }
        }
        return levels
    }

    /// dB SPL of a mean square in pascal squared; the standard adds 10^-12 so that silence has a level.
    private static func level(_ meanSquare: Double) -> Double {
        10 * log10((meanSquare + 1e-12) / (Calibration.referencePressure * Calibration.referencePressure))
    }

    private static func prepared(
        _ samples: [Float], sampleRate: Int
    ) throws(SoundMeasurementError) -> [Float] {
        try SoundMeasurementError.check(count: samples.count, needed: 1, for: "third-octave levels")
        try SoundMeasurementError.check(samples, for: "third-octave levels")
        return Resampler(from: sampleRate, to: ThirdOctaveTable.sampleRate).resample(samples)
    }

    /// Bands are filtered four at a time, one in each lane.
    private static let groupCount = LoudnessTables.thirdOctaveCount / 4
}

/// Four bands' filters, one in each lane.
private struct FilterGroup {
    private typealias Lanes = SIMD4<Double>

    private let gain: Lanes
    private let a11, a12, a21, a22, a31, a32: Lanes
    private var s11 = Lanes()
    private var s12 = Lanes()
    private var s21 = Lanes()
    private var s22 = Lanes()
    private var s31 = Lanes()
    private var s32 = Lanes()

    /// - Parameters:
    ///   - group: bands 4 group ... 4 group + 3.
    ///   - scale: factor on the input.
    init(_ group: Int, scale: Double) {
        func column(_ c: Int) -> Lanes {
            var lanes = Lanes()
            for lane in 0..<4 { lanes[lane] = ThirdOctaveTable.rows[4 * group + lane][c] }
            return lanes
        }
        gain = column(6) * scale
        (a11, a12) = (-2 - column(0), 1 - column(1))
        (a21, a22) = (-2 - column(2), 1 - column(3))
        (a31, a32) = (-2 - column(4), 1 - column(5))
    }

    /// One sample through the three sections, whose numerators are 1 2 1, 1 0 -1 and 1 -2 1.
    @inline(__always)
    mutating func filter(_ sample: Double) -> SIMD4<Double> {
        let x = gain * sample
        let u = x + s11
        s11 = 2 * x - a11 * u + s12
        s12 = x - a12 * u
        let v = u + s21
        s21 = s22 - a21 * v
        s22 = -u - a22 * v
        let y = v + s31
        s31 = s32 - 2 * v - a31 * y
        s32 = v - a32 * y
        return y
    }

    /// Clears memory that has faded away, before it sinks into subnormal numbers, which are slow.
    mutating func settle() {
        let floor = Lanes(repeating: 1e-40)
        let energy = s11 * s11 + s12 * s12 + s21 * s21 + s22 * s22 + s31 * s31 + s32 * s32
        let faded = energy .< floor
        if !any(faded) { return }
        s11.replace(with: 0, where: faded)
        s12.replace(with: 0, where: faded)
        s21.replace(with: 0, where: faded)
        s22.replace(with: 0, where: faded)
        s31.replace(with: 0, where: faded)
        s32.replace(with: 0, where: faded)
    }
}

/// Three equal one-pole low-passes in a row, for four bands.
private struct Smoothing {
    private let keep: SIMD4<Double>
    private let take: SIMD4<Double>
    private var first = SIMD4<Double>()
    private var second = SIMD4<Double>()
    private(set) var value = SIMD4<Double>()

    init(_ group: Int) {
        var keep = SIMD4<Double>()
        for lane in 0..<4 {
            let constant = 2 / (3 * min(ThirdOctaveBank.centres[4 * group + lane], 1000))
            keep[lane] = exp(-1 / (Double(ThirdOctaveTable.sampleRate) * constant))
        }
        self.keep = keep
        take = 1 - keep
    }

    @inline(__always)
    mutating func push(_ x: SIMD4<Double>) {
        first = take * x + keep * first
        second = take * first + keep * second
        value = take * second + keep * value
    }

    /// As in `FilterGroup`.
    mutating func settle() {
        let floor = SIMD4<Double>(repeating: 1e-80)
        let faded = first + second + value .< floor
        if !any(faded) { return }
        first.replace(with: 0, where: faded)
        second.replace(with: 0, where: faded)
        value.replace(with: 0, where: faded)
    }
}
