import Foundation

/// A Debian package on disk whose content was checked.
struct PackageFile: Sendable {
    let name: String
    let version: String
    let sha256: String
    let url: URL

    /// Unpacks the package.
    ///
    /// The folder appears whole or not at all, so one that is there is complete.
    ///
    /// - Parameter folder: where its tree of files goes.
    /// - Throws: `DatasetError`.
    func unpack(to folder: URL, isCancelled: () -> Bool) throws {
        let files = FileManager.default
        if files.fileExists(atPath: folder.path) { return }
        let partial = folder.deletingLastPathComponent().appending(
            path: ".\(folder.lastPathComponent).partial")
        try? files.removeItem(at: partial)
        do {
            try files.createDirectory(at: partial, withIntermediateDirectories: true)
        } catch {
            throw DatasetError.writing("\(partial.path): cannot be created (\(error.localizedDescription))")
        }
        let outcome = try Tool.run("dpkg-deb", ["-x", url.path, partial.path], watch: isCancelled)
        guard outcome.status == 0 else {
            try? files.removeItem(at: partial)
            throw DatasetError.package(
                "\(url.path): cannot be unpacked (\(outcome.reason)); free some space, or remove the file to "
                    + "download it again")
        }
        do {
            try files.moveItem(at: partial, to: folder)
        } catch {
            throw DatasetError.writing("\(folder.path): cannot be created (\(error.localizedDescription))")
        }
    }

    /// Name and version that a package file states.
    static func identity(of url: URL) throws -> (name: String, version: String) {
        let outcome = try Tool.run("dpkg-deb", ["-f", url.path, "Package", "Version"])
        var values: [String: String] = [:]
        for line in outcome.output.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { values[String(parts[0])] = parts[1].trimmingCharacters(in: .whitespaces) }
        }
        guard outcome.status == 0, let name = values["Package"], let version = values["Version"] else {
            throw DatasetError.corrupt(
                "\(url.path): not a complete Debian package (\(outcome.reason)); remove it to download it again"
            )
        }
        return (name, version)
    }
}
