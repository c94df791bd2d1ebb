import Foundation
import GRDB
import Testing

@testable import Tracking

@Suite struct WorkspaceOpeningTests {
    @Test func readingAMissingWorkspaceMakesNothing() throws {
        let folder = TemporaryFolder()
        #expect(throws: TrackingError.workspaceMissing(path: folder.url.path)) {
            try Workspace.openReadOnly(folder.url)
        }
        #expect(!FileManager.default.fileExists(atPath: folder.url.path))
        try FileManager.default.createDirectory(at: folder.url, withIntermediateDirectories: true)
        #expect(throws: TrackingError.self) { try Workspace.openReadOnly(folder.url) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == [])
    }

    /// What a reader finds that comes while another process makes the workspace.
    @Test func aDatabaseWithoutTablesIsNoWorkspaceYet() throws {
        let folder = TemporaryFolder()
        try FileManager.default.createDirectory(at: folder.url, withIntermediateDirectories: true)
        let queue = try DatabaseQueue(path: folder.database.path)
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = WAL") }
        let failure = #expect(throws: TrackingError.self) { try Workspace.openReadOnly(folder.url) }
        #expect(failure == .workspaceMissing(path: folder.url.path))
        try Workspace(directory: folder.url).startRun(.plain()).finish(.finished)
        #expect(try Workspace.openReadOnly(folder.url).runs().count == 1)
    }

    @Test func aWorkspaceOpenedForReadingRefusesToWrite() throws {
        let folder = TemporaryFolder()
        _ = try Workspace(directory: folder.url)
        let workspace = try Workspace.openReadOnly(folder.url)
        #expect(throws: TrackingError.self) { try workspace.startRun(.plain()) }
        #expect(try workspace.runs().isEmpty)
    }

    @Test func anOpenWriterDoesNotHinderReaders() throws {
        let folder = TemporaryFolder()
        let recorder = try Workspace(directory: folder.url).startRun(.plain())
        try recorder.log("a", step: 0, value: 1)
        try recorder.flush()
        let reader = try Workspace.openReadOnly(folder.url)
        #expect(try reader.run("last").status == .running)
        try recorder.log("a", step: 1, value: 1)
        try recorder.finish(.finished)
        #expect(try reader.series(of: 1, metric: "a").points.count == 2)
    }

    /// The version lies at byte 60 of a SQLite file.
    @Test func aNewerDatabaseIsRefusedUnchanged() throws {
        let folder = TemporaryFolder()
        _ = try Workspace(directory: folder.url)
        var bytes = try Data(contentsOf: folder.database)
        bytes.replaceSubrange(60..<64, with: [0, 0, 0, 99])
        try bytes.write(to: folder.database)
        let failure = TrackingError.newerDatabase(
            path: folder.database.path, found: 99, known: Schema.version)
        #expect(throws: failure) { try Workspace(directory: folder.url) }
        #expect(throws: failure) { try Workspace.openReadOnly(folder.url) }
        #expect(try Data(contentsOf: folder.database) == bytes)
    }

    @Test func aDatabaseOfAnotherProgramIsRefusedUnchanged() throws {
        let folder = TemporaryFolder()
        _ = try Workspace(directory: folder.url)
        var bytes = try Data(contentsOf: folder.database)
        bytes.replaceSubrange(68..<72, with: [1, 2, 3, 4])
        try bytes.write(to: folder.database)
        let failure = TrackingError.foreignDatabase(path: folder.database.path)
        #expect(throws: failure) { try Workspace(directory: folder.url) }
        #expect(throws: failure) { try Workspace.openReadOnly(folder.url) }
        #expect(try Data(contentsOf: folder.database) == bytes)
    }

    enum Damage: CaseIterable { case text, short, truncated, scrambled }

    @Test(arguments: Damage.allCases)
    func aDamagedDatabaseIsRefusedUnchanged(damage: Damage) throws {
        let folder = TemporaryFolder("damaged\(damage)")
        try Workspace(directory: folder.url).startRun(.plain()).finish(.finished)
        var bytes = try Data(contentsOf: folder.database)
        switch damage {
        case .text: bytes = Data("this is no database, whatever its name says".utf8) + Data(count: 200)
        case .short: bytes = bytes.prefix(50)
        case .truncated: bytes = bytes.prefix(bytes.count / 2)
        case .scrambled: bytes.replaceSubrange(100..<4096, with: Data(repeating: 0xa5, count: 3996))
        }
        try bytes.write(to: folder.database)
        for open in [{ try Workspace(directory: folder.url) }, { try Workspace.openReadOnly(folder.url) }] {
            let failure = #expect(throws: TrackingError.self) { _ = try open().runs() }
            guard case .damaged = failure else {
                Issue.record("expected damaged, got \(String(describing: failure))")
                continue
            }
        }
        #expect(try Data(contentsOf: folder.database) == bytes)
    }

    @Test func aPathThatCannotBeAFolderIsNotWritable() throws {
        let folder = TemporaryFolder()
        try FileManager.default.createDirectory(at: folder.url, withIntermediateDirectories: true)
        let file = folder.url.appendingPathComponent("file")
        try Data("x".utf8).write(to: file)
        for url in [file, file.appendingPathComponent("inside")] {
            let failure = #expect(throws: TrackingError.self) { try Workspace(directory: url) }
            guard case .notWritable = failure else {
                Issue.record("expected notWritable, got \(String(describing: failure))")
                continue
            }
        }
        #expect(try Data(contentsOf: file) == Data("x".utf8))
    }

    @Test func fileErrorsAreToldInTheSystemsWords() {
        let wrapped = CocoaError(.fileWriteUnknown, userInfo: [NSUnderlyingErrorKey: POSIXError(.ENOSPC)])
        #expect(systemCode(of: wrapped) == ENOSPC)
        #expect(plainReason(of: CocoaError(.fileWriteNoPermission)) == "Permission denied")
        #expect(plainReason(of: NSError(domain: NSPOSIXErrorDomain, code: 28)) == "No space left on device")
    }

    /// The administrator may write everywhere, so this is for everyone else.
    @Test(.enabled(if: geteuid() != 0))
    func aFolderWithoutWritePermissionCanBeRead() throws {
        let folder = TemporaryFolder()
        try Workspace(directory: folder.url).startRun(.plain()).finish(.finished)
        let files = FileManager.default
        try files.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder.url.path)
        defer { try? files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.url.path) }
        #expect(try Workspace.openReadOnly(folder.url).runs().count == 1)
    }
}
