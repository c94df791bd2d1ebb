import Foundation
import Hashing
import StrictJSON

/// What came of one file of a package.
struct SourceOutcome: Configurable {
    var source = ""
    var original = ""
    var items: [PreparedItem] = []
    /// Why nothing came of it; empty otherwise.
    var skipped = ""

    init() {}

    static let fields: [Field<Self>] = [
        Field("source", \.source, required: true, "package"),
        Field("original", \.original, required: true, "file in the package"),
        Field("items", \.items, "what was made of it"),
        Field("skipped", \.skipped, "why nothing was"),
    ]
}

/// The diary of an unfinished preparation: one line for each file that is done, so that the next call goes on where
/// this one ends, however it ends.
final class Journal {
    private static let name = ".journal"

    /// By package and path.
    private(set) var outcomes: [String: SourceOutcome] = [:]
    private let file: URL
    private let folder: URL
    private var handle: FileHandle?

    static func exists(in folder: URL) -> Bool {
        FileManager.default.fileExists(atPath: folder.appending(path: name).path)
    }

    /// The identity of the work that the journal of a folder is about; nil without one.
    static func identity(in folder: URL) -> String? {
        guard let text = try? String(contentsOf: folder.appending(path: name), encoding: .utf8) else {
            return nil
        }
        return text.split(separator: "\n").first.map(String.init)
    }

    /// Opens the journal of a folder, or begins one.
    ///
    /// - Parameter identity: what the work depends on; the entries of other work are dropped.
    /// - Throws: `DatasetError.writing`.
    init(in folder: URL, identity: String) throws {
        self.folder = folder
        file = folder.appending(path: Self.name)
        if Self.identity(in: folder) == identity {
            try read()
        } else {
            try rewrite(identity: identity, outcomes: [])
        }
        do {
            let handle = try FileHandle(forWritingTo: file)
            try handle.seekToEnd()
            self.handle = handle
        } catch {
            throw DatasetError.writing("\(file.path): cannot be written (\(error.localizedDescription))")
        }
    }

    deinit { try? handle?.close() }

    static func key(_ package: String, _ path: String) -> String { package + ":" + path }

    /// Takes over what a finished set says about its files.
    func adopt(_ set: PreparedSet) throws {
        var grouped: [String: SourceOutcome] = [:]
        for item in set.items {
            let key = Self.key(item.source, item.original)
            var outcome = grouped[key] ?? SourceOutcome()
            outcome.source = item.source
            outcome.original = item.original
            outcome.items.append(item)
            grouped[key] = outcome
        }
        for key in grouped.keys.sorted() where outcomes[key] == nil {
            if let outcome = grouped[key] { try add(outcome) }
        }
    }

    /// Whether a file is done and everything that was made of it is still there, unchanged.
    func isDone(_ source: SourceFile) -> Bool {
        guard let outcome = outcomes[Self.key(source.package, source.path)] else { return false }
        return outcome.items.allSatisfy { item in
            (try? SHA256.hex(ofFile: folder.appending(path: item.path))) == item.sha256
        }
    }

    /// Adds an entry. It is written after the files it speaks of.
    func add(_ outcome: SourceOutcome) throws {
        outcomes[Self.key(outcome.source, outcome.original)] = outcome
        do {
            try handle?.write(contentsOf: Data((outcome.json.compactText + "\n").utf8))
        } catch {
            throw DatasetError.writing(
                "\(file.path): cannot be written (\(error.localizedDescription)); free some space and repeat the "
                    + "command, which goes on from here")
        }
    }

    func remove() {
        try? handle?.close()
        handle = nil
        try? FileManager.default.removeItem(at: file)
    }

    private func read() throws {
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { return }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for line in lines.dropFirst() {
            // The last line may be torn; what it spoke of is done again.
            guard let document = try? JSONDocument(String(line)),
                let outcome = try? document.decode(SourceOutcome.self)
            else { continue }
            outcomes[Self.key(outcome.source, outcome.original)] = outcome
        }
        // A torn line must not swallow the next one.
        if text.last != "\n" {
            try rewrite(
                identity: lines.first.map(String.init) ?? "",
                outcomes: outcomes.keys.sorted().compactMap { outcomes[$0] })
        }
    }

    private func rewrite(identity: String, outcomes: [SourceOutcome]) throws {
        let text = ([identity] + outcomes.map(\.json.compactText)).joined(separator: "\n") + "\n"
        do {
            try Data(text.utf8).write(to: file, options: .atomic)
        } catch {
            throw DatasetError.writing("\(file.path): cannot be written (\(error.localizedDescription))")
        }
    }
}
