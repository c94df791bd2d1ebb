import Audio

enum FilterGroup {
    static func check(_ check: SignalCheck) throws {
        let entry = check.entry
        let edges =
            try entry.parameter("cutoff")?.arrayValue?.compactMap(\.doubleValue) ?? [entry.number("cutoff")]
        let band: RecursiveFilter.Band
        switch try entry.text("type") {
        case "lowpass": band = .lowPass(edges[0])
        case "highpass": band = .highPass(edges[0])
        case "bandpass": band = .bandPass(edges[0], edges[1])
        case let other: throw Unsupported("a filter of the type \(other)")
        }
        let filter = RecursiveFilter.butterworth(
            order: try entry.integer("order"), band, sampleRate: try entry.number("rate"))
        let samples = try check.samples()
        try check.expectClose(filter.filter(samples), "out")
        try check.expectClose(filter.filterBothWays(samples), "zero_phase")

        // Sections may be ordered and scaled otherwise: what they do together has to agree.
        let sections = try check.expected("sos")
        let theirs = RecursiveFilter(
            stride(from: 0, to: sections.count, by: 6).map { i in
                SecondOrderSection(
                    b0: sections[i], b1: sections[i + 1], b2: sections[i + 2], a1: sections[i + 4],
                    a2: sections[i + 5])
            })
        var impulse = [Double](repeating: 0, count: 400)
        impulse[0] = 1
        check.expectClose(filter.filter(impulse), to: theirs.filter(impulse), "impulse response")
    }
}
