import Audio
import Synchronization

/// Reads pairs of recordings so that both files lie on one clock.
final class PairReader: Sendable {
    private let sampleRate: Int
    private let aligns: Bool
    private let maximumOffset: Double
    private let store: RecordingStore
    /// Measured alignments by name.
    private let alignments = Mutex<[String: TimeAlignment]>([:])

    init(_ config: PairedFoldersConfig, sampleRate: Int) {
        self.sampleRate = sampleRate
        aligns = config.align
        maximumOffset = config.maximumOffset
        store = RecordingStore(
            sampleRate: sampleRate, cacheMiB: config.recordings.cacheMiB,
            clippingLimit: config.recordings.clippingLimit)
    }

    /// Samples that a pair offers: those of the clean file, or of the shorter one if they are not aligned.
    func count(of pair: RecordingPair) -> Int {
        aligns ? pair.clean.count : min(pair.clean.count, pair.degraded.count)
    }

    /// A stretch of both recordings.
    ///
    /// - Throws: `DataIssue`.
    func read(_ pair: RecordingPair, _ range: Range<Int>) throws -> AlignedPair {
        let clean = try store.read(pair.clean, range, judged: true)
        guard aligns else {
            return AlignedPair(clean: clean, degraded: try store.read(pair.degraded, range, judged: false))
        }
        let degraded = try alignment(of: pair).corrected(
            range, sampleRate: sampleRate, count: pair.degraded.count
        ) { try store.read(pair.degraded, $0, judged: false) }
        return AlignedPair(clean: clean, degraded: degraded)
    }

    /// Offset and drift of the degraded file, measured once.
    ///
    /// - Throws: `DataIssue` if the files have nothing in common.
    func alignment(of pair: RecordingPair) throws -> TimeAlignment {
        if let known = alignments.withLock({ $0[pair.name] }) { return known }
        let estimator = AlignmentEstimator(sampleRate: sampleRate, maximumOffset: maximumOffset)
        let measured = try estimator.estimate(
            reference: .init(count: pair.clean.count) { try self.store.read(pair.clean, $0, judged: false) },
            other: .init(count: pair.degraded.count) { try self.store.read(pair.degraded, $0, judged: false) }
        )
        guard let measured else {
            throw DataIssue(
                path: pair.degraded.path,
                problem:
                    "no offset within \(maximumOffset) s makes it match \(pair.clean.path); expected a recording of "
                    + "the same sound (dataset.maximum_offset widens the search)")
        }
        alignments.withLock { $0[pair.name] = measured }
        return measured
    }
}
