import Foundation
import Hashing
import StrictJSON

/// Exports runs as a folder that another workspace can import:
///
///     export.json           what this is, and the names of the run files
///     run12.json            a run with its points, scores, events
///     artifacts/ab/abcd...  artifacts by their content
///     files/run12/...       the run's own folder: checkpoints, audio
///     sweep3.json           a sweep that such runs are trials of, with all its trials
///     files/sweep3/...      the sweep's own folder
public struct RunFolderExport {
    static let format = "workbench-export"

    private let workspace: Workspace
    private let files = FileManager.default

    public init(_ workspace: Workspace) { self.workspace = workspace }

    /// Writes the folder; it has its name only when it is complete.
    ///
    /// - Parameter onRun: called before each run with its place from 0.
    /// - Throws: `TrackingError.refused` when there is something at that place, `.notWritable`, `.diskFull`,
    ///   `.artifactUnreadable` when a file of a run is gone.
    public func write(
        _ runs: [Run], to folder: URL, programVersion: String, onRun: (Int) throws -> Void = { _ in }
    ) throws {
        guard !files.fileExists(atPath: folder.path) else {
            throw TrackingError.refused(reason: "\(folder.path) exists already; name a new folder")
        }
        let partial = folder.deletingLastPathComponent().appendingPathComponent(
            ".\(folder.lastPathComponent).\(ProcessInfo.processInfo.processIdentifier).partial",
            isDirectory: true)
        do {
            try? files.removeItem(at: partial)
            try makeFolder(partial)
            for (index, run) in runs.enumerated() {
                try onRun(index)
                try write(run, to: partial)
            }
            let sweeps = Set(runs.compactMap(\.sweepID)).sorted()
            for sweep in sweeps { try write(sweep: sweep, to: partial) }
            let head: JSONObject = [
                "format": .string(Self.format), "version": .integer(PortableRun.version),
                "schema": .integer(Schema.version), "program": .string(programVersion),
                "runs": JSONValue(runs.map { $0.address + ".json" }),
                "sweeps": JSONValue(sweeps.map { Sweep.address(of: $0) + ".json" }),
            ]
            try writing(partial) {
                try Data((JSONValue.object(head).prettyText + "\n").utf8).write(
                    to: partial.appendingPathComponent("export.json"))
                guard rename(partial.path, folder.path) == 0 else {
                    throw NSError(domain: NSPOSIXErrorDomain, code: Int(errno))
                }
            }
        } catch {
            try? files.removeItem(at: partial)
            throw error
        }
    }

    private func write(_ run: Run, to folder: URL) throws {
        let portable = try workspace.read { database in
            try PortableRun(
                run.id, dead: run.status == .crashed && run.ended != nil, crash: run.error, in: database)
        }
        var digests = Set(
            portable.artifacts.filter { $0["path"] == nil }.compactMap { $0["sha256"]?.stringValue })
        if let difference = portable.facts["git_diff_sha"]?.stringValue { digests.insert(difference) }
        for digest in digests.sorted() { try copyArtifact(digest, to: folder) }
        let listed = try copyFiles(workspace.directory(of: run.id), as: run.address, to: folder)
        let url = folder.appendingPathComponent(run.address + ".json")
        try writing(url) {
            guard files.createFile(atPath: url.path, contents: nil) else {
                throw NSError(domain: NSPOSIXErrorDomain, code: Int(errno))
            }
            let handle = try FileHandle(forWritingTo: url)
            defer { try? handle.close() }
            try portable.write(files: listed) { try handle.write(contentsOf: Data($0.utf8)) }
        }
    }

    private func write(sweep: Sweep.ID, to folder: URL) throws {
        guard let portable = try workspace.read({ try PortableSweep(sweep, in: $0) }) else { return }
        let name = Sweep.address(of: sweep)
        let listed = try copyFiles(workspace.directory(ofSweep: sweep), as: name, to: folder)
        let url = folder.appendingPathComponent(name + ".json")
        try writing(url) { try Data(portable.text(files: listed).utf8).write(to: url) }
    }

    private func copyArtifact(_ digest: String, to folder: URL) throws {
        let source = workspace.artifactURL(sha256: digest)
        let place = folder.appendingPathComponent("artifacts/\(digest.prefix(2))/\(digest)")
        if files.fileExists(atPath: place.path) { return }
        guard files.fileExists(atPath: source.path) else {
            throw TrackingError.artifactUnreadable(path: source.path, reason: "it is gone")
        }
        try makeFolder(place.deletingLastPathComponent())
        try writing(place) { try files.copyItem(at: source, to: place) }
    }

    /// Copies the folder of a run or a sweep and returns its files with sizes and hashes.
    private func copyFiles(_ source: URL, as name: String, to folder: URL) throws -> [JSONObject] {
        var listed: [JSONObject] = []
        for path in FileTree.files(in: source) {
            let place = folder.appendingPathComponent("files/\(name)/\(path)")
            try makeFolder(place.deletingLastPathComponent())
            try writing(place) { try files.copyItem(at: source.appendingPathComponent(path), to: place) }
            listed.append([
                "path": .string(path), "bytes": .integer(FileTree.bytes(of: place)),
                "sha256": .string(try SHA256.hex(ofFile: place)),
            ])
        }
        return listed
    }

    private func makeFolder(_ url: URL) throws {
        try writing(url) { try files.createDirectory(at: url, withIntermediateDirectories: true) }
    }

    private func writing(_ url: URL, _ work: () throws -> Void) throws {
        do {
            try work()
        } catch {
            if systemCode(of: error) == ENOSPC { throw TrackingError.diskFull(path: url.path) }
            throw TrackingError.notWritable(path: url.path, reason: plainReason(of: error))
        }
    }
}
