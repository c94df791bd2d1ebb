import Foundation

/// Bytes that are read where they are needed: a file kept open, or an array.
///
/// A checkpoint may be large and a damaged header may claim anything, so nothing is read or allocated beyond
/// what the file really holds. The open file stays the same file when its name is given to another one.
final class ReadableBytes: Sendable {
    private enum Source: Sendable {
        case file(descriptor: Int32)
        case memory([UInt8])
    }

    private let source: Source
    /// The name that errors use.
    let name: String
    /// The number of bytes.
    let count: Int

    init(_ bytes: [UInt8], name: String) {
        source = .memory(bytes)
        self.name = name
        count = bytes.count
    }

    init(contentsOf path: String) throws(SafetensorsError) {
        // Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR {
                throw SafetensorsError(.notFound, path, "there is no such file")
            }
            throw SafetensorsError(.unreadable, path, "cannot be opened: \(systemErrorText(errno))")
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw SafetensorsError(.unreadable, path, "not a regular file; a safetensors file is needed")
        }
        source = .file(descriptor: descriptor)
        name = path
        count = Int(status.st_size)
    }

    deinit {
        if case .file(let descriptor) = source { close(descriptor) }
    }

    /// Copies the bytes from `offset` on into a buffer, filling it.
    func read(from offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(SafetensorsError) {
        switch source {
        case .memory(let bytes):
            guard offset >= 0, offset + buffer.count <= bytes.count else { throw truncated() }
            bytes.withUnsafeBytes { all in
                buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: all[offset..<offset + buffer.count]))
            }
        case .file(let descriptor):
            var done = 0
            while done < buffer.count {
                let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
                let count = pread(descriptor, rest.baseAddress, rest.count, off_t(offset + done))
                if count < 0, errno == EINTR { continue }
                if count < 0 {
                    throw SafetensorsError(.unreadable, name, "cannot be read: \(systemErrorText(errno))")
                }
                if count == 0 { throw truncated() }
                done += count
            }
        }
    }

    private func truncated() -> SafetensorsError {
        SafetensorsError(.malformed, name, "the file ends early; it was cut off while being read")
    }

    /// A copy of some bytes.
    func bytes(from offset: Int, count: Int) throws(SafetensorsError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        // The closure of withUnsafeMutableBytes would lose the type of the error.
        let result = bytes.withUnsafeMutableBytes { buffer in
            Result { () throws(SafetensorsError) in try read(from: offset, into: buffer) }
        }
        try result.get()
        return bytes
    }
}

/// The system's text for an error number.
func systemErrorText(_ code: Int32) -> String { String(cString: strerror(code)) }
