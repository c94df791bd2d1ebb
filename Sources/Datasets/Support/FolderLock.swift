import Foundation

/// Keeps a second process from preparing into the same folder. The system frees it when the process ends, however.
struct FolderLock {
    private let descriptor: Int32

    /// - Throws: `DatasetError.writing` when another process holds it or the folder does not take files.
    init(_ folder: URL) throws {
        let path = folder.appending(path: ".lock").path
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            throw DatasetError.writing("\(path): cannot be created (\(String(cString: strerror(errno))))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw DatasetError.writing(
                "\(folder.path): another process is preparing this folder; wait for its end")
        }
    }

    func release() { close(descriptor) }
}
