import Foundation
import Testing

@testable import Experiments

@Suite struct GitStateTests {
    private static func git(_ arguments: String..., in folder: URL) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["git", "-c", "user.name=a", "-c", "user.email=a@b"] + arguments
        process.currentDirectoryURL = folder
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }

    @Test func changesAreStoredOnlyWhereThereAreAny() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "git-state-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(GitState.current(in: folder) == nil, "there is no repository")
        try Self.git("init", "-q", in: folder)
        let file = folder.appendingPathComponent("ä.txt")
        try Data("one\n".utf8).write(to: file)
        try Self.git("add", ".", in: folder)
        try Self.git("commit", "-q", "-m", "first", in: folder)
        let clean = try #require(GitState.current(in: folder))
        #expect(clean.commit.count == 40 && !clean.isDirty && clean.changes == nil)
        try Data("x".utf8).write(to: folder.appendingPathComponent("untracked"))
        #expect(GitState.current(in: folder) == clean)
        try Data("two\n".utf8).write(to: file)
        let dirty = try #require(GitState.current(in: folder))
        let text = String(decoding: try #require(dirty.changes), as: UTF8.self)
        #expect(dirty.isDirty && dirty.commit == clean.commit)
        #expect(text.hasPrefix("diff --git a/ä.txt b/ä.txt\n") && text.hasSuffix("-one\n+two\n"))
        #expect(dirty.changesDigest?.count == 64)
    }
}
