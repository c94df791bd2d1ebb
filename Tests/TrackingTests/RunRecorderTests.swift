import Foundation
import Synchronization
import Testing

@testable import Tracking

@Suite struct RunRecorderTests {
    @Test func aRunReadsBackAsItWasDescribed() throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url)
        let recorder = try workspace.startRun(
            RunDescription(
                name: "baseline", kind: "train", seed: .max,
                configJSON: #"{"model":{"depth":4,"norm":"batch"},"rates":[1,2.5],"on":true,"none":null}"#,
                configHash: "c", datasetHash: "d", evalHash: "e", gitCommit: "abc", gitDirty: true,
                host: "here", cpu: "fast", threads: 2, commandLine: "workbench run x.json",
                programVersion: "1.2", environment: ["OMP": "1"], mainMetric: "val/loss"))
        try recorder.setLastStep(7)
        try recorder.finish(.finished, exitCode: 0)
        let run = try Workspace.openReadOnly(folder.url).run("run1")
        #expect(run.address == "run1" && run.name == "baseline" && run.kind == "train")
        #expect(run.seed == .max && run.lastStep == 7)
        #expect(run.status == .finished && run.exitCode == 0 && run.error == nil)
        #expect(run.configHash == "c" && run.datasetHash == "d" && run.evalHash == "e")
        #expect(run.gitCommit == "abc" && run.gitDirty == true)
        #expect(run.cpu == "fast" && run.threads == 2 && run.commandLine == "workbench run x.json")
        #expect(run.programVersion == "1.2" && run.environment == ["OMP": "1"])
        #expect(run.mainMetric == "val/loss")
        #expect(run.ended != nil && run.duration() >= 0 && run.duration() < 60)
        let parameters = try workspace.parameters(of: run.id)
        #expect(parameters.map(\.key) == ["model.depth", "model.norm", "none", "on", "rates"])
        #expect(parameters.map(\.value) == ["4", "batch", "null", "true", "[1,2.5]"])
    }

    @Test func pointsAndTheirStatisticsAreStored() throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url)
        let recorder = try workspace.startRun(.plain())
        try recorder.declare("val/si_sdr", unit: "dB", goal: .max)
        let values = [3.0, -1, 4, .nan, 1, 5, .infinity, -.infinity]
        for (step, value) in values.enumerated() { try recorder.log("val/si_sdr", step: step, value: value) }
        try recorder.flush()
        let series = try workspace.series(of: recorder.run, metric: "val/si_sdr")
        #expect(series.unit == "dB" && series.goal == .max)
        #expect(series.points.map(\.step) == Array(0..<8))
        #expect(series.points.map { "\($0.value)" } == values.map { "\($0)" })
        let summary = try #require(try workspace.summaries(of: recorder.run).first)
        #expect(summary.count == 5 && summary.nonFiniteCount == 3)
        #expect(summary.first == 3 && summary.last == -.infinity && summary.lastStep == 7)
        #expect(summary.minimum == -1 && summary.minimumStep == 1)
        #expect(summary.maximum == 5 && summary.maximumStep == 5)
        // numpy.mean and numpy.std(ddof=1) of 3, -1, 4, 1, 5.
        #expect(abs((summary.mean ?? 0) - 2.4) < 1e-12)
        #expect(abs((summary.standardDeviation ?? 0) - 2.4083189157584592) < 1e-12)
        try recorder.finish(.finished)
    }

    /// Facts logged at a planned step must not make a stopped run look complete.
    @Test func theStatedLastStepCountsMoreThanThatOfPoints() throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url)
        let recorder = try workspace.startRun(.plain())
        try recorder.log("a", step: 3, value: 1)
        try recorder.flush()
        #expect(try workspace.run("1").lastStep == 3)
        try recorder.setLastStep(4)
        try recorder.log("memory", step: 99, value: 1)
        try recorder.finish(.killed)
        #expect(try workspace.run("1").lastStep == 4)
    }

    @Test func theLastValueOfAStepWinsAndIsCounted() throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url)
        let recorder = try workspace.startRun(.plain())
        for step in 0..<4 { try recorder.log("a", step: step, value: 9) }
        try recorder.flush()
        for step in 0..<3 { try recorder.log("a", step: step, value: Double(step)) }
        try recorder.finish(.finished)
        let points = try workspace.series(of: recorder.run, metric: "a").points
        #expect(points.map(\.value) == [0, 1, 2, 9])
        let summary = try #require(try workspace.summaries(of: recorder.run).first)
        #expect(summary.count == 4 && summary.mean == 3 && summary.last == 9 && summary.first == 0)
        #expect(try workspace.events(of: recorder.run).map(\.title).first?.hasPrefix("3 values") == true)
    }

    @Test func theWriterStoresWithoutBeingAsked() throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url)
        let recorder = try workspace.startRun(.plain())
        for step in 0..<40_000 { try recorder.log("a", step: step, value: 1) }
        let end = Date(timeIntervalSinceNow: 10)
        var count = 0
        while count < 40_000 && Date() < end {
            Thread.sleep(forTimeInterval: 0.02)
            count = try workspace.summaries(of: recorder.run).first?.count ?? 0
        }
        #expect(count == 40_000)
        #expect(try workspace.run("1").lastStep == 39_999)
        try recorder.finish(.killed, exitCode: 75)
        #expect(try workspace.run("1").status == .killed)
    }

    @Test func aFinishedRunTakesNothingMore() throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url)
        let recorder = try workspace.startRun(.plain())
        try recorder.finish(.failed, exitCode: 1, error: "loss is nan at step 3")
        try recorder.finish(.finished)
        let run = try workspace.run("last")
        #expect(run.status == .failed && run.error == "loss is nan at step 3" && run.exitCode == 1)
        #expect(throws: TrackingError.runFinished(run: "run1")) { try recorder.log("a", step: 0, value: 1) }
    }

    @Test func aRecorderThatIsDroppedKeepsItsPoints() throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url)
        do {
            let recorder = try workspace.startRun(.plain())
            try recorder.log("a", step: 0, value: 1)
        }
        #expect(try workspace.series(of: 1, metric: "a").points.count == 1)
    }

    @Test func severalWritersLoseNoPoint() throws {
        let folder = TemporaryFolder()
        let failures = Mutex<[String]>([])
        let group = DispatchGroup()
        let url = folder.url
        for writer in 0..<4 {
            group.enter()
            Thread.detachNewThread {
                defer { group.leave() }
                do {
                    // Every writer makes the workspace itself, as processes started together do.
                    let recorder = try Workspace(directory: url).startRun(.plain(name: "writer\(writer)"))
                    for step in 0..<3_000 {
                        try recorder.log("a", step: step, value: Double(writer))
                        try recorder.log("b", step: step, value: Double(step))
                    }
                    try recorder.finish(.finished)
                } catch {
                    failures.withLock { $0.append("\(error)") }
                }
            }
        }
        group.wait()
        #expect(failures.withLock(\.self) == [])
        let workspace = try Workspace.openReadOnly(url)
        let runs = try workspace.runs()
        #expect(runs.map(\.address) == ["run1", "run2", "run3", "run4"])
        #expect(Set(runs.compactMap(\.name)).count == 4)
        for run in runs {
            let writer = Double(run.name?.last?.wholeNumberValue ?? -1)
            let points = try workspace.series(of: run.id, metric: "a").points
            #expect(points.count == 3_000 && points.allSatisfy { $0.value == writer })
            #expect(try workspace.series(of: run.id, metric: "b").points.count == 3_000)
        }
    }
}
