import Audio
import Datasets
import Foundation

/// One piece of music as the recordings of its sources.
struct StemSong: Sendable {
    /// Unique in the dataset.
    let name: String
    /// In the order of the dataset's stems.
    let stems: [Recording]
    /// The mixture as a file; nil: the sum of the stems.
    let mixture: Recording?
    /// What belongs together when songs are split: the song, or the folder it lies in.
    let voice: String
    let fixedSplit: DataSplit?

    /// Samples that all of them have.
    let count: Int

    /// How much longer one file of a song may be than another, s.
    private static let lengthTolerance = 0.005

    /// - Throws: `DataIssue` for stems of different lengths.
    init(
        _ name: String, stems: [Recording], mixture: Recording?, voice: String, fixedSplit: DataSplit?,
        sampleRate: Int
    ) throws(DataIssue) {
        (self.name, self.stems, self.mixture) = (name, stems, mixture)
        (self.voice, self.fixedSplit) = (voice, fixedSplit)
        let files = stems + (mixture.map { [$0] } ?? [])
        count = files.map(\.count).min() ?? 0
        guard let longest = files.max(by: { $0.count < $1.count }),
            let shortest = files.min(by: { $0.count < $1.count }),
            Double(longest.count - shortest.count) > Self.lengthTolerance * Double(sampleRate)
        else { return }
        throw DataIssue(
            path: shortest.path,
            problem:
                "\(shortest.count) samples at \(sampleRate) Hz, \(longest.path) has \(longest.count); all stems of "
                + "a song must be equally long and begin together")
    }

    /// Every file with its role.
    func files(_ names: [String]) -> [(role: String, recording: Recording)] {
        zip(names, stems).map { ($0, $1) } + (mixture.map { [("mixture", $0)] } ?? [])
    }
}

/// What a tree of songs holds, before any file is opened.
struct StemListing {
    struct Song {
        let name: String
        /// By the name of the stem.
        var files: [String: SoundFile] = [:]
        var voice: String
        var fixedSplit: DataSplit?
    }

    private(set) var songs: [Song]

    init(songs: [Song]) { self.songs = songs.sorted { $0.name < $1.name } }

    /// A folder for each song, with a file for each stem; or a set of stems that `workbench data prepare` made.
    ///
    /// - Parameter voice: what belongs together, of a song's name.
    /// - Throws: `ExperimentError`.
    init(path: String, voice: (String) -> String) throws {
        let folder = URL(fileURLWithPath: path)
        if PreparedSet.exists(at: folder) {
            try self.init(prepared: path)
            return
        }
        let use = "a folder for each song with a sound file for each stem, as in song/vocals.wav"
        var songs: [String: Song] = [:]
        for file in try SoundFile.list(folder, use: use) {
            guard let slash = file.name.lastIndex(of: "/") else {
                throw ExperimentError.data("\(file.url.relativePath): lies outside any song; expected \(use)")
            }
            let name = String(file.name[..<slash])
            songs[name, default: Song(name: name, voice: voice(name))].files[file.lastName] = file
        }
        self.init(songs: Array(songs.values))
    }

    /// Pieces of equal voice and number belong together.
    private init(prepared path: String) throws {
        let set: PreparedSet
        do {
            set = try PreparedSet(path: path)
        } catch let error as DatasetError {
            throw ExperimentError.data("\(error)")
        }
        let stems = set.items.filter { $0.role == .stem }
        guard !stems.isEmpty else {
            throw ExperimentError.data(
                "\(path): the set holds no stems; expected one like datasets/stems.json")
        }
        var songs: [String: Song] = [:]
        for item in stems {
            let name = "\(item.split.rawValue)/\(item.voice)/\(item.piece)"
            let file = SoundFile(name: "\(name)/\(item.part)", url: set.url(of: item))
            songs[name, default: Song(name: name, voice: item.voice, fixedSplit: item.split)].files[
                item.part] = file
        }
        self.init(songs: Array(songs.values))
    }

    /// The names of stems that every song has, sorted; the mixture is none of them.
    func commonStems(mixture: String) -> [String] {
        guard var names = songs.first.map({ Set($0.files.keys) }) else { return [] }
        for song in songs { names.formIntersection(song.files.keys) }
        return names.subtracting([mixture]).sorted()
    }

    /// Opens the songs.
    ///
    /// - Throws: `ExperimentError` by the policy of `issues`.
    func open(stems: [String], mixture: String, sampleRate: Int, issues: IssueLog) throws -> [StemSong] {
        try songs.compactMap { song in
            do {
                let recordings = try stems.map { name throws(DataIssue) in
                    guard let file = song.files[name] else {
                        let folder = song.files.values.first?.url.deletingLastPathComponent().relativePath
                        throw DataIssue(
                            path: folder ?? song.name,
                            problem: "no \(name).*; expected \(stems.joined(separator: ", "))")
                    }
                    return try Recording(file, voice: song.voice, dataset: sampleRate)
                }
                let given = try song.files[mixture].map { file throws(DataIssue) in
                    try Recording(file, voice: song.voice, dataset: sampleRate)
                }
                return try StemSong(
                    song.name, stems: recordings, mixture: given, voice: song.voice,
                    fixedSplit: song.fixedSplit, sampleRate: sampleRate)
            } catch let issue as DataIssue {
                try issues.report(issue)
                return nil
            }
        }
    }
}
