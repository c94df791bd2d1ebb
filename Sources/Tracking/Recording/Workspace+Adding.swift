import Foundation
import GRDB

extension Workspace {
    /// Stores scores of a test set's files with a run, whether it still runs or not.
    ///
    /// Scores of the same checkpoint, file and metric are replaced.
    public func addFileScores(
        run: Run.ID, checkpoint: String, dataset: String, _ scores: [FileScore]
    ) throws {
        try write {
            try RunRecord.scores(scores, checkpoint: checkpoint, dataset: dataset).enter(run, in: $0)
        }
    }

    /// Notes something about a run.
    public func addEvent(run: Run.ID, _ level: EventLevel, _ title: String, body: String = "") throws {
        try write { try Self.addEvent(run: run, level, title, body: body, in: $0) }
    }

    static func addEvent(
        run: Run.ID, _ level: EventLevel, _ title: String, body: String = "", in database: Database
    ) throws {
        try RunRecord.event(level, title: title, body: body, time: Date.nowMicroseconds)
            .enter(run, in: database)
    }

    /// Puts a label on a run.
    public func addTag(run: Run.ID, _ tag: String) throws {
        try write { try RunRecord.tag(tag).enter(run, in: $0) }
    }

    /// Names a metric's unit and which way it gets better.
    public func declare(_ metric: String, unit: String = "", goal: MetricGoal) throws {
        try write { try RunRecord.metric(metric, unit: unit, goal: goal).enter(0, in: $0) }
    }
}
