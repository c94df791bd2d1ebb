import Testing

@testable import Tracking

/// What a folder lies on, read from the system's table of mounts.
@Suite struct FileSystemTests {
    private static let mounts = """
        22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
        31 22 0:27 / /scratch rw - tmpfs tmpfs rw
        40 22 0:44 / /media/a\\040b rw - nfs4 server:/export rw
        41 22 0:45 / /media rw shared:2 master:3 - fuse.sshfs sshfs rw
        42 22 0:46 / /scratch rw - xfs /dev/sdb rw
        """

    @Test(arguments: [
        ("/data", "ext4"), ("/scratch/x", "xfs"), ("/media/c", "fuse.sshfs"), ("/media/a b/c", "nfs4"),
        ("/mediatheque", "ext4"),
    ])
    func theInnermostMountCounts(path: String, type: String) {
        #expect(FileSystem.type(of: path, mounts: Self.mounts) == type)
    }

    @Test func networksAndMemoryAreTold() {
        func system(_ name: String) -> FileSystem { FileSystem(name: name, freeBytes: 1) }
        for name in ["nfs4", "nfs", "cifs", "smb3", "9p", "ceph", "fuse.sshfs"] {
            #expect(system(name).isShared, "\(name)")
        }
        for name in ["ext4", "xfs", "btrfs", "overlay", "fuse.ext4"] {
            #expect(!system(name).isShared, "\(name)")
        }
        #expect(system("tmpfs").isInMemory && !system("ext4").isInMemory)
    }
}
