import Foundation
import GRDB

/// Looks a workspace over: what is wrong with it, what may go wrong, and what to do. Nothing is changed.
public struct WorkspaceExamination {
    private let directory: URL
    private let reading: Reading
    private let now: Date
    /// Told how many of how many files have been read.
    private let progress: (Int, Int) -> Void

    /// How much is read.
    public enum Reading: Sendable {
        /// The structure of the database, and whether files are there in their size.
        case quick
        /// All points, and the content of all files.
        case full
    }

    public init(
        _ directory: URL, reading: Reading = .full, now: Date = Date(),
        progress: @escaping (Int, Int) -> Void = { _, _ in }
    ) {
        self.directory = directory.standardizedFileURL
        self.reading = reading
        self.now = now
        self.progress = progress
    }

    /// - Returns: what was found, what is as it should be included. A database that cannot be read is the first finding,
    ///   and then only what does not need it follows.
    /// - Throws: `TrackingError.workspaceMissing`.
    public func findings() throws -> [Finding] {
        var found: [Finding] = []
        do {
            let workspace = try Workspace.openReadOnly(directory, isUntouched: true)
            found += try database(workspace) + contents(workspace) + runs(workspace)
            found += try files(workspace)
            found.append(try leftovers(workspace))
        } catch TrackingError.workspaceMissing(let path) {
            throw TrackingError.workspaceMissing(path: path)
        } catch let error as TrackingError {
            found.append(Self.unusable(error))
        }
        return found + [spill()] + place()
    }

    private static func unusable(_ error: TrackingError) -> Finding {
        switch error {
        case .olderDatabase(_, let version, let known):
            Finding(
                .database, .notice, "version \(version), that of an older program; this one's is \(known)",
                advice: "`workbench doctor --repair`, or any other command, upgrades it beside a copy")
        case .newerDatabase: Finding(.database, .error, "\(error)", advice: "use a newer workbench")
        case .damaged:
            Finding(
                .database, .error, "\(error)",
                advice: "`sqlite3 workbench.sqlite .recover | sqlite3 new.sqlite` saves what can be read")
        default: Finding(.database, .error, "\(error)")
        }
    }

    // MARK: The database

    private func database(_ workspace: Workspace) throws -> [Finding] {
        let (version, mode) = try workspace.read { database in
            (
                try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0,
                try String.fetchOne(database, sql: "PRAGMA journal_mode") ?? ""
            )
        }
        let path = workspace.databasePath
        let size = FileTree.bytes(of: URL(fileURLWithPath: path))
        let log = FileTree.bytes(of: URL(fileURLWithPath: path + "-wal"))
        var found = [
            Finding(.database, .ok, "version \(version), \(Self.size(size)), journal \(mode)")
        ]
        if log > max(size, 64 << 20) {
            found.append(
                Finding(
                    .database, .warning, "the write-ahead log has grown to \(Self.size(log))",
                    advice: "a reader that never ends holds it; end that, and it shrinks"))
        }
        return found
    }

    private func contents(_ workspace: Workspace) throws -> [Finding] {
        let problems: [String]
        do {
            problems = try reading == .full ? workspace.problems() : workspace.structuralProblems()
        } catch TrackingError.damaged(_, let reason) {
            return [Self.unusable(.damaged(path: workspace.databasePath, reason: reason))]
        }
        if problems.isEmpty {
            return [
                Finding(
                    .contents, .ok,
                    reading == .full ? "every point agrees with its statistics" : "the structure is whole")
            ]
        }
        return problems.prefix(20).map { Finding(.contents, .error, $0) }
            + (problems.count > 20 ? [Finding(.contents, .error, "and \(problems.count - 20) more")] : [])
    }

    private func runs(_ workspace: Workspace) throws -> [Finding] {
        let liveness = try workspace.liveness(now: now)
        var found = liveness.dead.map { run in
            Finding(
                .runs, .warning,
                "\(Run.address(of: run)) has crashed and is not noted as such: \(liveness.lastWords[run] ?? "")",
                advice:
                    "`workbench doctor --repair` notes it; `workbench run --resume \(Run.address(of: run))`")
        }
        found += liveness.late.map { run in
            Finding(
                .runs, .warning, "\(Run.address(of: run)) gives no sign of life although its process exists",
                advice: "look at its process, or stop it and resume the run")
        }
        if found.isEmpty {
            let count = try workspace.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM runs") ?? 0 }
            found.append(Finding(.runs, .ok, "\(count) runs, none that only calls itself running"))
        }
        return found
    }

    // MARK: Files

    private struct Entry {
        let run: Run.ID
        let isCheckpoint: Bool
        let name: String
        let url: URL
        let sha256: String
        let bytes: Int
    }

