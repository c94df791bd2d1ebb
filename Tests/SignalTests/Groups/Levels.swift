import Audio
import Foundation

/// A and C weighting.
enum WeightingGroup {
    static func check(_ check: SignalCheck) throws {
        let weighting: FrequencyWeighting = check.entry.id == "weighting.c" ? .c : .a
        guard check.entry.outputs.contains("db") else {
            let samples = try check.samples().map(Float.init)
            let rate = try check.sampleRate()
            for (weighting, name) in [(FrequencyWeighting.a, "dbfs_a"), (.none, "dbfs_unweighted")] {
                let level = try WeightedLevel(sampleRate: rate, weighting: weighting).level(of: samples)
                check.expectClose(level, to: try check.entry.scalar(name), name)
            }
            return
        }
        let gains = try check.samples().map(weighting.decibels)
        try check.expectClose(gains, "db")
        if check.entry.outputs.contains("nominal") {
            // The nominal table is rounded, and so are its frequencies.
            try check.expectClose(gains, "nominal", absolute: 0.3)
        }
    }
}

/// K-weighting, integrated loudness and true peaks of the same sounds.
enum ProgrammeLoudnessGroup {
    static func check(_ check: SignalCheck) throws {
        if check.entry.outputs.contains("sos") { return try checkFilters(check) }
        let sound = try waveform(check)
        let loudness = try ProgrammeLoudness.measure(sound)
        check.expectClose(
            loudness.integrated ?? .nan, to: try check.entry.scalar("pyloudnorm_deman_lufs"),
            "integrated loudness")
        if check.entry.hasScalar("true_peak_16x_dbtp") {
            check.expectClose(
                try TruePeak.measure(sound).decibels, to: try check.entry.scalar("true_peak_16x_dbtp"),
                "true peak", absolute: check.entry.tolerance("true_peak_db"))
        }
    }

    private static func checkFilters(_ check: SignalCheck) throws {
        let filter = KWeighting(sampleRate: try check.entry.integer("rate"))
        try check.expectClose(
            [filter.shelf, filter.highPass].flatMap { [$0.b0, $0.b1, $0.b2, 1, $0.a1, $0.a2] }, "sos")
        try check.expectClose(try check.samples().map(filter.decibels), "response_db")
    }

    private static func waveform(_ check: SignalCheck) throws -> Waveform {
        let input = try require(check.entry.value["input"], "no input")
        if input["kind"]?.stringValue == "file" {
            let sound = try check.reference.sound(require(input["file"]?.stringValue, "input without file"))
            let frames = try require(input["frames"]?.intValue, "input without frames")
            return Waveform(
                sampleRate: sound.sampleRate, channels: sound.channels.map { Array($0.prefix(frames)) })
        }
        let rate = try check.entry.integer("fs")
        let step = 2 * Double.pi * (try check.entry.number("freq")) / Double(rate)
        let amplitude = pow(10, try check.entry.number("amp_db") / 20)
        let tone = (0..<Int(try check.entry.number("dur") * Double(rate))).map {
            Float(amplitude * sin(step * Double($0)))
        }
        return Waveform(
            sampleRate: rate, channels: Array(repeating: tone, count: try check.entry.integer("ch")))
    }
}

/// True peaks of sines whose peaks lie between the samples.
enum TruePeakGroup {
    static func check(_ check: SignalCheck) throws {
        let entry = check.entry
        let rate = try entry.integer("fs")
        let (frequency, phase, amplitude) = (
            try entry.number("freq"), try entry.number("phase"), try entry.number("amp")
        )
        let count = Int((try entry.number("seconds") * Double(rate)).rounded())
        let fade = try entry.number("fade_s") * Double(rate)
        let samples = (0..<count).map { n in
            let edge = min(Double(min(n, count - 1 - n)), fade)
            let envelope = 0.5 - 0.5 * cos(Double.pi * edge / fade)
            let angle = 2 * Double.pi * frequency * Double(n) / Double(rate) + phase
            return Float(amplitude * envelope * sin(angle))
        }
        let exact = try entry.scalar("true_peak_exact_dbtp")
        let limits = try require(
            entry.value["tolerance"]?["db"]?.arrayValue?.compactMap(\.doubleValue), "no tolerance db")
        let error = try TruePeak.measure(Waveform(sampleRate: rate, mono: samples)).decibels - exact
        check.expect(error, atLeast: limits[0], "error of the true peak in dB")
        check.expect(error, atMost: limits[1], "error of the true peak in dB")
    }
}
