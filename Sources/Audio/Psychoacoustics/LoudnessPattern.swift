import Foundation
import Tensor

/// Where the sound comes from.
public enum SoundField: String, Sendable, CaseIterable, Codable {
    /// From the front, without reflections.
    case free
    /// From everywhere.
    case diffuse
}

/// The steps from third-octave levels to loudness that the stationary and the time-varying method share.
///
/// Source: ISO 532-1:2017, clauses 5.3 to 5.8 and annex A.
enum LoudnessPattern {
    /// The core loudness of the 20 critical bands and a closing zero.
    ///
    ///     N'c = 0.0635 10^(0.025 LTQ) ((0.75 + 0.25 10^((LE - LTQ) / 10))^0.25 - 1)
    ///
    /// where LE is the band's level behind the ear's attenuation, corrected for the band's width, and LTQ its
    /// threshold in quiet; zero below the threshold.
    ///
    /// - Parameters:
    ///   - levels: 28 third-octave levels, dB SPL.
    ///   - core: room for 21 values, sone/Bark.
    static func core(
        levels: UnsafePointer<Double>, field: SoundField, into core: UnsafeMutablePointer<Double>
    ) {
        for band in 0..<LoudnessTables.coreCount {
            var level =
                band < LoudnessTables.lowGroups.count
                ? lowLevel(LoudnessTables.lowGroups[band], levels: levels) : levels[band + 8]
            level -= LoudnessTables.attenuations[band]
            if field == .diffuse { level += LoudnessTables.diffuseField[band] }
            let threshold = LoudnessTables.thresholds[band]
            guard level > threshold else {
                core[band] = 0
                continue
            }
            level -= LoudnessTables.bandwidthCorrections[band]
            let excess = 0.75 + 0.25 * pow(10, 0.1 * (level - threshold))
            let scale = 0.0635 * pow(10, 0.025 * threshold)
            core[band] = max(0, scale * (excess.squareRoot().squareRoot() - 1))
        }
        // The lowest critical band is wider than the others; quiet sounds in it count less.
        core[0] *= min(1, 0.4 + 0.32 * pow(core[0], 0.2))
        core[LoudnessTables.coreCount] = 0
    }

    /// The level of a group of low third-octave bands, each weighted as its level asks.
    private static func lowLevel(_ group: Range<Int>, levels: UnsafePointer<Double>) -> Double {
        var power = 0.0
        let limits = LoudnessTables.lowRangeLimits
        for band in group {
            var range = 0
            while range < limits.count - 1
                && levels[band] > limits[range] - LoudnessTables.lowWeights[range][band]
            {
                range += 1
            }
            power += pow(10, 0.1 * (levels[band] + LoudnessTables.lowWeights[range][band]))
        }
        return 10 * log10(power)
    }

    /// Specific loudness over the critical-band rate, and its integral.
    ///
    /// Within a band specific loudness is at least the band's core loudness; above a louder band it falls on a
    /// slope that depends on specific loudness itself, until the next core loudness is reached.
    ///
    /// - Parameters:
    ///   - core: 21 values.
    ///   - specific: room for 240 values at 0.1 ... 24.0 Bark, sone/Bark; nil if only the sum matters.
    /// - Returns: total loudness, sone.
    static func integrate(
        core: UnsafePointer<Double>, specific: UnsafeMutablePointer<Double>?
    ) -> Double {
        let ranges = LoudnessTables.slopeRanges
        let lastRange = ranges.count - 1
        var total = 0.0
        // The end of the pattern so far: its place in Bark, its height, and the range the height lies in.
        var place = 0.0
        var height = 0.0
        var range = lastRange
        var step = 0
        for band in 0...LoudnessTables.coreCount {
            // The small excess keeps steps that end on the edge within the band (annex A).
            let edge = LoudnessTables.upperEnds[band] + 1e-4
            let column = min(max(band - 1, 0), LoudnessTables.slopes[0].count - 1)
            while place < edge {
                let next: Double
                let nextHeight: Double
                let slope: Double
                if height <= core[band] {
                    if height < core[band] {
                        range = 0
                        while range < lastRange && ranges[range] > core[band] { range += 1 }
                    }
                    (next, nextHeight, slope) = (edge, core[band], 0)
                    height = nextHeight
                    total += nextHeight * (next - place)
                } else {
                    slope = LoudnessTables.slopes[range][column]
                    let target = max(ranges[range], core[band])
                    let width = (height - target) / slope
                    if place + width > edge {
                        next = edge
                        nextHeight = height - (edge - place) * slope
                    } else {
                        next = place + width
                        nextHeight = target
                    }
                    total += (next - place) * (height + nextHeight) / 2
                }
                if let specific {
                    while step < LoudnessTables.stepCount, 0.1 * Double(step + 1) <= next {
                        specific[step] = height - (0.1 * Double(step + 1) - place) * slope
                        step += 1
                    }
                }
                while range < lastRange && nextHeight <= ranges[range] { range += 1 }
                (place, height) = (next, nextHeight)
            }
        }
        if let specific {
            for i in step..<LoudnessTables.stepCount { specific[i] = 0 }
        }
        return max(0, total)
    }

    /// Loudness level: 40 + 10 log2 N phon from 1 sone on, 40 (N + 0.0005)^0.35 below, at least 3 phon.
    static func level(ofLoudness loudness: Double) -> Double {
        loudness >= 1 ? 40 + 10 * log2(loudness) : max(3, 40 * pow(loudness + 0.0005, 0.35))
    }
}
