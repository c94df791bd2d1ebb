import Audio
import Foundation

/// A clean file and the degraded file of the same name.
struct RecordingPair: Sendable {
    let clean: Recording
    let degraded: Recording

    var name: String { clean.name }
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
                let voice = config.recordings.voiceFrom.voice(of: file.name)
                let pair = RecordingPair(
                    clean: try Recording(file, voice: voice, dataset: sampleRate),
                    degraded: try Recording(partner, voice: voice, dataset: sampleRate))
                try checkLengths(pair, sampleRate, aligned: config.align)
                pairs.append(pair)
            } catch let issue as DataIssue {
                try issues.report(issue)
            }
        }
        return pairs
    }

    /// How much longer one file of a pair may be than the other, s: coders and resamplers round lengths.
    private static let lengthTolerance = 0.005

    private static func checkLengths(_ pair: RecordingPair, _ sampleRate: Int, aligned: Bool) throws {
        let difference = abs(pair.clean.count - pair.degraded.count)
        if aligned || Double(difference) <= lengthTolerance * Double(sampleRate) { return }
        throw DataIssue(
            path: pair.degraded.path,
            problem:
                "\(pair.degraded.count) samples at \(sampleRate) Hz, its clean partner has \(pair.clean.count); a "
                + "pair must be equally long and aligned (dataset.align true measures and corrects the offset)"
        )
    }
}