    private func files(_ workspace: Workspace) throws -> [Finding] {
        let rows = try workspace.read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT run_id, kind, role, name, path, sha256, bytes FROM artifacts ORDER BY run_id, id"
            )
        }
        let entries = rows.map { row in
            let run: Run.ID = row["run_id"]
            let (path, digest): (String?, String) = (row["path"], row["sha256"])
            return Entry(
                run: run, isCheckpoint: row["kind"] == "checkpoint",
                name: [row["kind"] as String, row["role"], row["name"]].filter { !$0.isEmpty }
                    .joined(separator: " "),
                url: path.map { workspace.directory(of: run).appendingPathComponent($0) }
                    ?? workspace.artifactURL(sha256: digest), sha256: digest, bytes: row["bytes"])
        }
        // Several entries may be one file.
        var problems: [URL: String] = [:]
        let places = Dictionary(entries.map { ($0.url, $0) }) { first, _ in first }
        for (index, entry) in places.values.sorted(by: { $0.url.path < $1.url.path }).enumerated() {
            problems[entry.url] = problem(entry)
            progress(index + 1, places.count)
        }
        var found: [Finding] = []
        for check in [Finding.Check.artifacts, .checkpoints] {
            let own = entries.filter { $0.isCheckpoint == (check == .checkpoints) }
            let bad = own.compactMap { entry in
                problems[entry.url].map {
                    Finding(
                        check, .error, "\(Run.address(of: entry.run)), \(entry.name): \($0)",
                        advice: entry.isCheckpoint
                            ? "a resumption takes the checkpoint before; restore the file from a copy"
                            : "restore the file from a copy: \(entry.url.path)")
                }
            }
            found += bad
            if bad.isEmpty {
                let size = Self.size(Set(own.map(\.url)).reduce(0) { $0 + (places[$1]?.bytes ?? 0) })
                let what = reading == .full ? "are what was written" : "are there in their size"
                found.append(Finding(check, .ok, "\(own.count) files, \(size), \(what)"))
            }
        }
        return found
    }

    private func problem(_ entry: Entry) -> String? {
        guard FileManager.default.fileExists(atPath: entry.url.path) else { return "it is gone" }
        let size = FileTree.bytes(of: entry.url)
        guard size == entry.bytes else { return "\(size) bytes, where \(entry.bytes) were written" }
        guard reading == .full else { return nil }
        do {
            return try Workspace.digest(of: entry.url) == entry.sha256 ? nil : "its content has changed"
        } catch { return "\(error)" }
    }

    private func leftovers(_ workspace: Workspace) throws -> Finding {
        let report = try workspace.clean(CleaningRules(), isTrial: true, now: now)
        let items = report.items.filter { $0.kind == .artifact || $0.kind == .leftover }
        if items.isEmpty { return Finding(.leftovers, .ok, "no file that nothing refers to") }
        return Finding(
            .leftovers, .warning,
            "\(items.count) files that nothing refers to, \(Self.size(items.reduce(0) { $0 + $1.bytes })), "
                + "as \(items[0].name)", advice: "`workbench gc` removes them")
    }

    // MARK: Around the database

    private func spill() -> Finding {
        let names =
            (try? FileManager.default.contentsOfDirectory(atPath: Spill.folder(of: directory).path)) ?? []
        let waiting = names.filter { $0.hasSuffix(".jsonl") }.sorted()
        if !waiting.isEmpty {
            return Finding(
                .spill, .warning,
                "\(waiting.count) files wait to be entered, which found the database locked: "
                    + waiting.prefix(3).joined(separator: ", "),
                advice:
                    "`workbench doctor --repair`, or any other command, enters them once their process has ended"
            )
        }
        let late = names.filter { $0.hasSuffix(".late") }.sorted()
        if let first = late.first {
            return Finding(
                .spill, .notice, "\(late.count) files came too late to be entered, as spill/\(first)",
                advice: "their runs were resumed before; remove the files when you do not want them")
        }
        return Finding(.spill, .ok, "nothing waits to be entered")
    }

    private func place() -> [Finding] {
        guard let system = FileSystem(of: directory) else { return [] }
        let free = system.freeBytes
        let isShort = free < 1 << 30
        var found = [
            Finding(
                .disk, free < 100 << 20 ? .error : isShort ? .warning : .ok, "\(Self.size(free)) free",
                advice: isShort ? "`workbench gc --dry-run --keep best,last` shows what can go" : nil)
        ]
        let name = system.name ?? "not known"
        if system.isShared {
            found.append(
                Finding(
                    .filesystem, .warning, "\(name), which other machines may write to",
                    advice:
                        "locks are not reliable there: let one machine at a time write, or use a local disk"))
        } else if system.isInMemory {
            found.append(
                Finding(
                    .filesystem, .warning, "\(name): it is gone when the machine starts anew",
                    advice: "name a folder on a disk with --workspace DIR or WORKBENCH_HOME"))
        } else {
            found.append(Finding(.filesystem, .ok, name))
        }
        return found
    }

    /// A size in decimal multiples.
    private static func size(_ bytes: Int) -> String {
        let units = ["B", "kB", "MB", "GB", "TB"]
        var (value, unit) = (Double(bytes), 0)
        while value >= 1000, unit < units.count - 1 { (value, unit) = (value / 1000, unit + 1) }
        let rounded = (value * 10).rounded() / 10
        return unit == 0 ? "\(bytes) B" : "\(rounded) \(units[unit])"
    }
}

extension Workspace {
    /// The version of the library that keeps the database.
    public static var databaseLibrary: String {
        let version = try? DatabaseQueue().read { try String.fetchOne($0, sql: "SELECT sqlite_version()") }
        return version ?? "unknown"
    }
}
