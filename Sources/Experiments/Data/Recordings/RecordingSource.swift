import Datasets
import Foundation
import StrictJSON

/// What the recordings of a prepared set are, as far as datasets ask for it.
public enum RecordingRole: String, ConfigValue, CaseIterable, Sendable {
    case speech, music, stem, noise, keys, babble
}

/// Where recordings come from: a folder of sound files, or a set that `workbench data prepare` made.
enum RecordingSource {
    /// One recording of a source and what a prepared set says it is; nil in a plain folder.
    struct Entry {
        let recording: Recording
        let role: RecordingRole?
    }

    /// Lists a source.
    ///
    /// - Parameters:
    ///   - roles: which recordings of a prepared set are wanted; those of a plain folder have no role.
    ///   - voices: which voices are wanted; empty for all.
    ///   - voiceRule: what tells the voice in a plain folder.
    ///   - use: what the folder is wanted for, for errors.
    /// - Throws: `ExperimentError` if nothing is there, or by the policy of `issues`.
    static func open(
        _ path: String, roles: [RecordingRole], voices: [String], voiceRule: VoiceRule, sampleRate: Int,
        use: String, issues: IssueLog
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
        let files =
            isPrepared
            ? try prepared(path, roles: roles)
            : try SoundFile.list(folder, use: use).map { file in
                Candidate(file: file, voice: voiceRule.voice(of: file.name))
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
        var role: RecordingRole?
        var split: DataPart?
        var sha256: String?
    }

    private static func prepared(_ path: String, roles: [RecordingRole]) throws -> [Candidate] {
        let set: PreparedSet
        do {
            set = try PreparedSet(path: path)
        } catch let error as DatasetError {
            throw ExperimentError.data("\(error)")
        }
        return set.items.compactMap { item in
            guard let role = RecordingRole(rawValue: item.role.rawValue), roles.contains(role) else {
                return nil
            }
            let name = item.path.hasSuffix(".wav") ? String(item.path.dropLast(4)) : item.path
            return Candidate(
                file: SoundFile(name: name, url: set.url(of: item)), voice: item.voice, role: role,
                split: DataPart(rawValue: item.split.rawValue), sha256: item.sha256)
        }
    }
}
