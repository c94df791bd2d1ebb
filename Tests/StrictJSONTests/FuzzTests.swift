import StrictJSON
import Testing

/// SplitMix64 (Steele, Lea, Flood 2014): the module under test depends on nothing, and so does its test.
struct Bits {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }
}

@Suite struct FuzzTests {
    private static let seeds = [
        #"{"name": "a\u00e9\ud83c\udfb5b", "epochs": 12, "rate": 48000, "window": "hann", "seed": null}"#,
        #"{"optimizer": {"learning_rate": 1.5e-3, "betas": [0.5, 0.25]}, "stages": [{"depth": 3}, {}]}"#,
        #"{"dataset": {"kind": "paired_folders", "path": "/x", "limit": 5}, "extras": [{"kind": "synthetic"}]}"#,
        "[[[[[[-0.0, 1E+2, 9223372036854775807]]]]], true, false, \"\\n\\\\\"]",
    ].map { Array($0.utf8) }
    private static let tokens = [
        "{", "}", "[", "]", ",", ":", "\"", "\\u", "\\ud800", "1e999", "-", "null", "NaN", "\u{0}", "🎵",
        "{\"epochs\":", "[[[[[[[[", "//",
    ].map { Array($0.utf8) }

    /// 200,000 damaged documents: each is either read, and then survives writing and reading, or refused with
    /// a one-line error; nothing crashes.
    @Test func damagedDocumentsAreReadOrRefused() throws {
        var random = Bits(state: 2026)
        var accepted = 0
        var decoded = 0
        for _ in 0..<200_000 {
            let bytes = Self.mutated(&random)
            let document: JSONValue
            do {
                document = try JSONValue(parsing: bytes)
            } catch {
                if error.description.contains("\n") { Issue.record(error) }
                continue
            }
            accepted += 1
            // The macros of the test library would cost more than the work itself here.
            if try JSONValue(parsing: document.canonicalText) != document { Issue.record("\(document)") }
            do {
                let config = try SampleConfig.decode(document, at: "", onto: nil)
                decoded += 1
                let again = try SampleConfig.decode(config.json, at: "", onto: nil)
                if again.json != config.json { Issue.record("\(document)") }
            } catch {
                if !(error is JSONError) || "\(error)".contains("\n") { Issue.record(error) }
            }
        }
        // The mutations are gentle enough to reach past the parser and rough enough to be refused.
        #expect(accepted > 2_000 && accepted < 190_000, "\(accepted)")
        #expect(decoded > 500 && decoded < accepted, "\(decoded)")
    }

    @Test func damagedOverridesAreAppliedOrRefused() throws {
        var random = Bits(state: 7)
        let letters = Array("abdeps.=01{}[]\"\\tages")
        for _ in 0..<20_000 {
            let argument = String((0..<random.below(24)).map { _ in letters[random.below(letters.count)] })
            guard let override = try? Override(argument) else { continue }
            var document = try JSONDocument(#"{"stages": [{"depth": 1}], "seed": 4}"#)
            do {
                try document.apply(override)
                _ = try document.decode(SampleConfig.self)
            } catch {
                #expect("\(error)".hasPrefix("--set "))
            }
        }
    }

    private static func mutated(_ random: inout Bits) -> [UInt8] {
        var bytes = seeds[random.below(seeds.count)]
        for _ in 0...random.below(3) where !bytes.isEmpty {
            let place = random.below(bytes.count)
            switch random.below(6) {
            case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
            case 1: bytes[place] ^= 1 << UInt8(random.below(8))
            case 2: bytes.remove(at: place)
            case 3: bytes.insert(contentsOf: tokens[random.below(tokens.count)], at: place)
            case 4: bytes.removeSubrange(place..<min(place + random.below(8), bytes.count))
            default:
                let end = min(place + random.below(12), bytes.count)
                bytes.insert(contentsOf: bytes[place..<end], at: random.below(bytes.count + 1))
            }
        }
        return bytes
    }
}
