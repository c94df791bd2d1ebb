import Foundation

/// Where a working directory stands in git.
public struct GitState: Sendable, Equatable {
    public let commit: String
    /// Whether tracked files differ from the commit.
    public let isDirty: Bool
    /// What tracked files differ in, as `git diff` writes it; nil where they do not, or by more than 16 MB.
    public let changes: Data?

    private static let greatestChange = 16 << 20

    /// The state of a directory; nil outside a repository or without git.
    ///
    /// - Parameter directory: default: the current one.
    public static func current(in directory: URL? = nil) -> GitState? {
        func text(_ arguments: [String]) -> String? {
            output(arguments, in: directory).map {
                String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
            }
        }
        guard let commit = text(["rev-parse", "HEAD"]), !commit.isEmpty else { return nil }
        let status = text(["status", "--porcelain", "--untracked-files=no"]) ?? ""
        guard !status.isEmpty else { return GitState(commit: commit, isDirty: false, changes: nil) }
        // Settings of the user must not change what is stored.
        let changes = output(
            ["-c", "core.quotepath=off", "diff", "--no-color", "--no-ext-diff", "--no-textconv", "HEAD"],
            in: directory)
        let isStored = changes.map { !$0.isEmpty && $0.count <= greatestChange } ?? false
        return GitState(commit: commit, isDirty: true, changes: isStored ? changes : nil)
    }

    private static func output(_ arguments: [String], in directory: URL?) -> Data? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["git"] + arguments
        process.currentDirectoryURL = directory
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? data : nil
    }
}
