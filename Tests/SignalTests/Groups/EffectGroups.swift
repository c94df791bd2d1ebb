import Audio
import Foundation

enum StretchGroup {
    static func check(_ check: SignalCheck) throws {
        let rate = try check.entry.number("rate")
        if check.entry.id.hasPrefix("pv.") {
            try vocoder(check, rate: rate)
        } else {
            try sound(check, rate: rate)
        }
    }

    private static func vocoder(_ check: SignalCheck, rate: Double) throws {
        let transform = try ShortTimeFourierTransform(check.entry)
        let result = PhaseVocoder(coherence: .none, transientThreshold: nil)
            .stretch(transform.analyse(try check.samples()), rate: rate)
        let expected = try check.expected("spectrum")
        let magnitudes = stride(from: 0, to: expected.count, by: 2).map { (i: Int) -> Double in
            let (real, imaginary) = (expected[i], expected[i + 1])
            return (real * real + imaginary * imaginary).squareRoot()
        }
        let largest = magnitudes.max() ?? 0
        check.expectClose(
            transposed(result.magnitude, rows: result.frameCount), to: magnitudes, "magnitudes",
            absolute: 1e-6 * largest, relative: check.entry.tolerance("magnitude_rel"))
        try check.expectClose(
            result, "spectrum", absolute: check.entry.tolerance("complex_rel_to_max") * largest, relative: 0)
    }

    private static func sound(_ check: SignalCheck, rate: Double) throws {
        let entry = check.entry
        let samples = try check.samples()
        let sampleRate = try check.sampleRate()
        for vocoder in [PhaseVocoder(), PhaseVocoder(coherence: .none, transientThreshold: nil)] {
            let label = vocoder.coherence == .peaks ? "locked" : "classic"
            let result = TimeStretch(
                fftSize: try entry.integer("n_fft"), hopLength: try entry.integer("hop_length"),
                vocoder: vocoder
            ).stretch(samples, rate: rate)
            let length = Int((Double(samples.count) / rate).rounded())
            check.expect(abs(result.count - length) <= 1, "\(label): \(result.count) samples, not \(length)")
            try check.expectLevel(of: result, from: samples, label)
            check.expect(
                SoundMeasures.spectralDistance(samples, result, sampleRate: sampleRate),
                atMost: try entry.scalar("ltas_distance_db") + 1, "\(label): distance of mean spectra in dB")
            try check.expectPitch(of: result, from: samples, sampleRate: sampleRate, label)
        }
    }
}

extension SignalCheck {
    /// The level may change as the reference says: from 0.95 times its ratio to 1.15.
    func expectLevel(of result: [Double], from samples: [Double], _ label: String) throws {
        let ratio = SoundMeasures.rootMeanSquare(result) / SoundMeasures.rootMeanSquare(samples)
        expect(ratio, atLeast: 0.95 * (try entry.scalar("rms_ratio")), "\(label): ratio of levels")
        expect(ratio, atMost: 1.15, "\(label): ratio of levels")
    }

    /// A stretched sound's dominant or median fundamental frequency is the original's.
    fileprivate func expectPitch(
        of result: [Double], from samples: [Double], sampleRate: Int, _ label: String
    ) throws {
        if entry.hasScalar("dominant_in_hz") {
            let ratio =
                SoundMeasures.dominantFrequency(result, sampleRate: sampleRate)
                / SoundMeasures.dominantFrequency(samples, sampleRate: sampleRate)
            expect(
                abs(SoundMeasures.cents(ratio)), atMost: entry.tolerance("dominant_cents"),
                "\(label): cents off the tone")
        } else {
            let pitch = SoundMeasures.median(
                SoundMeasures.fundamentals(result, sampleRate: sampleRate).filter { $0 > 0 })
            let original = SoundMeasures.median(
                SoundMeasures.fundamentals(samples, sampleRate: sampleRate).filter { $0 > 0 })
            expect(
                abs(SoundMeasures.cents(pitch / original)), atMost: entry.tolerance("f0_cents"),
                "\(label): cents off the median pitch")
        }
    }
}

enum ShiftGroup {
    static func check(_ check: SignalCheck) throws {
        let entry = check.entry
        let samples = try check.samples()
        let sampleRate = try check.sampleRate()
        let expected = try entry.scalar("expected_ratio")
        let stretch = TimeStretch(
            fftSize: try entry.integer("n_fft"), hopLength: try entry.integer("hop_length"))
        let isTone = entry.hasScalar("dominant_in_hz")
        // The envelope of a single tone is the tone: there is no formant to preserve.
        for preservesFormants in isTone ? [false] : [false, true] {
            let label = preservesFormants ? "formants preserved" : "plain"
            let result = PitchShift(
                sampleRate: sampleRate, preservesFormants: preservesFormants, stretch: stretch
            ).shift(samples, semitones: try entry.number("n_steps"))
            check.expect(result.count == samples.count, "\(label): \(result.count) samples")
            if !preservesFormants { try check.expectLevel(of: result, from: samples, label) }
            let measured: Double
            if isTone {
                measured =
                    SoundMeasures.dominantFrequency(result, sampleRate: sampleRate)
                    / SoundMeasures.dominantFrequency(samples, sampleRate: sampleRate)
            } else {
                let before = SoundMeasures.fundamentals(samples, sampleRate: sampleRate)
                let after = SoundMeasures.fundamentals(result, sampleRate: sampleRate)
                measured = SoundMeasures.median(
                    zip(before, after).filter { $0.0 > 0 && $0.1 > 0 }.map { $0.1 / $0.0 })
            }
            check.expect(
                abs(SoundMeasures.cents(measured / expected)),
                atMost: entry.tolerance(isTone ? "dominant_cents" : "f0_ratio_cents"), "\(label): cents off")
        }
    }
}
