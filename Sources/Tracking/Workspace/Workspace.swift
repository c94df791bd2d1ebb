import Foundation
import GRDB

/// A folder that holds runs: `workbench.sqlite`, `artifacts/` (files named by their content) and
/// `runs/run1/` (files of one run, such as checkpoints).
///
/// Several processes may write to one workspace at the same time.
public final class Workspace: Sendable {
    /// The folder.
    public let directory: URL
    /// Whether nothing can be written through this value.
    public let isReadOnly: Bool
    let queue: DatabaseQueue

    static let databaseName = "workbench.sqlite"

    var databasePath: String { Self.databaseURL(in: directory).path }

    /// Opens a workspace for reading and writing, and makes it when it is absent.
    ///
    /// - Parameters:
    ///   - directory: the folder; it and its parents are created when absent.
    ///   - programVersion: noted with each migration of the schema.
    ///   - busyTimeout: how long to wait for other writers, in seconds. Default 10.
    /// - Throws: `TrackingError.notWritable`, `.newerDatabase`, `.damaged`, `.foreignDatabase`, `.locked`,
    ///   `.diskFull`.
    public init(directory: URL, programVersion: String = "0", busyTimeout: TimeInterval = 10) throws {
        self.directory = directory.standardizedFileURL
        isReadOnly = false
        let database = Self.databaseURL(in: directory)
        try DatabaseHeader.read(at: database)?.check(path: database.path)
        for folder in [directory, Self.artifacts(in: directory), Self.runs(in: directory)] {
            try Self.makeFolder(folder, of: directory)
        }
        var configuration = Self.configuration(busyTimeout: busyTimeout)
        configuration.journalMode = .wal
        let isNew = !FileManager.default.fileExists(atPath: database.path)
        do {
            queue = try Self.retryingWhileLocked(for: busyTimeout) {
                try TrackingError.translating(database.path) {
                    let queue = try DatabaseQueue(path: database.path, configuration: configuration)
                    try Schema.migrate(queue, path: database.path, program: programVersion)
                    return queue
                }
            }
        } catch {
            // A database without room for its tables would look damaged the next time.
            if isNew, case TrackingError.diskFull = error {
                for ending in ["", "-wal", "-shm", "-journal"] {
                    try? FileManager.default.removeItem(atPath: database.path + ending)
                }
            }
            throw error
        }
        enterSpills()
        markCrashed()
    }

    private init(readOnly directory: URL, queue: DatabaseQueue) {
        self.directory = directory.standardizedFileURL
        self.queue = queue
        isReadOnly = true
    }

    /// Opens an existing workspace for reading; nothing of it is made or changed, except that a database of an older
    /// program is upgraded. (SQLite may leave its own
    /// empty log and shared-memory file beside the database, as with every reader.)
    ///
    /// - Parameters:
    ///   - directory: the folder.
    ///   - busyTimeout: how long to wait for a writer that locks readers out, in seconds. Default 10.
    /// - Throws: `TrackingError.workspaceMissing`, `.notReadable`, `.newerDatabase`, `.olderDatabase` (in a folder
    ///   that cannot be written), `.damaged`, `.foreignDatabase`, `.locked`.
    public static func openReadOnly(_ directory: URL, busyTimeout: TimeInterval = 10) throws -> Workspace {
        try openReadOnly(directory, busyTimeout: busyTimeout, isUntouched: false)
    }

    /// - Parameter isUntouched: neither upgrades an older database nor enters what waits beside it.
    static func openReadOnly(
        _ directory: URL, busyTimeout: TimeInterval = 10, isUntouched: Bool
    ) throws -> Workspace {
        let database = databaseURL(in: directory)
        guard let header = try DatabaseHeader.read(at: database) else {
            throw TrackingError.workspaceMissing(path: directory.path)
        }
        try header.check(path: database.path)
        if !isUntouched, hasSpill(in: directory) { _ = try? Workspace(directory: directory, busyTimeout: 1) }
        var configuration = configuration(busyTimeout: busyTimeout)
        configuration.readonly = true
        let queue = try TrackingError.translating(database.path) {
            do {
                return try isUntouched
                    ? checkedQueue(path: database.path, configuration)
                    : upgradedQueue(directory, path: database.path, configuration)
            } catch let error as DatabaseError
                where [.SQLITE_CANTOPEN, .SQLITE_READONLY].contains(error.resultCode)
            {
                // In a folder that cannot be written SQLite cannot make its shared-memory file. The database
                // itself is complete when its write-ahead log is empty, and can be read as it is.
                let log = try? FileManager.default.attributesOfItem(atPath: database.path + "-wal")
                guard (log?[.size] as? NSNumber)?.intValue ?? 0 == 0 else {
                    throw TrackingError.notReadable(
                        path: directory.path,
                        reason: "the folder is not writable and another program has left its log in it")
                }
                var allowed = CharacterSet.urlPathAllowed
                allowed.remove(charactersIn: "?#%")
                let path =
                    database.path.addingPercentEncoding(withAllowedCharacters: allowed) ?? database.path
                return try checkedQueue(path: "file://\(path)?immutable=1", configuration)
            }
        }
        return Workspace(readOnly: directory, queue: queue)
    }

