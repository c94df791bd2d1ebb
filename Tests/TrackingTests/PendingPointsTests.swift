import Testing

@testable import Tracking

@Suite struct PendingPointsTests {
    /// What could not be stored comes before what was logged since: of a step that was logged twice the later value
    /// counts, and so does the step that was stated last.
    @Test func whatCouldNotBeStoredComesFirstAgain() throws {
        let pending = PendingPoints(run: 1, databasePath: "none")
        try pending.append("loss", step: 3, value: 1, time: nil)
        try pending.append("loss", step: 9, value: 2, time: nil)
        try pending.setLastStep(3)
        let (batch, _) = pending.take()
        try pending.append("loss", step: 3, value: 4, time: nil)
        try pending.setLastStep(4)
        #expect(pending.fail(batch, .locked(path: "none")), "the first failure is told")
        let (again, names) = pending.take()
        #expect(again.points.map(\.value) == [1, 2, 4] && again.points.map(\.step) == [3, 9, 3])
        #expect(again.loggedStep == 9 && again.statedStep == 4 && names == ["loss"])
        #expect(!pending.fail(again, .locked(path: "none")), "the second is not")
        let (last, _) = pending.take()
        #expect(last.points.count == 3 && last.statedStep == 4)
        pending.succeed(last)
        #expect(pending.take().batch.points.isEmpty)
        #expect(
            pending.fail(PendingPoints.Batch(), .locked(path: "none")), "the first after a success is told")
    }
}
