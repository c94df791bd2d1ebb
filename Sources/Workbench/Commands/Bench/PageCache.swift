import Foundation

/// Pushes files out of the memory in which the system keeps what was read from the disk.
enum PageCache {
    /// Writes what has not reached the disk, and asks the system to forget the file.
    ///
    /// - Returns: the share of the file that is in memory afterwards, 0 to 1: pages that a process has mapped stay.
    ///   Nil where the system does not tell, and where it knows no such request.
    static func evict(_ url: URL) -> Double? {
        let file = open(url.path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        #if os(Linux)
            fsync(file)
            guard posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED) == 0 else { return nil }
            return residentShare(file)
        #else
            return nil
        #endif
    }

    #if os(Linux)
        private static func residentShare(_ file: Int32) -> Double? {
            let size = Int(lseek(file, 0, SEEK_END))
            guard size > 0 else { return 0 }
            guard let memory = mmap(nil, size, PROT_READ, MAP_SHARED, file, 0), memory != MAP_FAILED else {
                return nil
            }
            defer { munmap(memory, size) }
            let page = Int(sysconf(Int32(_SC_PAGESIZE)))
            var pages = [UInt8](repeating: 0, count: (size + page - 1) / page)
            guard mincore(memory, size, &pages) == 0 else { return nil }
            return Double(pages.count { $0 & 1 == 1 }) / Double(pages.count)
        }
    #endif
}
