import Audio
import Foundation
import StrictJSON

@testable import Audio

/// Stationary loudness, specific loudness and sharpness.
enum LoudnessGroup {
    static func check(_ check: SignalCheck) throws {
        switch check.entry.id {
        case "zwicker.tables": try checkTables(check)
        case let id where id.hasPrefix("zwicker.levels"): try checkLevels(check)
        default: try checkSound(check)
        }
    }

    private static func checkTables(_ check: SignalCheck) throws {
        let tables: [(String, [Double])] = [
            ("rap", LoudnessTables.lowRangeLimits), ("dll", LoudnessTables.lowWeights.flatMap { $0 }),
            ("ltq", LoudnessTables.thresholds), ("a0", LoudnessTables.attenuations),
            ("ddf", LoudnessTables.diffuseField), ("dcb", LoudnessTables.bandwidthCorrections),
            ("zup", LoudnessTables.upperEnds), ("rns", LoudnessTables.slopeRanges),
            ("usl", LoudnessTables.slopes.flatMap { $0 }),
            ("filter_ref", ThirdOctaveTable.numerators.flatMap { [1, $0.0, $0.1, 1, -2, 1] }),
            ("filter_gain", ThirdOctaveTable.rows.map { $0[6] }),
            (
                "filter_diff",
                ThirdOctaveTable.rows.flatMap { row in
                    (0..<3).flatMap { [0, 0, 0, 0, row[2 * $0], row[2 * $0 + 1]] }
                }
            ),
        ]
        check.expect(Set(tables.map(\.0)) == Set(check.entry.outputs), "tables: \(check.entry.outputs)")
        for (name, values) in tables { try check.expectClose(values, name) }
    }

    private static func checkLevels(_ check: SignalCheck) throws {
        let loudness = StationaryLoudness(
            thirdOctaveLevels: try check.input("levels"), field: try field(check, "field"))
        try check.expectClose(loudness.coreLoudness, "core")
        try check.expectClose(loudness.specificLoudness, "specific")
        for (name, value) in [
            ("loudness_sone", loudness.loudness), ("loudness_level_phon", loudness.loudnessLevel),
            ("sharpness_acum", Sharpness.din45692.value(of: loudness)),
            ("published_loudness_sone", loudness.loudness),
        ] where check.entry.hasScalar(name) {
            check.expectClose(value, to: try check.entry.scalar(name), name)
        }
    }

    private static func checkSound(_ check: SignalCheck) throws {
        let isTone = check.entry.parameter("freq") != nil
        let samples: [Float]
        let calibration: Calibration
        if isTone {
            let rate = try check.entry.number("rate")
            let step = 2 * Double.pi * (try check.entry.number("freq")) / rate
            samples = (0..<Int(try check.entry.number("seconds") * rate)).map {
                Float(sin(step * Double($0)))
            }
            calibration = Calibration(fullScaleSineLevel: try check.entry.number("level_db_spl"))
        } else {
            samples = try check.samples().map(Float.init)
            calibration = Calibration(pascalsPerUnit: try check.entry.number("pascal_per_unit"))
        }
        func measure(_ field: SoundField, skipping skipped: Double) throws -> StationaryLoudness {
            try StationaryLoudness.measure(
                samples, sampleRate: 48000, calibration: calibration, field: field, skipping: skipped)
        }
        let skipped = isTone ? 0.5 : 0.2
        let loudness = try measure(.free, skipping: skipped)
        // The reference's third-octave filters are others than the standard's: what follows from the bands is
        // compared on its own bands, what follows from the standard's filters with the figure it gives for them.
        let bands = ButterworthThirdOctaves.levels(of: samples, calibration: calibration)
        let expected = try check.expected("third")
        // Far below the loudest band both know only what leaks through the skirts of their filters.
        for band in expected.indices where expected[band] > (expected.max() ?? 0) - 50 {
            check.expectClose(bands[band], to: expected[band], "level of third-octave band \(band)")
        }
        let onBands = StationaryLoudness(thirdOctaveLevels: bands)
        try check.expectClose(onBands.specificLoudness, "specific")
        check.expectClose(
            onBands.loudness, to: try check.entry.scalar("loudness_sone"),
            "loudness on the reference's bands",
            absolute: 0.01, relative: 0.01)
        for name in ["loudness_sone", "published_loudness_sone"] where check.entry.hasScalar(name) {
            check.expectClose(loudness.loudness, to: try check.entry.scalar(name), name)
        }
        // The same filters: nothing but rounding may differ.
        check.expectClose(
            loudness.loudness, to: try check.entry.scalar("loudness_standard_filters_sone"),
            "loudness_standard_filters_sone", absolute: 0.001, relative: 0.001)
        if check.entry.hasScalar("loudness_diffuse_sone") {
            check.expectClose(
                try measure(.diffuse, skipping: skipped).loudness,
                to: try check.entry.scalar("loudness_diffuse_sone"), "loudness_diffuse_sone")
        }
        if check.entry.hasScalar("level_db_spl") {
            let power = try WeightedLevel(sampleRate: 48000, weighting: .none).meanSquare(of: samples)
            check.expectClose(
                calibration.level(meanSquare: power), to: try check.entry.scalar("level_db_spl"),
                "level_db_spl", absolute: 0.001, relative: 0)
        }
        for (name, sharpness) in [
            ("sharpness_din", Sharpness.din45692), ("sharpness_aures", .aures),
            ("sharpness_bismarck", .bismarck), ("sharpness_fastl", .fastl),
        ] where check.entry.hasScalar(name) {
            check.expectClose(
                sharpness.value(of: loudness), to: try check.entry.scalar(name), name, absolute: 0.05)
        }
    }

