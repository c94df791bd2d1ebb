import CLastWords
import Foundation

/// What a process that died of its own mistake left beside its run: the text of the check that failed, where there was
/// one, and the signal.
///
/// The file `runs/run12/last-words.txt` is written while the process dies. Readers that find the run crashed show it as
/// the run's error, and it is kept there when the crash is noted; a resumption takes it away.
final class LastWords: Sendable {
    private let place: Int32

    /// Has the file written if this process dies.
    init(of run: Run.ID, in workspace: Workspace) {
        place = last_words_keep_at(Self.url(of: run, in: workspace).path)
    }

    /// The run is over: what the process dies of later is no concern of it.
    deinit { last_words_forget(place) }

    static func url(of run: Run.ID, in workspace: Workspace) -> URL {
        workspace.directory(of: run).appendingPathComponent("last-words.txt")
    }

    /// What was left, on one line; nil where there is nothing.
    static func text(of run: Run.ID, in workspace: Workspace) -> String? {
        guard let handle = FileHandle(forReadingAtPath: url(of: run, in: workspace).path) else { return nil }
        defer { try? handle.close() }
        let data = (try? handle.read(upToCount: limit)) ?? Data()
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
        return lines.isEmpty ? nil : lines.joined(separator: "; ")
    }

    private static let limit = 4_096

    static func remove(of run: Run.ID, in workspace: Workspace) {
        try? FileManager.default.removeItem(at: url(of: run, in: workspace))
    }
}

extension Workspace {
    /// Why a run has crashed, as far as it is known.
    func reasonOfCrash(of run: Run.ID) -> String {
        LastWords.text(of: run, in: self) ?? "its process ended without a word"
    }
}
