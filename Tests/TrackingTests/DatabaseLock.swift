import Foundation

@testable import Tracking

/// Holds a database's write lock until it is told to let go.
final class DatabaseLock: Sendable {
    private let release = DispatchSemaphore(value: 0)
    private let released = DispatchSemaphore(value: 0)

    init(_ workspace: Workspace) {
        let locked = DispatchSemaphore(value: 0)
        let (release, released) = (release, released)
        Thread.detachNewThread {
            try? workspace.write { _ in
                locked.signal()
                release.wait()
            }
            released.signal()
        }
        locked.wait()
    }

    func letGo() {
        release.signal()
        released.wait()
    }
}