    static func field(_ check: SignalCheck, _ name: String) throws -> SoundField {
        try require(SoundField(rawValue: check.entry.text(name)), "unknown sound field")
    }
}

/// Loudness over time.
enum TimeVaryingLoudnessGroup {
    static func check(_ check: SignalCheck) throws {
        let entry = check.entry
        let calibration = Calibration(
            pascalsPerUnit: entry.parameter("pascal_per_unit")?.doubleValue ?? 1)
        let samples = try samples(check).map(Float.init)
        let loudness = try TimeVaryingLoudness.measure(
            samples, sampleRate: 48000, calibration: calibration,
            field: LoudnessGroup.field(check, "field"), specificStep: 10)
        try expectCurve(loudness.loudness, check)
        for (name, value) in [
            ("n_max_sone", loudness.maximum), ("n5_sone", loudness.exceeded(percent: 5)),
            ("n50_sone", loudness.exceeded(percent: 50)),
            ("n_mean_sone", loudness.loudness.reduce(0, +) / Double(loudness.loudness.count)),
            ("annex_signal_n_max_sone", loudness.maximum),
        ] where entry.hasScalar(name) {
            check.expectClose(value, to: try entry.scalar(name), name)
        }
        if entry.hasScalar("sharpness_median_acum") {
            // The first 0.2 s are left out there.
            let values = loudness.sharpness.dropFirst(100).sorted()
            let median = (values[(values.count - 1) / 2] + values[values.count / 2]) / 2
            check.expectClose(
                median, to: try entry.scalar("sharpness_median_acum"), "median of the sharpness",
                absolute: 0.05)
        }
        let frames = try entry.shape("specific")[1]
        try check.expectClose(
            transposed(loudness.specificLoudness.map(Double.init), rows: frames, columns: 240), "specific")
        let levels = try ThirdOctaveBank(calibration: calibration).levelsOverTime(
            of: samples, sampleRate: 48000)
        let every20 = stride(from: 0, to: levels.count / 28, by: 40).flatMap {
            levels[$0 * 28..<$0 * 28 + 28]
        }
        try check.expectClose(transposed(every20, rows: frames, columns: 28), "third")
    }

    /// ISO 532-1, clause 6.1: 5 % or 0.1 sone, a shift of 2 ms allowed; 1 % of the values may be up to twice as
    /// far off.
    private static func expectCurve(_ values: [Double], _ check: SignalCheck) throws {
        let expected = try check.expected("n")
        guard values.count == expected.count else {
            return check.expect(false, "n: \(values.count) values, expected \(expected.count)")
        }
        func outside(_ factor: Double) -> Int {
            expected.indices.filter { i in
                let near = expected[max(0, i - 1)...min(i + 1, expected.count - 1)]
                let allowed = factor * max(0.05 * expected[i], 0.1)
                return !(values[i] >= (near.min() ?? 0) - allowed && values[i] <= (near.max() ?? 0) + allowed)
            }.count
        }
        check.expect(
            outside(1) * 100 <= expected.count, "n: \(outside(1)) of \(expected.count) values are off")
        check.expect(outside(2) == 0, "n: \(outside(2)) values are far off")
    }

    private static func transposed(_ values: [Double], rows: Int, columns: Int) -> [Double] {
        guard values.count == rows * columns else { return values }
        return (0..<columns).flatMap { column in (0..<rows).map { values[$0 * columns + column] } }
    }

    private static func samples(_ check: SignalCheck) throws -> [Double] {
        let entry = check.entry
        if entry.value["input"]?["kind"]?.stringValue == "file" { return try check.samples() }
        let rate = try entry.number("rate")
        let step = 2 * Double.pi * (try entry.number("freq")) / rate
        func tone(_ n: Int, level: Double) -> Double {
            2e-5 * 2.0.squareRoot() * pow(10, level / 20) * sin(step * Double(n))
        }
        if let levels = entry.parameter("levels_db_spl")?.arrayValue?.compactMap(\.doubleValue) {
            let each = Int((try entry.number("seconds_each") * rate).rounded())
            return (0..<each * levels.count).map { tone($0, level: levels[$0 / each]) }
        }
        let level = try entry.number("level_db_spl")
        let count = Int((try entry.number("seconds") * rate).rounded())
        if entry.parameter("fmod") != nil {
            let (frequency, depth) = (try entry.number("fmod"), try entry.number("depth"))
            return (0..<count).map { n in
                let angle = 2 * Double.pi * frequency * Double(n) / rate - Double.pi / 2
                return tone(n, level: level) * (1 + depth * sin(angle)) / (1 + depth)
            }
        }
        let plateau = try require(
            entry.parameter("plateau_samples")?.arrayValue?.compactMap(\.doubleValue), "no plateau_samples")
        let edge = try entry.number("edge_samples")
        return (0..<count).map { n in
            let distance = max(plateau[0] - Double(n), Double(n) - plateau[1], 0) / edge
            let envelope = exp(-distance * distance)
            return envelope < 1e-4 ? 0 : tone(n, level: level) * envelope
        }
    }
}
