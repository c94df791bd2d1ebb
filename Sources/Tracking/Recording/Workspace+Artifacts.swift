import Foundation
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
        var row = ArtifactRow(
            kind: kind, role: role, name: name, step: step, sha256: "", bytes: 0, mime: mime,
            created: Date.nowMicroseconds, facts: facts)
        let id = try place(content, of: run, as: &row) { row in
            try write { try row.enter(run, in: $0) }
        }
        let url = row.path.map { directory(of: run).appendingPathComponent($0) }
        return Artifact(
            id: id, kind: kind, role: role, name: name, step: step, file: facts.file, sha256: row.sha256,
            bytes: row.bytes, mime: mime, rate: facts.rate, seconds: facts.seconds, loudness: facts.loudness,
            isPinned: facts.isPinned, isBest: row.isBest, isLast: row.isLast,
            url: url ?? artifactURL(sha256: row.sha256))
    }

    /// Puts the bytes of an artifact where they are kept, and has it entered.
    ///
    /// - Parameters:
    ///   - row: gets the hash, the size, and the path of a file in the run's own folder.
    ///   - enter: called once the bytes are there.
    func place<Result>(
        _ content: ArtifactContent, of run: Run.ID, as row: inout ArtifactRow,
        enter: (ArtifactRow) throws -> Result
    ) throws -> Result {
        guard !isReadOnly else { throw TrackingError.readOnly(path: directory.path) }
        let location: URL
        var fill: ((URL) throws -> Void)?
        switch content {
        case .data(let data):
            row.sha256 = SHA256.hex(of: data)
            location = artifactURL(sha256: row.sha256)
            fill = { try data.write(to: $0) }
        case .file(let url):
            row.sha256 = try Self.digest(of: url)
            location = artifactURL(sha256: row.sha256)
            fill = { try FileManager.default.copyItem(at: url, to: $0) }
        case .runFile(let path):
            location = directory(of: run).appendingPathComponent(path)
            row.sha256 = try Self.digest(of: location)
            row.path = path
        }
        if let fill { try place(at: location, fill) }
        let attributes = try? FileManager.default.attributesOfItem(atPath: location.path)
        row.bytes = (attributes?[.size] as? NSNumber)?.intValue ?? 0
        let result = try enter(row)
        // Nothing referred to an equal content that was here before, and `clean` may have removed it since.
        if let fill { try place(at: location, fill) }
        return result
    }

    static func digest(of url: URL) throws -> String {
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
