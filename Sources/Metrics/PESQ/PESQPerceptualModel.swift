import Foundation

/// The perceptual model of PESQ: what a listener would notice between two signals whose delays are known.
///
/// Source: ITU-T P.862 (02/2001), clause 10.2.
struct PESQPerceptualModel {
    /// Disturbances of one frame.
    struct Disturbance {
        var symmetric: Double
        var asymmetric: Double
    }

    private let bands: PESQBands
    private let exponents: [Double]
    /// Loudness of a band at threshold over ((0.5 + 0.5 P / P0)^e - 1).
    private let loudnessScales: [Double]
    private let totalWidth: Double
    /// Cells below this multiple of the threshold of hearing do not count as audible.
    private static let clearlyAudible = 100.0

    init(bands: PESQBands) {
        self.bands = bands
        // Zwicker's exponent, larger at low frequencies.
        exponents = bands.centres.map { bark in
            bark < 4 ? 0.23 * pow(min(6 / (bark + 2), 2), 0.15) : 0.23
        }
        loudnessScales = zip(bands.thresholds, exponents).map {
            PESQBands.loudnessScale * pow($0 / 0.5, $1)
        }
        totalWidth = bands.widths.dropFirst().reduce(0, +)
    }

    /// The power of the bands above `factor` times the threshold, without the lowest band.
    func audiblePower(_ densities: UnsafePointer<Double>, above factor: Double) -> Double {
        var sum = 0.0
        for band in 1..<bands.count where densities[band] > factor * bands.thresholds[band] {
            sum += densities[band]
        }
        return sum
    }

    /// Whether a frame of the reference is speech and not a pause.
    func isSpeech(_ densities: UnsafePointer<Double>) -> Bool {
        audiblePower(densities, above: Self.clearlyAudible) >= 1e7
    }

    /// Per band what the reference is multiplied with to have most of the estimate's long-term spectrum.
    ///
    /// - Parameters:
    ///   - reference: [frame][band].
    ///   - estimate: [frame][band].
    ///   - frames: the frames that are speech, of `frameCount` frames in all.
    func spectrumCompensation(
        reference: [Double], estimate: [Double], speech frames: [Int], frameCount: Int
    ) -> [Double] {
        (0..<bands.count).map { band in
            var sums = (reference: 0.0, estimate: 0.0)
            let least = Self.clearlyAudible * bands.thresholds[band]
            for frame in frames {
                let x = reference[frame * bands.count + band]
                let y = estimate[frame * bands.count + band]
                if x > least { sums.reference += x }
                if y > least { sums.estimate += y }
            }
            let count = Double(frameCount)
            return min(max((sums.estimate / count + 1000) / (sums.reference / count + 1000), 0.01), 100)
        }
    }

    /// How much the estimate of one frame is louder or softer than the reference, to follow slow changes of
    /// gain: the smoothed factor for the estimate.
    func gain(
        reference: UnsafePointer<Double>, estimate: UnsafePointer<Double>, previous: inout Double?
    ) -> Double {
        let ratio = (audiblePower(reference, above: 1) + 5e3) / (audiblePower(estimate, above: 1) + 5e3)
        let smoothed = previous.map { 0.2 * $0 + 0.8 * ratio } ?? ratio
        previous = smoothed
        return min(max(smoothed, 3e-4), 5)
    }

    /// The disturbances between two compensated frames.
    func disturbance(
        reference: UnsafePointer<Double>, estimate: UnsafePointer<Double>
    ) -> Disturbance {
        var squares = 0.0
        var asymmetric = 0.0
        for band in 1..<bands.count {
            let x = loudness(reference[band], band)
            let y = loudness(estimate[band], band)
            let difference = y - x
            // Small differences are masked.
            let heard = abs(difference) - 0.25 * min(x, y)
            guard heard > 0 else { continue }
            let weighted = heard * bands.widths[band]
            squares += weighted * weighted
            // What was added is more annoying than what was left out.
            let ratio = (estimate[band] + 50) / (reference[band] + 50)
            if ratio <= Self.leastAddition { continue }
            asymmetric += min(pow(ratio, 1.2), 12) * weighted
        }
        return Disturbance(symmetric: (squares * totalWidth).squareRoot(), asymmetric: asymmetric)
    }

    /// What the disturbances of a frame are divided by: a power of its level.
    func levelWeight(_ reference: UnsafePointer<Double>) -> Double {
        pow((audiblePower(reference, above: 1) + 1e5) / 1e7, 0.04)
    }

    /// The ratio from which additions count: its power 1.2 is 3.
    private static let leastAddition = pow(3, 1 / 1.2)

    @inline(__always)
    private func loudness(_ power: Double, _ band: Int) -> Double {
        let threshold = bands.thresholds[band]
        if power <= threshold { return 0 }
        return loudnessScales[band] * (pow(0.5 + 0.5 * power / threshold, exponents[band]) - 1)
    }
}
