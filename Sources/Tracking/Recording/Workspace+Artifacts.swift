import Foundation
import GRDB
import Hashing
import Synchronization

extension Workspace {
    /// Stores a file with a run. Equal contents are stored once.
    ///
    /// - Parameter facts: what else is known about it; the roles "best" and "last" imply the flags of that name.
    /// - Throws: `TrackingError.artifactUnreadable`, `.notWritable`, `.diskFull`, and what the database throws.
    @discardableResult
    public func addArtifact(
        run: Run.ID, _ content: ArtifactContent, kind: String, role: String = "", name: String,
        step: Int? = nil, mime: String, facts: ArtifactFacts = ArtifactFacts()
    ) throws -> Artifact {
        guard !isReadOnly else { throw TrackingError.readOnly(path: directory.path) }
        let digest: String
        let location: URL
        var pathInRun: String?
        var fill: ((URL) throws -> Void)?
        switch content {
        case .data(let data):
            digest = SHA256.hex(of: data)
            location = artifactURL(sha256: digest)
            fill = { try data.write(to: $0) }
        case .file(let url):
            digest = try Self.digest(of: url)
            location = artifactURL(sha256: digest)
            fill = { try FileManager.default.copyItem(at: url, to: $0) }
        case .runFile(let path):
            location = directory(of: run).appendingPathComponent(path)
            digest = try Self.digest(of: location)
            pathInRun = path
        }
        if let fill { try place(at: location, fill) }
        let attributes = try? FileManager.default.attributesOfItem(atPath: location.path)
        let bytes = (attributes?[.size] as? NSNumber)?.intValue ?? 0
        let isBest = facts.isBest || role == "best"
        let isLast = facts.isLast || role == "last"
        let id = try write { database in
            let file = try facts.file.map { file in
                try Self.fileID(of: file, dataset: facts.dataset ?? "", in: database)
            }
            try database.execute(
                sql: """
                    INSERT INTO artifacts (run_id, step, kind, role, name, path, sha256, bytes, mime, created_us,
                        file_id, rate, seconds, loudness_db, pinned, is_best, is_last)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    run, step, kind, role, name, pathInRun, digest, bytes, mime, Date().microseconds,
                    file, facts.rate, facts.seconds, facts.loudness, facts.isPinned, isBest, isLast,
                ])
            return database.lastInsertedRowID
        }
        // Nothing referred to an equal content that was here before, and `clean` may have removed it since.
        if let fill { try place(at: location, fill) }
        return Artifact(
            id: id, kind: kind, role: role, name: name, step: step, file: facts.file, sha256: digest,
            bytes: bytes, mime: mime, rate: facts.rate, seconds: facts.seconds, loudness: facts.loudness,
            isPinned: facts.isPinned, isBest: isBest, isLast: isLast, url: location)
    }

    /// The entry of a test file, which scores may have made already.
    private static func fileID(of path: String, dataset: String, in database: Database) throws -> Int64 {
        let known = try Int64.fetchOne(
            database, sql: "SELECT id FROM eval_files WHERE dataset = ? AND path = ? ORDER BY id LIMIT 1",
            arguments: [dataset, path])
        if let known { return known }
        try database.execute(
            sql: "INSERT INTO eval_files (dataset, path) VALUES (?, ?)", arguments: [dataset, path])
        return database.lastInsertedRowID
    }

    private static func digest(of url: URL) throws -> String {
        do {
            return try SHA256.hex(ofFile: url)
        } catch {
            throw TrackingError.artifactUnreadable(path: url.path, reason: plainReason(of: error))
        }
    }

    /// Copies a file of known content to where artifacts are kept, unless it is there.
    func keep(_ source: URL, digest: String) throws {
        try place(at: artifactURL(sha256: digest)) { try FileManager.default.copyItem(at: source, to: $0) }
    }

    /// Counts the temporary files of this process, so that two threads never share one.
    private static let temporaryFiles = Atomic(0)

    /// Writes a file beside its final place and renames it, so that a half-written file never has a digest's
    /// name. Nothing is written when the content is there already.
    private func place(at location: URL, _ fill: (URL) throws -> Void) throws {
        let files = FileManager.default
        if files.fileExists(atPath: location.path) { return }
        let folder = location.deletingLastPathComponent()
        let process = ProcessInfo.processInfo.processIdentifier
        let turn = Self.temporaryFiles.wrappingAdd(1, ordering: .relaxed).newValue
        let temporary = folder.appendingPathComponent(
            "\(location.lastPathComponent).\(process)-\(turn).partial")
        do {
            try files.createDirectory(at: folder, withIntermediateDirectories: true)
            try? files.removeItem(at: temporary)
            try fill(temporary)
            // A copy keeps the time of its original; `clean` goes by the time of arrival.
            try files.setAttributes([.modificationDate: Date()], ofItemAtPath: temporary.path)
            guard rename(temporary.path, location.path) == 0 else {
                throw NSError(domain: NSPOSIXErrorDomain, code: Int(errno))
            }
        } catch {
            try? files.removeItem(at: temporary)
            if systemCode(of: error) == ENOSPC { throw TrackingError.diskFull(path: folder.path) }
            throw TrackingError.notWritable(path: directory.path, reason: plainReason(of: error))
        }
    }
}
