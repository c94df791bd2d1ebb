import Foundation

/// What lies in folders.
enum FileTree {
    /// The regular files below a folder, as paths relative to it, sorted. Links are not followed and not listed.
    static func files(in folder: URL) -> [String] {
        let paths = (try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []
        return paths.filter { type(of: folder.appendingPathComponent($0)) == .typeRegular }.sorted()
    }

    /// The size of a file in bytes; 0 for what is gone.
    static func bytes(of file: URL) -> Int {
        let facts = try? FileManager.default.attributesOfItem(atPath: file.path)
        return (facts?[.size] as? NSNumber)?.intValue ?? 0
    }

    /// The size of all files below a folder.
    static func bytes(below folder: URL) -> Int {
        files(in: folder).reduce(0) { $0 + bytes(of: folder.appendingPathComponent($1)) }
    }

    /// When a file was changed last.
    static func modified(_ file: URL) -> Date? {
        (try? FileManager.default.attributesOfItem(atPath: file.path))?[.modificationDate] as? Date
    }

    private static func type(of url: URL) -> FileAttributeType? {
        (try? FileManager.default.attributesOfItem(atPath: url.path))?[.type] as? FileAttributeType
    }
}
