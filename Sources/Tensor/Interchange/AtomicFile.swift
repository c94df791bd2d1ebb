import Foundation

/// A file that could not be written, in one line: `runs/run1/best.safetensors: cannot be written: ...`.
public struct FileWriteError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file, as the caller named it.
    public let file: String
    /// The system's reason, for example `No space left on device`.
    public let reason: String

    public var description: String { "\(file): cannot be written: \(reason)" }
}

/// Writes a file so that its name shows either the old content or the whole new one, also after a crash.
public enum AtomicFile {
    /// Writes the bytes that `body` appends, to a temporary file beside the target that then takes its name.
    ///
    /// - Parameters:
    ///   - path: the file; its folder has to exist. An existing file is replaced.
    ///   - body: appends the content piece by piece.
    /// - Throws: `FileWriteError`, or what `body` throws; the temporary file is gone then.
    public static func write(
        to path: String, _ body: (_ append: (UnsafeRawBufferPointer) throws -> Void) throws -> Void
    ) throws {
        let (descriptor, temporaryPath) = try makeTemporary(beside: path)
        var isOpen = true
        do {
            try body { try append($0, to: descriptor, path) }
            guard fsync(descriptor) == 0 else { throw failure(path) }
            isOpen = false
            guard close(descriptor) == 0 else { throw failure(path) }
            guard rename(temporaryPath, path) == 0 else { throw failure(path) }
        } catch {
            if isOpen { close(descriptor) }
            unlink(temporaryPath)
            throw error
        }
        synchroniseFolder(of: path)
    }

    /// Writes an array of bytes.
    public static func write(_ bytes: [UInt8], to path: String) throws {
        try write(to: path) { append in try bytes.withUnsafeBytes(append) }
    }

    /// Creates a file that nobody else has, with the permissions that the user's mask leaves.
    private static func makeTemporary(beside path: String) throws -> (descriptor: Int32, path: String) {
        for attempt in 0..<1000 {
            let temporaryPath = "\(path).\(getpid())-\(attempt).partial"
            let descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            if descriptor >= 0 { return (descriptor, temporaryPath) }
            if errno != EEXIST { break }
        }
        throw failure(path)
    }

    private static func append(
        _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, _ path: String
    ) throws {
        var done = 0
        while done < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
            #if canImport(Glibc)
                let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
            #else
                let count = Darwin.write(descriptor, rest.baseAddress, rest.count)
            #endif
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure(path) }
            done += count
        }
    }

    /// Makes the new name itself survive a power failure. Some file systems refuse; the content is safe then too.
    private static func synchroniseFolder(of path: String) {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    private static func failure(_ path: String) -> FileWriteError {
        FileWriteError(file: path, reason: systemErrorText(errno))
    }
}
