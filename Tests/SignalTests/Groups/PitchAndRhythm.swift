import Audio
import Foundation

enum PitchGroup {
    static func check(_ check: SignalCheck) throws {
        let entry = check.entry
        let samples = try check.samples()
        let frames = PitchFrames(
            sampleRate: try entry.integer("sr"), frameLength: try entry.integer("frame_length"),
            hopLength: try entry.integer("hop_length"), minimumFrequency: try entry.number("fmin"),
            maximumFrequency: try entry.number("fmax"))
        let yin = YIN(frames, threshold: try entry.number("trough_threshold")).track(samples)
        let pyin = ProbabilisticYIN(
            frames, fallback: try entry.number("no_trough_prob"), resolution: try entry.number("resolution"),
            maximumRate: try entry.number("max_transition_rate"),
            switchProbability: try entry.number("switch_prob")
        ).track(samples)

        check.expectClose(pyin.times, to: try check.expected("times"), "times", absolute: 1e-9)
        agreement(check, pyin.voicedFrequencies, try check.expected("pyin"), "pyin")
        // YIN says something about every frame; frames that both methods of the reference agree on have a pitch.
        let voiced = try check.expected("pyin_voiced")
        let reference = zip(try check.expected("yin"), voiced).map { $1 > 0 ? $0 : 0 }
        agreement(check, zip(yin.frequencies, voiced).map { $1 > 0 ? $0 : 0 }, reference, "yin")
        if entry.outputs.contains("truth") {
            let truth = try check.expected("truth")
            for (track, name) in [(yin.frequencies, "yin"), (pyin.voicedFrequencies, "pyin")] {
                inside(check, track, truth, reach: frames.frameLength / 2 / frames.hopLength + 1, name)
            }
        }
    }

    /// The median deviation is below 10 cents where both have a pitch, which is nearly everywhere.
    private static func agreement(
        _ check: SignalCheck, _ values: [Double], _ reference: [Double], _ name: String
    ) {
        let deviations = zip(values, reference).filter { $0 > 0 && $1 > 0 }.map { abs(1200 * log2($0 / $1)) }
            .sorted()
        check.expect(
            Double(deviations.count), atLeast: 0.9 * Double(reference.count { $0 > 0 }),
            "\(name): frames voiced in both")
        guard !deviations.isEmpty else { return }
        check.expect(deviations[deviations.count / 2], atMost: 10, "\(name): median deviation in cents")
    }

    /// Frames that lie wholly inside a note have its pitch.
    private static func inside(
        _ check: SignalCheck, _ values: [Double], _ truth: [Double], reach: Int, _ name: String
    ) {
        let frames = truth.indices.filter { frame in
            frame >= reach && frame + reach < truth.count
                && truth[frame - reach...frame + reach].allSatisfy { $0 > 0 }
                // A step from one note to the next is steeper than any glide.
                && (frame - reach..<frame + reach).allSatisfy {
                    abs(12 * log2(truth[$0 + 1] / truth[$0])) < 0.5
                }
        }
        let right = frames.count { frame in
            values[frame] > 0
                && abs(1200 * log2(values[frame] / truth[frame])) <= check.entry.tolerance("cents")
        }
        check.expect(!frames.isEmpty, "\(name): no frame lies inside a note")
        check.expect(
            Double(right) / Double(max(1, frames.count)), atLeast: check.entry.tolerance("fraction"),
            "\(name): share of frames at their true pitch")
    }
}

enum OnsetGroup {
    static func check(_ check: SignalCheck) throws {
        let entry = check.entry
        let samples = try check.samples()
        var analysis = RhythmAnalysis(
            OnsetStrength(
                sampleRate: try entry.integer("sr"), fftSize: try entry.integer("n_fft"),
                hopLength: try entry.integer("hop_length")))
        analysis.estimator.usual = try entry.number("start_bpm")
        analysis.estimator.spread = try entry.number("std_bpm")
        analysis.estimator.windowDuration = try entry.number("ac_size_s")
        analysis.tracker.tightness = try entry.number("beat_tightness")
        let rhythm = analysis.analyse(samples)

        try check.expectClose(rhythm.envelope.values, "envelope")
        check.expect(
            measure(
                rhythm.onsets, try check.expected("true_onsets"), window: entry.tolerance("onset_window_s")),
            atLeast: try entry.scalar("onset_f_50ms") - 0.05, "F-measure of onsets")
        let tempo = rhythm.tempo?.beatsPerMinute ?? 0
        let truth = try entry.scalar("true_bpm")
        check.expect(
            abs(tempo / truth - 1), atMost: entry.tolerance("tempo_rel"),
            "relative error of the tempo \(tempo)")
        if entry.outputs.contains("true_beats") {
            let window = entry.tolerance("beat_window_s")
            check.expect(
                measure(rhythm.beats, try check.expected("true_beats"), window: window),
                atLeast: try entry.scalar("beat_f_70ms") - 0.05, "F-measure of beats")
        }
    }

    /// The harmonic mean of precision and recall; moments match one to one within the window, in order.
    private static func measure(_ found: [Double], _ truth: [Double], window: Double) -> Double {
        var (matches, i, j) = (0, 0, 0)
        while i < found.count, j < truth.count {
            if abs(found[i] - truth[j]) <= window {
                matches += 1
                i += 1
                j += 1
            } else if found[i] < truth[j] {
                i += 1
            } else {
                j += 1
            }
        }
        return found.isEmpty || truth.isEmpty ? 0 : 2 * Double(matches) / Double(found.count + truth.count)
    }
}
