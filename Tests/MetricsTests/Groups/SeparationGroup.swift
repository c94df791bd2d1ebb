import Metrics
import StrictJSON

/// BSS Eval on mono stems (version 3, version 4 of the whole and per second), images, and permuted estimates.
func checkSeparation(_ reference: MetricsReference, _ check: MetricsCheck) throws {
    let section = reference.document["separation"]
    for entry in section?["cases"]?.arrayValue ?? [] {
        let id = entry["id"]?.stringValue ?? "?"
        func sounds(_ key: String) throws -> [[[Float]]] {
            try (entry[key]?.arrayValue ?? []).map { try reference.sound($0.stringValue).channels }
        }
        let (references, estimates) = try (sounds("references"), sounds("estimates"))
        for (key, value) in entry.objectValue?.members ?? [] {
            guard key.hasPrefix("bss_eval") else { continue }
            let tolerance = section?["definitions"]?[key]?["tolerance"]?["abs"]?.doubleValue ?? 0
            let scores: SeparationScores
            switch key {
            case "bss_eval_v3":
                scores = try SeparationEvaluation.version3(
                    references: references.map { $0[0] }, estimates: estimates.map { $0[0] },
                    findsOrder: value["permutation"] != nil)
                if let order = value["permutation"]?.arrayValue {
                    let expected = order.compactMap { $0.doubleValue.map { Int($0) } }
                    check.note("\(id) order", scores.permutation == expected, "\(scores.permutation ?? [])")
                }
            case "bss_eval_v4_1s_frames":
                let rate = try reference.sound(entry["references"]?.arrayValue?[0].stringValue).sampleRate
                scores = try SeparationEvaluation.version4(
                    references: references, estimates: estimates, window: rate)
            default:
                scores = try SeparationEvaluation.version4(references: references, estimates: estimates)
            }
            for (source, frames) in scores.frames.enumerated() {
                for (frame, found) in frames.enumerated() {
                    for (name, result) in [
                        ("sdr", Optional(found.sdr)), ("isr", found.isr), ("sir", found.sir),
                        ("sar", found.sar),
                    ] {
                        let row = value[name]?.arrayValue?[source]
                        guard let expected = row?.measure ?? row?.arrayValue?[frame].measure else { continue }
                        let label = "\(id) \(key) \(name) [\(source)][\(frame)]"
                        if expected > 60 {
                            // So much only says that nothing is left.
                            check.note(
                                label, (result?.value ?? 0) >= 60, "\(result?.value ?? 0), at least 60")
                        } else {
                            check.expect(label, result?.value, equals: expected, within: tolerance)
                        }
                    }
                }
            }
        }
    }
    checkSeparationDefects(check)
}

/// Sources that cannot be scored are errors that say why.
private func checkSeparationDefects(_ check: MetricsCheck) {
    let noise = (0..<2000).map { Float(($0 * 7919) % 1009) / 1009 - 0.5 }
    let silence = [Float](repeating: 0, count: 2000)
    func failure(_ references: [[Float]], _ estimates: [[Float]]) -> String {
        do {
            _ = try SeparationEvaluation.version3(references: references, estimates: estimates)
            return "no error"
        } catch {
            return error.description
        }
    }
    let other = Array(noise.reversed())
    for (label, text, expected) in [
        ("silent source", failure([noise, silence], [noise, other]), "reference 1 is silent"),
        ("silent estimate", failure([noise, other], [silence, other]), "estimate 0 is silent"),
        (
            "shapes differ", failure([noise, other], [noise, Array(other.dropLast(10))]),
            "estimate 1 has another shape than the first reference"
        ),
        ("no sources", failure([], []), "there are no sources"),
        ("numbers differ", failure([noise], []), "1 references, but 0 estimates"),
        (
            "not finite", failure([noise], [[.nan] + noise.dropFirst()]),
            "estimate 0 has samples that are not finite"
        ),
    ] {
        check.note(label, text == expected, text)
    }
}
