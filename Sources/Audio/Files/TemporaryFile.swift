import Foundation
import Synchronization

/// A new file beside a destination, which either replaces the destination or disappears.
final class TemporaryFile {
    let path: String
    private(set) var descriptor: Int32
    private let destination: URL
    private var isPending = true

    /// Creates `.NAME.PROCESS-NUMBER.partial` in the destination's folder.
    ///
    /// - Throws: `AudioFileError` when the destination is a folder or its folder does not take files.
    init(besides destination: URL) throws {
        self.destination = destination
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: destination.path, isDirectory: &isFolder),
            isFolder.boolValue
        {
            throw AudioFileError.isFolder(path: destination.path)
        }
        let number = Self.counter.wrappingAdd(1, ordering: .relaxed).newValue
        let process = ProcessInfo.processInfo.processIdentifier
        path =
            destination.deletingLastPathComponent()
            .appendingPathComponent(".\(destination.lastPathComponent).\(process)-\(number).partial").path
        descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC, 0o666)
        if descriptor < 0 {
            throw AudioFileError.unwritable(path: destination.path, reason: String(cString: strerror(errno)))
        }
    }

    private static let counter = Atomic<Int>(0)

    deinit { remove() }

    /// Forces the contents to the disk and renames the file to its destination.
    func moveIntoPlace() throws {
        let synced = fsync(descriptor)
        let reason = errno
        let closed = close(descriptor)
        descriptor = -1
        guard synced == 0, closed == 0 else {
            throw AudioFileError.writeFailed(
                path: destination.path, reason: String(cString: strerror(reason)))
        }
        guard rename(path, destination.path) == 0 else {
            throw AudioFileError.unwritable(path: destination.path, reason: String(cString: strerror(errno)))
        }
        isPending = false
    }

    /// Closes and deletes the file unless it has been moved into place.
    func remove() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
        if isPending { unlink(path) }
        isPending = false
    }
}
