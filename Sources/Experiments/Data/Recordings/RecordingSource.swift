import Audio
import Datasets
import Foundation
import StrictJSON

/// Where recordings come from: a folder of sound files, or a set that `workbench data prepare` made.
enum RecordingSource {
    /// One recording of a source and what a prepared set says it is; nil in a plain folder.
    struct Entry {
        let recording: Recording
        let role: DataRole?
    }

    /// Lists a source.
    ///
    /// - Parameters:
    ///   - roles: which recordings of a prepared set are wanted; those of a plain folder have no role.
    ///   - voices: which voices are wanted; empty for all.
    ///   - voice: what tells the voice in a plain folder, of a name below it.
    ///   - accepts: which files of a plain folder are wanted, by their names below it.
    ///   - use: what the folder is wanted for, for errors.
    /// - Throws: `ExperimentError` if nothing is there, or by the policy of `issues`.
    static func open(
        _ path: String, roles: [DataRole], voices: [String], voice: (String) -> String,
        accepts: (String) -> Bool = { _ in true }, sampleRate: Int, use: String, issues: IssueLog
    ) throws -> [Entry] {
        let folder = URL(fileURLWithPath: path)
        let isPrepared =
            PreparedSet.exists(at: folder) || folder.lastPathComponent == PreparedSet.manifestName
        // Without its manifest nothing tells the splits of a set: its test would be trained with.
        guard isPrepared || !PreparedSet.isUnfinished(at: folder) else {
            throw ExperimentError.data(
                "\(path): a set that `workbench data prepare` has not finished; repeat that command, it goes on where it "
                    + "stopped")
        }
        let recipe = folder.deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: folder.lastPathComponent + ".json")
        // The place where the set of a recipe beside it would be.
        guard
            FileManager.default.fileExists(atPath: folder.path)
                || !FileManager.default.fileExists(atPath: recipe.path)
        else {
            throw ExperimentError.notFound(
                "\(path): not there yet; `workbench data prepare \(recipe.relativePath)` makes it")
        }
        let files =
            isPrepared
            ? try prepared(path, roles: roles)
            : try SoundFile.list(folder, use: use).filter { accepts($0.name) }.map { file in
                Candidate(file: file, voice: voice(file.name))
            }
        let known = Set(files.map(\.voice))
        for voice in voices where !known.contains(voice) {
            throw ExperimentError.config(
                "\(path): no voice is called \(quoted(voice)); "
                    + suggestion(for: voice, among: known.sorted(), what: "voices"))
        }
        var entries: [Entry] = []
        for file in files where voices.isEmpty || voices.contains(file.voice) {
            do throws(DataIssue) {
                let recording = try Recording(
                    file.file, voice: file.voice, dataset: sampleRate, fixedSplit: file.split,
                    sha256: file.sha256)
                entries.append(Entry(recording: recording, role: file.role))
            } catch {
                try issues.report(error)
            }
        }
        return entries
    }

    private struct Candidate {
        let file: SoundFile
        let voice: String
        var role: DataRole?
        var split: DataSplit?
        var sha256: String?
    }

    private static func prepared(_ path: String, roles: [DataRole]) throws -> [Candidate] {
        let set: PreparedSet
        do {
            set = try PreparedSet(path: path)
        } catch let error as DatasetError {
            throw ExperimentError.data("\(error)")
        }
        let held = Set(set.items.map(\.role))
        guard !held.isDisjoint(with: roles) else {
            func list(_ roles: [DataRole]) -> String { roles.map(\.rawValue).joined(separator: ", ") }
            throw ExperimentError.data(
                "\(path): the set holds no \(list(roles)); it holds \(list(DataRole.allCases.filter(held.contains)))"
            )
        }
        return set.items.compactMap { item in
            guard roles.contains(item.role) else { return nil }
            let name = item.path.hasSuffix(".wav") ? String(item.path.dropLast(4)) : item.path
            return Candidate(
                file: SoundFile(name: name, url: set.url(of: item)), voice: item.voice, role: item.role,
                split: item.split, sha256: item.sha256)
        }
    }
}
