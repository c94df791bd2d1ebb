import Foundation
import Testing

@testable import Tracking

@Suite struct CrashMarkingTests {
    private static let here = ProcessIdentity.current

    private static func identity(_ change: (inout ProcessIdentity) -> Void) -> ProcessIdentity {
        var identity = here
        change(&identity)
        return identity
    }

    @Test func thisProcessLives() {
        #expect(!Self.here.isGone)
        #expect(Self.here.processStart != nil)
    }

    /// A process number that was given to another program has another start time.
    @Test func aReusedProcessNumberIsAnotherProcess() {
        #expect(Self.identity { $0.processStart = 1 }.isGone)
        #expect(Self.identity { $0.bootID = "another boot" }.isGone)
        #expect(Self.identity { $0.processID = 0x3fff_ffff }.isGone)
    }

    @Test(arguments: [
        (seconds: 5.0, isGone: true, isElsewhere: false, isDead: false),
        (seconds: 7.0, isGone: true, isElsewhere: false, isDead: true),
        (seconds: 900.0, isGone: false, isElsewhere: false, isDead: false),
        (seconds: 15.0, isGone: true, isElsewhere: true, isDead: false),
        (seconds: 21.0, isGone: true, isElsewhere: true, isDead: true),
        // The clock was set back since the last beat.
        (seconds: -3_600.0, isGone: true, isElsewhere: false, isDead: true),
        (seconds: -3_600.0, isGone: false, isElsewhere: false, isDead: false),
        (seconds: -1.0, isGone: true, isElsewhere: false, isDead: false),
    ])
    func aRunIsDeadWhenBeatsAreMissingAndItsProcessIsGone(
        seconds: Double, isGone: Bool, isElsewhere: Bool, isDead: Bool
    ) {
        let now = Date()
        let writer = Self.identity { identity in
            if isGone { identity.processStart = 1 }
            if isElsewhere { identity.host = "elsewhere" }
        }
        let beat = Heartbeat(writer: writer, last: now.addingTimeInterval(-seconds), interval: 2_000)
        #expect(beat.isDead(now: now) == isDead)
    }

    @Test func aDeadRunIsShownAsCrashedByReaders() throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url)
        let start = Date(timeIntervalSinceNow: -60)
        let dead = Self.identity { $0.processStart = 1 }
        _ = try workspace.insert(.plain(), writer: dead, now: start)
        _ = try workspace.insert(.plain(), writer: Self.here, now: start)
        let runs = try Workspace.openReadOnly(folder.url).runs()
        #expect(runs.map(\.status) == [.crashed, .stalled])
        #expect(abs((runs[0].ended ?? .distantPast).timeIntervalSince(start)) < 0.001)
        #expect(runs[1].ended == nil)
    }
}