    /// Opens a queue on a database of this program's version; an older one is upgraded first.
    private static func upgradedQueue(
        _ directory: URL, path: String, _ configuration: Configuration
    ) throws -> DatabaseQueue {
        do {
            return try checkedQueue(path: path, configuration)
        } catch TrackingError.olderDatabase {
            _ = try Workspace(directory: directory)
            return try checkedQueue(path: path, configuration)
        }
    }

    /// Opens a queue and reads the schema's version through it, which also finds first damages.
    private static func checkedQueue(path: String, _ configuration: Configuration) throws -> DatabaseQueue {
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        let version = try queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 }
        guard version <= Schema.version else {
            throw TrackingError.newerDatabase(path: path, found: version, known: Schema.version)
        }
        guard version > 0 else {
            // Another process may be about to make it, or was interrupted while it did.
            let tables = try queue.read {
                try Int.fetchOne($0, sql: "SELECT count(*) FROM sqlite_master") ?? 0
            }
            if tables == 0 {
                let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
                throw TrackingError.workspaceMissing(path: folder.path)
            }
            throw TrackingError.damaged(path: path, reason: "its tables have no version")
        }
        guard version == Schema.version else {
            throw TrackingError.olderDatabase(path: path, found: version, known: Schema.version)
        }
        return queue
    }

    private static func configuration(busyTimeout: TimeInterval) -> Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(busyTimeout)
        configuration.foreignKeysEnabled = true
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0")
            database.add(function: PackedColumn.decoder)
        }
        return configuration
    }

    /// Switching a new file to write-ahead logging fails at once, whatever the busy timeout, while another
    /// process does the same; so opening is tried again until the time is over.
    private static func retryingWhileLocked<Result>(
        for seconds: TimeInterval, _ work: () throws -> Result
    ) throws -> Result {
        let end = Date(timeIntervalSinceNow: seconds)
        while true {
            do {
                return try work()
            } catch TrackingError.locked where Date() < end {
                Thread.sleep(forTimeInterval: 0.02)
            }
        }
    }

    // MARK: Folders

    static func makeFolder(_ folder: URL, of workspace: URL) throws {
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            if systemCode(of: error) == ENOSPC { throw TrackingError.diskFull(path: folder.path) }
            throw TrackingError.notWritable(path: workspace.path, reason: plainReason(of: error))
        }
    }

    private static func databaseURL(in directory: URL) -> URL {
        directory.standardizedFileURL.appendingPathComponent(databaseName)
    }

    private static func artifacts(in directory: URL) -> URL {
        directory.appendingPathComponent("artifacts", isDirectory: true)
    }

    private static func runs(in directory: URL) -> URL {
        directory.appendingPathComponent("runs", isDirectory: true)
    }

    /// The folder of one run's own files.
    public func directory(of run: Run.ID) -> URL {
        Self.runs(in: directory).appendingPathComponent(Run.address(of: run), isDirectory: true)
    }

    /// Where an artifact with this content is kept: `artifacts/ab/abcd...`.
    public func artifactURL(sha256: String) -> URL {
        Self.artifacts(in: directory)
            .appendingPathComponent(String(sha256.prefix(2)), isDirectory: true)
            .appendingPathComponent(sha256)
    }

    // MARK: Access

    func read<Result>(_ work: (Database) throws -> Result) throws -> Result {
        try TrackingError.translating(databasePath) { try queue.read(work) }
    }

    func write<Result>(_ work: (Database) throws -> Result) throws -> Result {
        guard !isReadOnly else { throw TrackingError.readOnly(path: directory.path) }
        return try TrackingError.translating(databasePath) { try queue.write(work) }
    }
}
