import Foundation

/// Where the working directory stands in git.
public struct GitState: Sendable, Equatable {
    public let commit: String
    /// Whether tracked files differ from the commit.
    public let isDirty: Bool

    /// The state of the current directory; nil outside a repository or without git.
    public static func current() -> GitState? {
        guard let commit = output(["rev-parse", "HEAD"]), !commit.isEmpty else { return nil }
        let changes = output(["status", "--porcelain", "--untracked-files=no"]) ?? ""
        return GitState(commit: commit, isDirty: !changes.isEmpty)
    }

    private static func output(_ arguments: [String]) -> String? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["git"] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { return nil }
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
