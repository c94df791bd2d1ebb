import Audio

/// What was measured of one pair of files.
public struct PairMeasurement: Sendable {
    public let name: String
    /// Length of the clean file, s.
    public let seconds: Double
    /// Offset and drift, or why there are none.
    public let result: Result<TimeAlignment, DataIssue>
}

extension PairedFoldersConfig {
    /// Measures how the degraded file of every pair lies against the clean one.
    ///
    /// - Parameters:
    ///   - sampleRate: Hz at which both are compared.
    ///   - progress: called with the number of pairs done and of all.
    ///   - corrected: if given, gets the corrected degraded signal of every pair that could be measured.
    /// - Returns: one entry a pair, in the order of names, and the files that have no partner or cannot be read.
    public func measurePairs(
        sampleRate: Int, progress: (Int, Int) -> Void = { _, _ in },
        corrected: ((_ name: String, _ pair: AlignedPair) throws -> Void)? = nil
    ) throws -> (pairs: [PairMeasurement], issues: [DataIssue]) {
        var config = self
        config.align = true
        config.recordings.policy = .skip
        // Level and clipping do not matter for time.
        config.recordings.clippingLimit = 1
        let log = IssueLog(.skip)
        let reader = PairReader(config, sampleRate: sampleRate)
        let pairs = try RecordingPairs.list(config, sampleRate: sampleRate, issues: log)
        var measured: [PairMeasurement] = []
        for (index, pair) in pairs.enumerated() {
            let result = Result { try reader.alignment(of: pair) }
                .mapError { $0 as? DataIssue ?? DataIssue(path: pair.degraded.path, error: $0) }
            measured.append(
                PairMeasurement(
                    name: pair.name, seconds: Double(pair.clean.count) / Double(sampleRate), result: result))
            if case .success = result, let corrected {
                try corrected(pair.name, try reader.read(pair, 0..<pair.clean.count))
            }
            progress(index + 1, pairs.count)
        }
        return (measured, log.all)
    }
}
