import CSndfile
import Synchronization

/// libsndfile tells why a file could not be opened in a variable of the whole process, so opening and asking
/// for the reason must not be interrupted by another thread's opening.
enum SoundFileOpening {
    private static let turn = Mutex(())

    /// Opens by path to read, or by `descriptor` to write.
    ///
    /// - Throws: what `reason` makes of the error's number and text.
    static func open(
        _ path: String, info: inout SF_INFO, writingTo descriptor: Int32? = nil,
        orThrow reason: (_ code: Int32, _ text: String) -> AudioFileError
    ) throws -> OpaquePointer {
        var opened = info
        defer { info = opened }
        let result: Result<UInt, AudioFileError> = turn.withLock { _ in
            let handle =
                if let descriptor {
                    sf_open_fd(descriptor, Int32(SFM_WRITE), &opened, 0)
                } else {
                    sf_open(path, Int32(SFM_READ), &opened)
                }
            if let handle { return .success(UInt(bitPattern: handle)) }
            return .failure(reason(sf_error(nil), oneLine(sf_strerror(nil))))
        }
        guard let handle = OpaquePointer(bitPattern: try result.get()) else {
            throw AudioFileError.notFound(path: path)
        }
        return handle
    }
}
