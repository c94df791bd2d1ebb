import Foundation

/// The files of an unpacked package, those in its archives included, as paths in the package.
struct PackageContents {
    let root: URL
    /// In the order of their bytes.
    let paths: [String]
    /// The places of archives, by path.
    private let archives: [String: any Archive]

    /// - Parameter used: folders of the recipe's selections; archives that none of them leads into are not opened.
    /// - Throws: `DatasetError.corrupt` for a damaged archive.
    init(root: URL, used folders: [String]) throws {
        self.root = root
        var paths: [String] = []
        var archives: [String: any Archive] = [:]
        let prefix = root.resolvingSymlinksInPath().path + "/"
        let keys: [URLResourceKey] = [.isRegularFileKey]
        let walk = FileManager.default.enumerator(at: root, includingPropertiesForKeys: keys)
        while let file = walk?.nextObject() as? URL {
            guard (try? file.resourceValues(forKeys: Set(keys)).isRegularFile) == true else { continue }
            let whole = file.resolvingSymlinksInPath().path
            guard whole.hasPrefix(prefix) else { continue }
            let path = String(whole.dropFirst(prefix.count))
            paths.append(path)
            guard Archives.isArchive(file), folders.contains(where: { ($0 + "/").hasPrefix(path + "/") })
            else {
                continue
            }
            let archive = try Archives.open(file)
            archives[path] = archive
            paths += archive.names.map { path + "/" + $0 }
        }
        self.paths = paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        self.archives = archives
    }

    /// Calls `body` with a file on disk that has the content of a path.
    func withFile<Result>(_ path: String, _ body: (URL) throws -> Result) throws -> Result {
        for (place, archive) in archives where path.hasPrefix(place + "/") {
            let bytes = try archive.content(of: String(path.dropFirst(place.count + 1)))
            let ending = path.split(separator: ".").last.map(String.init) ?? ""
            let file = root.deletingLastPathComponent().appending(
                path: ".entry-\(UUID().uuidString).\(ending)")
            defer { try? FileManager.default.removeItem(at: file) }
            guard (try? Data(bytes).write(to: file)) != nil else {
                throw DatasetError.writing("\(file.path): cannot be written; free some space and repeat")
            }
            return try body(file)
        }
        return try body(root.appending(path: path))
    }

    /// The text of the package's copyright file.
    func copyright(of package: String) throws -> String {
        let file = root.appending(path: "usr/share/doc/\(package)/copyright")
        guard let data = try? Data(contentsOf: file) else {
            throw DatasetError.package("\(package): the package has no copyright file at \(file.path)")
        }
        return String(decoding: data, as: UTF8.self)
    }
}
