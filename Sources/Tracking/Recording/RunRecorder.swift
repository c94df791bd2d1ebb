import Foundation
import Synchronization

/// Writes one run while it lasts: metric points, scores, artifacts, events, and its end.
///
/// Points are buffered and stored by a thread of the recorder's own, in one transaction every 400 ms or
/// 32,768 points, together with a heartbeat that shows readers the run is alive. What `flush` has returned for
/// survives the death of the process. All methods may be called from any thread.
///
/// When another process holds the database too long, all of this goes to a file beside it and enters it later.
/// When the disk is full they are kept in memory, up to a million, and tried again; `onFailure` and `flush` tell.
public final class RunRecorder: Sendable {
    /// The run's number.
    public let run: Run.ID
    /// The run's address, such as "run12".
    public var address: String { Run.address(of: run) }
    /// The folder for the run's own files, such as checkpoints.
    public var directory: URL { workspace.directory(of: run) }
    /// The workspace the run belongs to.
    public let workspace: Workspace
    /// Which stretch of the run's work this is: 1 for the first start, more after each resumption.
    public let attempt: Int
    private let writer: PointWriter
    private let isFinished = Mutex(false)
    /// Nil once the run is over.
    private let lastWords: Mutex<LastWords?>

    init(workspace: Workspace, run: Run.ID, attempt: Int = 1, onFailure: (@Sendable (TrackingError) -> Void)?)
    {
        self.workspace = workspace
        self.run = run
        self.attempt = attempt
        let writer = PointWriter(workspace: workspace, run: run, attempt: attempt, onFailure: onFailure)
        self.writer = writer
        lastWords = Mutex(LastWords(of: run, in: workspace))
        Thread.detachNewThread { writer.storeUntilClosed() }
    }

    deinit {
        writer.abandon()
    }

    /// Names a metric's unit and which way it gets better, before its first point. Metrics that are never
    /// declared have no unit and the goal that their name suggests.
    public func declare(_ metric: String, unit: String = "", goal: MetricGoal) throws {
        try store(.metric(metric, unit: unit, goal: goal))
    }

    /// Logs one value. Cheap: it is put in a buffer.
    ///
    /// - Parameters:
    ///   - metric: the name, such as "train/loss".
    ///   - step: the training step, 0 or more. A second value for the same step replaces the first.
    ///   - value: any number; NaN and infinities are kept as such.
    ///   - time: when it was measured; now by default.
    /// - Throws: the error that hinders storing once no more can be kept, or `TrackingError.runFinished`.
    public func log(_ metric: String, step: Int, value: Double, time: Date? = nil) throws {
        try writer.pending.append(metric, step: step, value: value, time: time?.microseconds)
    }

    /// A metric that will be logged often, by which the look-up of its name is saved.
    public func metric(_ name: String) throws -> MetricHandle {
        MetricHandle(pending: writer.pending, index: try writer.pending.index(of: name))
    }

    /// Notes the last step that the run has completed. A run that never says so counts as completed up to the
    /// greatest step of its points.
    public func setLastStep(_ step: Int) throws {
        try writer.pending.setLastStep(step)
    }

    /// Stores everything that is buffered before it returns: in the database, or beside it while that is locked.
    ///
    /// - Throws: the error that hinders both.
    public func flush() throws {
        try writer.pending.checkOpen()
        try writer.store()
    }

    /// Stores the scores of the files of a test set. Scores of the same checkpoint, file and metric are replaced.
    ///
    /// - Parameters:
    ///   - checkpoint: which weights were scored ("best", "last"), or which other enhancer ("noisy").
    ///   - dataset: the test set's name.
    ///   - scores: one value per file and metric.
    public func addFileScores(checkpoint: String, dataset: String, _ scores: [FileScore]) throws {
        try store(.scores(scores, checkpoint: checkpoint, dataset: dataset))
    }

    /// Stores a file with the run.
    ///
    /// - Parameters:
    ///   - content: the bytes, a file to copy, or a file in the run's own folder.
    ///   - kind: what it is: "audio", "image", "checkpoint".
    ///   - role: its part: "noisy", "enhanced", "clean", "best", "last".
    ///   - name: the file name a person would give it.
    ///   - step: the training step it belongs to.
    ///   - mime: the media type, such as "audio/wav".
    ///   - facts: what else is known about it.
    public func addArtifact(
        _ content: ArtifactContent, kind: String, role: String = "", name: String, step: Int? = nil,
        mime: String, facts: ArtifactFacts = ArtifactFacts()
    ) throws {
        var row = ArtifactRow(
            kind: kind, role: role, name: name, step: step, sha256: "", bytes: 0, mime: mime,
            created: Date.nowMicroseconds, facts: facts)
        try workspace.place(content, of: run, as: &row) { try store(.artifact($0)) }
    }

    /// Notes something worth reading later.
    public func event(_ level: EventLevel, _ title: String, body: String = "") throws {
        try store(.event(level, title: title, body: body, time: Date.nowMicroseconds))
    }

    /// Puts a label on the run.
    public func tag(_ tag: String) throws {
        try store(.tag(tag))
    }

    /// Stores what is no point: in the database, or beside it while that is locked.
    func store(_ record: RunRecord) throws {
        let isStored = try writer.store(record)
        if !isStored { try workspace.write { try record.enter(run, in: $0) } }
    }

    /// Stores what is buffered and writes the run's end. Once that has succeeded, further calls do nothing;
    /// when it throws, it can be called again.
    ///
    /// - Parameters:
    ///   - status: `.finished`, `.failed` or `.killed`.
    ///   - exitCode: what the program will exit with.
    ///   - error: the reason of a failure, in one line.
    public func finish(_ status: RunStatus, exitCode: Int? = nil, error: String? = nil) throws {
        try isFinished.withLock { isFinished in
            guard !isFinished else { return }
            writer.pending.close()
            try writer.store(isLast: true)
            let replaced = writer.replacedCount
            if replaced > 0 {
                // Worth knowing, but not worth failing for.
                try? event(.warning, "\(replaced) values replaced an earlier value of the same step")
            }
            try writer.close(
                status: status, exitCode: exitCode, error: status == .finished ? nil : error)
            writer.release()
            lastWords.withLock { $0 = nil }
            isFinished = true
        }
    }
}
