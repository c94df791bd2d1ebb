import Foundation
import GRDB
import Hashing
import StrictJSON

/// Imports what `RunFolderExport` wrote. Every file is checked against the hash that the export names before anything
/// of its run is entered; a run that is here already is left as it is.
public struct RunFolderImport {
    private let workspace: Workspace
    private let files = FileManager.default

    public init(_ workspace: Workspace) { self.workspace = workspace }

    /// - Throws: `ImportError` that names the file; runs before the faulty one have been entered then.
    public func read(_ folder: URL, onRun: (Int, Int) throws -> Void = { _, _ in }) throws -> ImportResult {
        let head = try object(folder.appendingPathComponent("export.json"), format: RunFolderExport.format)
        guard let names = head["runs"]?.arrayValue?.map(\.stringValue), !names.contains(nil) else {
            throw ImportError(folder.path, place: "export.json", "it names no runs")
        }
        guard let sweepNames = (head["sweeps"] ?? []).arrayValue?.map(\.stringValue),
            !sweepNames.contains(nil)
        else { throw ImportError(folder.path, place: "export.json", "its list of sweeps is none") }
        var result = ImportResult()
        let sweeps = try sweepNames.compactMap { $0 }.map { try sweep($0, in: folder, &result) }
        for (index, name) in names.compactMap({ $0 }).enumerated() {
            try onRun(index, names.count)
            try read(name, in: folder, &result)
        }
        for (portable, id) in sweeps { try workspace.tie(portable, to: id) }
        return result
    }

    /// Enters a sweep, of which runs that follow are trials.
    private func sweep(
        _ name: String, in folder: URL, _ result: inout ImportResult
    ) throws -> (PortableSweep, Sweep.ID) {
        try check(name: name, in: folder)
        let url = folder.appendingPathComponent(name)
        let object = try object(url, format: PortableSweep.format)
        let portable = try PortableSweep(object, path: url.path)
        let files = try PortableFile.list(object["files"], path: url.path)
        let source = folder.appendingPathComponent("files/\(name.dropLast(5))")
        let staging = workspace.stagingFolder()
        defer { try? self.files.removeItem(at: staging) }
        for file in files { try copy(file, from: source, to: staging) }
        let entered = try workspace.enter(portable, from: url.path)
        let place = workspace.directory(ofSweep: entered.sweep)
        if !files.isEmpty, !self.files.fileExists(atPath: place.path) {
            try Workspace.makeFolder(place.deletingLastPathComponent(), of: workspace.directory)
            guard rename(staging.path, place.path) == 0 else {
                throw TrackingError.notWritable(path: place.path, reason: String(cString: strerror(errno)))
            }
        }
        result.sweeps.append(
            .init(
                sweep: entered.sweep, name: portable.facts["name"]?.stringValue ?? "",
                trials: portable.trials.count, isNew: entered.isNew))
        return (portable, entered.sweep)
    }

    private func check(name: String, in folder: URL) throws {
        guard name == (name as NSString).lastPathComponent, name.hasSuffix(".json") else {
            throw ImportError(folder.path, place: "export.json", "'\(name)' is no name of a file of it")
        }
    }

    private func object(_ url: URL, format: String) throws -> JSONObject {
        let bytes: [UInt8]
        do {
            bytes = [UInt8](try Data(contentsOf: url))
        } catch {
            let isMissing = !files.fileExists(atPath: url.path)
            throw ImportError(
                url.path,
                isMissing
                    ? "it is not there; an export is a folder with export.json" : plainReason(of: error),
                isMissing: isMissing)
        }
        let value: JSONValue
        do {
            value = try JSONValue(parsing: bytes)
        } catch {
            throw ImportError(url.path, "\(error)")
        }
        guard let object = value.objectValue, object["format"]?.stringValue == format else {
            throw ImportError(url.path, "it is no \(format)")
        }
        guard let version = object["version"]?.intValue, version <= PortableRun.version,
            let schema = object["schema"]?.intValue, schema <= Schema.version
        else { throw ImportError(url.path, "it was written by a newer program; use a newer workbench") }
        return object
    }

    private func read(_ name: String, in folder: URL, _ result: inout ImportResult) throws {
        try check(name: name, in: folder)
        let url = folder.appendingPathComponent(name)
        let portable = try PortableRunFile(object(url, format: PortableRun.format), path: url.path)
        let source = folder.appendingPathComponent("files/\(name.dropLast(5))")
        for digest in portable.contents { try copyArtifact(digest, from: folder) }
        let staging = workspace.stagingFolder()
        defer { try? files.removeItem(at: staging) }
        for file in portable.files { try copy(file, from: source, to: staging) }
        let entered = try workspace.enter(portable.run, from: url.path) { place in
            guard !portable.files.isEmpty else {
                return try Workspace.makeFolder(place, of: workspace.directory)
            }
            try? files.removeItem(at: place)
            guard rename(staging.path, place.path) == 0 else {
                throw TrackingError.notWritable(path: place.path, reason: String(cString: strerror(errno)))
            }
        }
        // Until the run was entered nothing referred to them, and `clean` may have removed them.
        for digest in portable.contents { try copyArtifact(digest, from: folder) }
        let imported = ImportResult.Imported(
            run: entered.run, name: portable.run.facts["name"]?.stringValue,
            points: portable.run.series.reduce(0) { $0 + $1.points.count }, metrics: portable.run.series.count
        )
        if entered.isNew { result.runs.append(imported) } else { result.present.append(imported) }
    }

    private func copyArtifact(_ digest: String, from folder: URL) throws {
        let source = folder.appendingPathComponent("artifacts/\(digest.prefix(2))/\(digest)")
        try check(source, digest: digest)
        try workspace.keep(source, digest: digest)
    }

    private func copy(_ file: PortableFile, from source: URL, to staging: URL) throws {
        let url = source.appendingPathComponent(file.path)
        try check(url, digest: file.sha256)
        let place = staging.appendingPathComponent(file.path)
        do {
            try files.createDirectory(
                at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
            try files.copyItem(at: url, to: place)
        } catch {
            if systemCode(of: error) == ENOSPC { throw TrackingError.diskFull(path: place.path) }
            throw TrackingError.notWritable(path: place.path, reason: plainReason(of: error))
        }
    }

    private func check(_ url: URL, digest: String) throws {
        guard files.fileExists(atPath: url.path) else {
            throw ImportError(url.path, "it is not there; the export is not complete")
        }
        let found: String
        do {
            found = try SHA256.hex(ofFile: url)
        } catch {
            throw ImportError(url.path, plainReason(of: error))
        }
        guard found == digest else {
            throw ImportError(url.path, "its content has changed: SHA-256 \(found), not \(digest)")
        }
    }
}
