import Foundation

/// A document larger than this is not a config.
private let maximumFileSize = 64 << 20

/// The bytes of a file, a pipe or a device, up to the limit.
func readFile(_ path: String) throws(JSONError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unreadable(path, errno) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = read(descriptor, &chunk, chunk.count)
        if count < 0 {
            if errno == EINTR { continue }
            throw unreadable(path, errno)
        }
        if count == 0 { return bytes }
        bytes += chunk[..<count]
        guard bytes.count <= maximumFileSize else {
            throw JSONError(
                kind: .unreadable, file: path,
                "larger than \(maximumFileSize >> 20) MiB, the limit for JSON files")
        }
    }
}

private func unreadable(_ path: String, _ code: Int32) -> JSONError {
    code == ENOENT || code == ENOTDIR
        ? JSONError(kind: .notFound, file: path, "there is no such file")
        : JSONError(
            kind: .unreadable, file: path, "the file cannot be read: \(String(cString: strerror(code)))")
}
