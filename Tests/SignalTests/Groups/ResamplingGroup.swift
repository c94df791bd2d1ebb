import Audio
import Foundation

enum ResamplingGroup {
    static func check(_ check: SignalCheck) throws {
        let id = check.entry.id
        if id.hasPrefix("resample_poly.") {
            try polyphase(check)
        } else if id.hasPrefix("resample_tone.") {
            try tones(check)
        } else {
            try speech(check)
        }
    }

    private static func polyphase(_ check: SignalCheck) throws {
        let (up, down) = (try check.entry.integer("up"), try check.entry.integer("down"))
        try check.expectClose(RationalResampling.taps(up: up, down: down), "taps")
        try check.expectClose(RationalResampling.resample(try check.samples(), up: up, down: down), "out")
    }

    private static func speech(_ check: SignalCheck) throws {
        let entry = check.entry
        let (from, to) = (try entry.integer("from_rate"), try entry.integer("to_rate"))
        let samples = try check.samples()
        let expected = try check.expected("soxr_vhq")
        let result = Resampler(from: from, to: to).resample(samples.map { Float($0) }).map(Double.init)
        check.expect(
            abs(result.count - expected.count) <= 1, "\(result.count) samples, expected \(expected.count)")

        let lowPass = RecursiveFilter.butterworth(
            order: 12, .lowPass(try entry.scalar("passband_hz")), sampleRate: Double(to))
        let count = min(result.count, expected.count)
        let kept = count / 20..<count - count / 20
        let ours = lowPass.filterBothWays(Array(result[..<count]))[kept]
        let theirs = lowPass.filterBothWays(Array(expected[..<count]))[kept]
        // The reference asks for 40 dB of a short filter and 60 dB of a long one such as ours.
        check.expect(
            ratioInDecibels(of: ours, to: theirs), atLeast: max(60, entry.tolerance("passband_snr_db")),
            "pass-band ratio in dB")
        if entry.outputs.contains("poly") {
            let short = RationalResampling.resample(
                samples, up: try entry.integer("up"), down: try entry.integer("down"))
            try check.expectClose(short, "poly", absolute: 1e-6, relative: 0)
        }
    }

    private static func tones(_ check: SignalCheck) throws {
        let entry = check.entry
        let (from, to) = (try entry.integer("from_rate"), try entry.integer("to_rate"))
        let seconds = try entry.number("seconds")
        let components = try require(
            entry.parameter("components")?.arrayValue?.map { $0.arrayValue?.compactMap(\.doubleValue) ?? [] },
            "no components")
        func signal(_ rate: Int) -> [Double] {
            (0..<Int(seconds * Double(rate))).map { (n: Int) -> Double in
                let time = Double(n) / Double(rate)
                var sum = 0.0
                for part in components { sum += part[1] * sin(2 * Double.pi * part[0] * time + part[2]) }
                return sum
            }
        }
        let resampler = Resampler(from: from, to: to)
        let expected = signal(to)
        let result = resampler.resample(signal(from).map { Float($0) }).map(Double.init)
        let inner = expected.count / 10..<expected.count * 9 / 10
        // Ours reaches 95 dB in single precision; the reference asks for less.
        check.expect(
            ratioInDecibels(of: result[inner], to: expected[inner]),
            atLeast: max(95, entry.tolerance("snr_db")), "ratio in dB")

        guard entry.hasScalar("alias_tone_hz") else { return }
        let frequency = try entry.scalar("alias_tone_hz")
        let tone = (0..<Int(seconds * Double(from))).map { (n: Int) -> Float in
            Float(sin(2 * Double.pi * frequency * Double(n) / Double(from)))
        }
        let leak = resampler.resample(tone).map(Double.init)[inner]
        let power = leak.reduce(0) { $0 + $1 * $1 } / Double(leak.count)
        check.expect(
            10 * log10(2 * power), atMost: min(-100, entry.tolerance("alias_db")), "level of the alias in dB")
    }
}

/// 10 log10(|reference|^2 / |values - reference|^2).
func ratioInDecibels(of values: ArraySlice<Double>, to reference: ArraySlice<Double>) -> Double {
    let signal = reference.reduce(0) { $0 + $1 * $1 }
    let error = zip(values, reference).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    return 10 * log10(signal / error)
}
