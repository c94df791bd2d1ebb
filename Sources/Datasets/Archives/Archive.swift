import Foundation

/// A file that holds sound files: a zip (`.pk3`, `.zip`) or a sound archive of OpenTTD (`.cat`).
protocol Archive {
    /// The names of its files, in their order.
    var names: [String] { get }

    /// The content of a file.
    /// - Throws: `DatasetError.corrupt`.
    func content(of name: String) throws -> [UInt8]
}

/// The archive formats by ending.
enum Archives {
    static let endings = ["pk3", "zip", "cat"]

    static func isArchive(_ file: URL) -> Bool { endings.contains(file.pathExtension.lowercased()) }

    /// Opens an archive.
    ///
    /// - Throws: `DatasetError.corrupt`, or `notFound` for a file that cannot be read.
    static func open(_ file: URL) throws -> any Archive {
        guard let data = try? Data(contentsOf: file, options: .mappedIfSafe) else {
            throw DatasetError.notFound("\(file.path): cannot be read; expected an archive (zip, pk3 or cat)")
        }
        return file.pathExtension.lowercased() == "cat"
            ? try CatArchive(data, path: file.path) : try ZipArchive(data, path: file.path)
    }
}

/// Little-endian numbers in a block of bytes, with every access checked.
struct ByteReader {
    let data: Data

    init(_ data: Data) { self.data = data }

    var count: Int { data.count }

    /// The number of `width` bytes at an offset; nil beyond the end.
    func number(at offset: Int, width: Int) -> Int? {
        guard offset >= 0, width <= 4, offset <= count - width else { return nil }
        let start = data.startIndex + offset
        return (0..<width).reduce(0) { $0 | Int(data[start + $1]) << (8 * $1) }
    }

    /// The bytes of a range; nil if any lies beyond the end.
    func bytes(at offset: Int, count length: Int) -> [UInt8]? {
        guard offset >= 0, length >= 0, offset <= count, length <= count - offset else { return nil }
        let start = data.startIndex + offset
        return Array(data[start..<start + length])
    }
}
