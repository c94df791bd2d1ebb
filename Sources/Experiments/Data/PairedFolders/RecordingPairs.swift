import Audio
import Foundation

/// A clean file and the degraded file that belongs to it.
struct RecordingPair: Sendable {
    /// Unique in the dataset; a clean file may be in several pairs.
    let name: String
    let clean: Recording
    let degraded: Recording
    /// What tables group by; nil: what the name says.
    var category: String?
    /// The part that a published split gives it.
    var fixedSplit: DataSplit?

    /// Opens both files' headers.
    ///
    /// - Parameter aligned: whether the files may differ in length, because they are aligned when read.
    /// - Throws: `DataIssue` for files that cannot be read or do not fit each other.
    init(
        _ name: String, clean: SoundFile, degraded: SoundFile, voice: String, sampleRate: Int, aligned: Bool
    ) throws {
        self.name = name
        self.clean = try Recording(clean, voice: voice, dataset: sampleRate)
        self.degraded = try Recording(degraded, voice: voice, dataset: sampleRate)
        let difference = abs(self.clean.count - self.degraded.count)
        if aligned || Double(difference) <= Self.lengthTolerance * Double(sampleRate) { return }
        throw DataIssue(
            path: self.degraded.path,
            problem:
                "\(self.degraded.count) samples at \(sampleRate) Hz, its clean partner has \(self.clean.count); a "
                + "pair must be equally long and aligned (dataset.align true measures and corrects the offset)"
        )
    }

    /// How much longer one file of a pair may be than the other, s: coders and resamplers round lengths.
    private static let lengthTolerance = 0.005
}

/// Two folders with files of equal names.
enum RecordingPairs {
    /// The files of both folders by name.
    ///
    /// - Returns: the pairs in the order of their names; names without a partner go to `issues`.
    /// - Throws: `ExperimentError` if a folder is missing or empty, or by the policy of `issues`.
    static func list(_ config: PairedFoldersConfig, sampleRate: Int, issues: IssueLog) throws
        -> [RecordingPair]
    {
        guard !config.path.isEmpty else {
            throw ExperimentError.config(
                "dataset.path: no folder given; add --set dataset.path=DIR, a folder that holds "
                    + "\(config.clean)/ and \(config.degraded)/")
        }
        let root = URL(fileURLWithPath: config.path)
        let use = "two folders with sound files of equal names for paired_folders"
        let cleanFolder = root.appending(path: config.clean)
        let degradedFolder = root.appending(path: config.degraded)
        let clean = try SoundFile.list(cleanFolder, use: use)
        let degraded = try SoundFile.list(degradedFolder, use: use)
        let partners = Dictionary(degraded.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let cleanNames = Set(clean.map(\.name))
        for file in degraded where !cleanNames.contains(file.name) {
            try issues.report(
                DataIssue(
                    path: file.url.relativePath,
                    problem: "no file \(file.name).* in \(cleanFolder.relativePath)"))
        }
        var pairs: [RecordingPair] = []
        for file in clean {
            guard let partner = partners[file.name] else {
                try issues.report(
                    DataIssue(
                        path: file.url.relativePath,
                        problem: "no file \(file.name).* in \(degradedFolder.relativePath)"))
                continue
            }
            do {
                pairs.append(
                    try RecordingPair(
                        file.name, clean: file, degraded: partner,
                        voice: config.recordings.voiceFrom.voice(of: file.name), sampleRate: sampleRate,
                        aligned: config.align))
            } catch let issue as DataIssue {
                try issues.report(issue)
            }
        }
        return pairs
    }
}
