import Foundation
import Testing

@testable import Tracking

@Suite struct WorkspaceReadingTests {
    @Test func runsAreFoundByNumberAddressNameAndLast() throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url)
        for name in ["first", "twin", "twin", nil] {
            try workspace.startRun(.plain(name: name)).finish(.finished)
        }
        #expect(try workspace.run("2").id == 2)
        #expect(try workspace.run("run3").id == 3)
        #expect(try workspace.run("last").id == 4)
        #expect(try workspace.run("first").id == 1)
        #expect(throws: TrackingError.ambiguousRun(address: "twin", candidates: ["run2", "run3"])) {
            try workspace.run("twin")
        }
        #expect(throws: TrackingError.unknownRun(address: "fist", nearest: ["first"])) {
            try workspace.run("fist")
        }
        #expect(throws: TrackingError.unknownRun(address: "run9", nearest: ["run4", "run3", "run2", "run1"]))
        {
            try workspace.run("run9")
        }
        #expect(try workspace.runs(limit: 2).map(\.id) == [3, 4])
    }

    @Test func anEmptyWorkspaceSaysSo() throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url)
        #expect(throws: TrackingError.noRuns(address: "last", path: workspace.directory.path)) {
            try workspace.run("last")
        }
    }

    @Test func anUnknownMetricListsTheNearest() throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url)
        let recorder = try workspace.startRun(.plain())
        for name in ["train/loss", "val/loss", "speed"] { try recorder.log(name, step: 0, value: 1) }
        try recorder.finish(.finished)
        #expect(
            throws: TrackingError.unknownMetric(
                name: "train/los", run: "run1", nearest: ["train/loss"])
        ) {
            try workspace.series(of: 1, metric: "train/los")
        }
        #expect(
            throws: TrackingError.unknownMetric(
                name: "zzzz", run: "run1", nearest: ["speed", "train/loss", "val/loss"])
        ) {
            try workspace.series(of: 1, metric: "zzzz")
        }
    }

    @Test func fileScoresReadBackAndReplaceEarlierOnes() throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url)
        let recorder = try workspace.startRun(.plain())
        func score(_ file: String, _ result: FileScore.Result) -> FileScore {
            FileScore(
                file: file, condition: "N", seconds: 2.5, sha256: "ab", metric: "si_sdr", result: result)
        }
        try recorder.addFileScores(checkpoint: "best", dataset: "test", [score("a", .value(1))])
        let scores = [
            score("a", .value(-3.25)), score("b", .undefined(reason: "the target is silent")),
            score("c", .value(.infinity)),
        ]
        try recorder.finish(.finished)
        try workspace.addFileScores(run: recorder.run, checkpoint: "best", dataset: "test", scores)
        let stored = try workspace.fileScores(of: recorder.run)
        #expect(stored.map(\.score) == scores)
        #expect(stored.allSatisfy { $0.checkpoint == "best" && $0.dataset == "test" && $0.goal == .max })
    }

    /// By set, checkpoint, path, class and metric, whatever the order of writing.
    @Test func fileScoresComeInOrderAndByCheckpoint() throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url)
        let recorder = try workspace.startRun(.plain())
        #expect(try workspace.checkpoints(of: recorder.run).isEmpty)
        for (dataset, checkpoint) in [("b", "last"), ("a", "last"), ("a", "input"), ("b", "best")] {
            let scores = ["z", "B", "a"].flatMap { file in
                ["R", "N"].flatMap { condition in
                    ["stoi", "pesq"].map { metric in
                        FileScore(
                            file: file, condition: condition, speaker: "voice", metric: metric,
                            result: .value(1))
                    }
                }
            }
            try recorder.addFileScores(checkpoint: checkpoint, dataset: dataset, scores)
        }
        #expect(try workspace.checkpoints(of: recorder.run) == ["best", "input", "last"])
        let all = try workspace.fileScores(of: recorder.run)
        let keys = all.map {
            [$0.dataset, $0.checkpoint, $0.score.file, $0.score.condition, $0.score.metric]
        }
        #expect(keys == keys.sorted { $0.lexicographicallyPrecedes($1) } && keys.count == 48)
        #expect(all.allSatisfy { $0.goal == .max && $0.score.speaker == "voice" })
        let some = try workspace.fileScores(of: recorder.run, checkpoints: ["best", "none"])
        #expect(some.count == 12 && some.allSatisfy { $0.checkpoint == "best" && $0.dataset == "b" })
    }

    @Test func artifactsAreKeptByContentAndOnlyOnce() throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url)
        let recorder = try workspace.startRun(.plain())
        let source = folder.url.appendingPathComponent("source.wav")
        try Data("abc".utf8).write(to: source)
        try Data("weights".utf8).write(to: recorder.directory.appendingPathComponent("best.safetensors"))
        try recorder.addArtifact(
            .data(Data("abc".utf8)), kind: "audio", role: "noisy", name: "a.wav", mime: "audio/wav")
        try recorder.addArtifact(.file(source), kind: "audio", name: "b.wav", step: 5, mime: "audio/wav")
        try recorder.addArtifact(
            .runFile("best.safetensors"), kind: "checkpoint", role: "best", name: "best.safetensors",
            mime: "application/octet-stream")
        let artifacts = try workspace.artifacts(of: recorder.run)
        #expect(artifacts.map(\.name) == ["a.wav", "b.wav", "best.safetensors"])
        #expect(artifacts.map(\.step) == [nil, 5, nil])
        #expect(artifacts.map(\.bytes) == [3, 3, 7])
        #expect(artifacts[0].url == artifacts[1].url)
        #expect(artifacts[0].sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(try Data(contentsOf: artifacts[0].url) == Data("abc".utf8))
        #expect(artifacts[2].url.lastPathComponent == "best.safetensors")
        let kept = try FileManager.default.subpathsOfDirectory(
            atPath: folder.url.appendingPathComponent("artifacts").path)
        #expect(kept.count == 2, "one folder of two digits and one file in it: \(kept)")
        let missing = folder.url.appendingPathComponent("absent.wav")
        #expect(throws: TrackingError.self) {
            try recorder.addArtifact(.file(missing), kind: "audio", name: "x", mime: "audio/wav")
        }
        try recorder.finish(.finished)
    }

    @Test func eventsAndTagsReadBack() throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url)
        let recorder = try workspace.startRun(.plain())
        try recorder.event(.warning, "loss is not finite", body: "step 12")
        try recorder.tag("b")
        try recorder.tag("a")
        try recorder.tag("a")
        try recorder.finish(.finished)
        let event = try #require(try workspace.events(of: 1).first)
        #expect(event.level == .warning && event.title == "loss is not finite" && event.body == "step 12")
        #expect(try workspace.tags(of: 1) == ["a", "b"])
    }

    @Test func aConfigurationMustBeAnObject() throws {
        let folder = TemporaryFolder()
        let workspace = try Workspace(directory: folder.url)
        for config in ["", "[1]", "{", "3"] {
            #expect(throws: TrackingError.self) { try workspace.startRun(.plain(config: config)) }
        }
        #expect(try workspace.runs().isEmpty)
    }
}
