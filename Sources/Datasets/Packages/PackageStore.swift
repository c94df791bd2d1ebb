import Foundation
import Hashing

/// Gets packages: from a folder of package files that somebody has, or from the system's package archive by
/// `apt-get download`, which needs no privileges. Finished downloads are kept and used again.
struct PackageStore {
    /// Where downloads are kept.
    let downloads: URL
    /// A folder of package files to use instead of the archive.
    let local: URL?
    /// Takes whatever version there is, against the recipe's word.
    let acceptsAnyVersion: Bool

    /// What is needed of a package, found without downloading it.
    enum Source {
        case present(PackageFile)
        /// What the archive offers.
        case offered(RecipePackage, version: String, sha256: String, bytes: Int)
    }

    /// Finds a package.
    ///
    /// - Throws: `DatasetError.package` when it is nowhere, or not the one that the recipe names.
    func find(_ package: RecipePackage) throws -> Source {
        if let local { return .present(try findFile(package, in: local)) }
        if let file = try? findFile(package, in: downloads) { return .present(file) }
        return try offer(of: package)
    }

    private func findFile(_ package: RecipePackage, in folder: URL) throws -> PackageFile {
        let wanted = package.version.isEmpty || acceptsAnyVersion ? "" : " " + package.version
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
        var complaint: (any Error)?
        // The newest last: names of equal packages sort by version, roughly.
        for name in names.reversed() where name.hasPrefix(package.name + "_") && name.hasSuffix(".deb") {
            let url = folder.appending(path: name)
            do {
                let identity = try PackageFile.identity(of: url)
                guard identity.name == package.name else { continue }
                guard let sha256 = try? SHA256.hex(ofFile: url) else {
                    throw DatasetError.package("\(url.path): cannot be read")
                }
                try check(package, version: identity.version, sha256: sha256, at: url.path)
                return PackageFile(name: package.name, version: identity.version, sha256: sha256, url: url)
            } catch {
                complaint = error
            }
        }
        throw complaint
            ?? DatasetError.package(
                "\(folder.path): no package file \(package.name)_*.deb; expected \(package.name)\(wanted) "
                    + "(`apt-get download \(package.name)` in that folder brings it)")
    }

    private func check(_ package: RecipePackage, version: String, sha256: String, at place: String) throws {
        if acceptsAnyVersion { return }
        guard package.version.isEmpty || package.version == version else {
            throw DatasetError.package(
                "\(place): \(package.name) is of version \(version), the recipe was written for "
                    + "\(package.version); --any-version takes it nevertheless, and gives another set")
        }
        guard package.sha256.isEmpty || package.sha256 == sha256 else {
            throw DatasetError.package(
                "\(place): \(package.name) \(version) has the SHA-256 \(sha256), the recipe expects "
                    + "\(package.sha256); remove the file to download it again, or use --any-version")
        }
    }

    /// What the package index says.
    private func offer(of package: RecipePackage) throws -> Source {
        let outcome = try Tool.run("apt-get", ["download", "--print-uris", package.name])
        // 'address' name size SHA256:digest
        let words =
            outcome.output.split(separator: "\n").last { $0.hasPrefix("'") }?.split(separator: " ") ?? []
        guard outcome.status == 0, words.count >= 4, let bytes = Int(words[2]),
            let digest = words[3].split(separator: ":").last.map(String.init), isDigest(digest)
        else {
            throw DatasetError.package(
                "\(package.name): the package index does not offer it (\(outcome.reason)); run "
                    + "`sudo apt-get update`, or get the .deb file elsewhere and use --packages DIR")
        }
        let parts = words[1].split(separator: "_")
        let version = parts.count > 1 ? String(parts[1]).removingPercentEncoding ?? String(parts[1]) : ""
        try check(package, version: version, sha256: digest, at: "the package index")
        return .offered(package, version: version, sha256: digest, bytes: bytes)
    }

    /// Downloads a package. A partial download never counts: the file gets its place after its digest was checked.
    ///
    /// - Parameter progress: bytes so far.
    /// - Throws: `DatasetError.package`; `CancellationError`.
    func download(
        _ package: RecipePackage, version: String, sha256: String, progress: (Int) -> Void,
        isCancelled: () -> Bool
    ) throws -> PackageFile {
        let files = FileManager.default
        let partial = downloads.appending(path: ".partial-\(ProcessInfo.processInfo.processIdentifier)")
        do {
            removeStalePartials()
            try? files.removeItem(at: partial)
            try files.createDirectory(at: partial, withIntermediateDirectories: true)
        } catch {
            throw DatasetError.writing("\(downloads.path): cannot be written (\(error.localizedDescription))")
        }
        defer { try? files.removeItem(at: partial) }
        func downloaded() -> URL? {
            let names = (try? files.contentsOfDirectory(atPath: partial.path)) ?? []
            return names.first { $0.hasPrefix(package.name + "_") }.map { partial.appending(path: $0) }
        }
        let outcome = try Tool.run("apt-get", ["download", "\(package.name)=\(version)"], in: partial) {
            if let file = downloaded(),
                let size = (try? files.attributesOfItem(atPath: file.path))?[.size] as? Int
            {
                progress(size)
            }
            return isCancelled()
        }
        guard outcome.status == 0, let file = downloaded() else {
            throw DatasetError.package(
                "\(package.name): the download failed (\(outcome.reason)); check the network, run "
                    + "`sudo apt-get update`, and repeat the command: finished packages are kept. Or get the .deb "
                    + "file elsewhere and use --packages DIR")
        }
        guard let found = try? SHA256.hex(ofFile: file), found == sha256 else {
            throw DatasetError.package(
                "\(package.name): the downloaded file has another SHA-256 than the package index says "
                    + "(\(sha256)); repeat the command")
        }
        let place = downloads.appending(path: file.lastPathComponent)
        do {
            if files.fileExists(atPath: place.path) { try files.removeItem(at: place) }
            try files.moveItem(at: file, to: place)
        } catch {
            throw DatasetError.writing("\(place.path): cannot be written (\(error.localizedDescription))")
        }
        return PackageFile(name: package.name, version: version, sha256: sha256, url: place)
    }

    /// What killed processes left.
    private func removeStalePartials() {
        let files = FileManager.default
        for name in (try? files.contentsOfDirectory(atPath: downloads.path)) ?? [] {
            guard name.hasPrefix(".partial-"), let process = Int32(name.dropFirst(9)), kill(process, 0) != 0,
                errno == ESRCH
            else { continue }
            try? files.removeItem(at: downloads.appending(path: name))
        }
    }
}
