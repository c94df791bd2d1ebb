import Foundation

/// The file system that a folder lies on.
struct FileSystem {
    /// As the system calls it, such as "ext4"; nil where it does not tell.
    let name: String?
    /// Bytes that are left for this user.
    let freeBytes: Int

    /// - Returns: nil where the system does not tell how much room there is.
    init?(of folder: URL) {
        let facts = try? FileManager.default.attributesOfFileSystem(forPath: folder.path)
        guard let free = (facts?[.systemFreeSize] as? NSNumber)?.intValue else { return nil }
        freeBytes = free
        let mounts = try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)
        name = mounts.flatMap { Self.type(of: folder.resolvingSymlinksInPath().path, mounts: $0) }
    }

    init(name: String?, freeBytes: Int) {
        (self.name, self.freeBytes) = (name, freeBytes)
    }

    /// Whether other machines may write to it, too.
    var isShared: Bool {
        let name = name ?? ""
        return ["nfs", "cifs", "smb", "9p", "afs", "ceph", "lustre", "gpfs", "gfs2", "ocfs2", "glusterfs"]
            .contains {
                name.hasPrefix($0)
            } || ["fuse.sshfs", "fuse.glusterfs", "fuse.rclone", "fuse.s3fs"].contains(name)
    }

    /// Whether it is gone when the machine starts anew.
    var isInMemory: Bool { name == "tmpfs" || name == "ramfs" }

    /// The type of the innermost mount that holds a path.
    ///
    /// Source: proc_pid_mountinfo(5): the fifth field is the mount point, the type follows a lone dash.
    static func type(of path: String, mounts: String) -> String? {
        var found: (length: Int, type: String)?
        for line in mounts.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 6, let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count else {
                continue
            }
            let point = fields[4].replacingOccurrences(of: "\\040", with: " ")
            let isAbove = path == point || point == "/" || path.hasPrefix(point + "/")
            // Of two mounts at one point the later hides the earlier.
            if isAbove, point.count >= found?.length ?? 0 { found = (point.count, String(fields[dash + 1])) }
        }
        return found?.type
    }
}
