import Foundation
import StrictJSON
import Tensor
import Testing

@testable import Experiments

/// What a folder of checkpoints holds, whatever happens to it.
@Suite("Checkpoints")
struct CheckpointTests {
    private func checkpoint(_ step: Int) throws -> Checkpoint {
        var progress = TrainingProgress()
        progress.bestLoss = 1 / Double(step + 3)
        return Checkpoint(
            step: step, config: try Miniature.config(),
            weights: ["a": Tensor([Float(step), 0.1], shape: [2])],
            training: TrainingState(
                tensors: ["m": Tensor([Float(step) / 3], shape: [1])], counters: ["generator": step + 1],
                progress: progress))
    }

    private func names(_ folder: Miniature.Folder) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted()
    }

    private func file(_ kind: String, of role: String, in folder: Miniature.Folder) throws -> URL {
        let value = try JSONDocument(contentsOf: folder.url.appending(path: "\(role).json").path).value
        return folder.url.appending(path: try #require(value["files"]?[kind]?["name"]?.stringValue))
    }

    @Test func theNewestTwoTheBestAndTheKeptStay() throws {
        let folder = try Miniature.Folder()
        let checkpoints = CheckpointFolder(folder.url)
        for step in 0..<6 {
            var roles: [CheckpointRole] = [.last]
            if step == 2 { roles.append(.best) }
            if step == 1 || step == 3 { roles.append(.step(step)) }
            try checkpoints.write(checkpoint(step), as: roles, observed: ["seconds": .integer(step)])
        }
        #expect(checkpoints.roles == [.last, .best, .previous, .step(1), .step(3)])
        let steps = try checkpoints.roles.map { try checkpoints.read($0).step }
        #expect(steps == [5, 2, 4, 1, 3])
        // Five descriptions, weights of five steps, states of four: the best one is not trained on.
        #expect(try names(folder).count == 14)

        let (found, problems) = checkpoints.newestResumable(logged: 5)
        #expect(problems.isEmpty && found?.role == .last)
        let whole = try checkpoint(5)
        #expect(found?.checkpoint.training.progress == whole.training.progress)
        #expect(found?.checkpoint.training.counters == whole.training.counters)
        #expect(found?.checkpoint.training.tensors["m"]?.values == whole.training.tensors["m"]?.values)
        #expect(found?.observed["seconds"] == .integer(5))
        #expect(found?.sha256?.count == 64)
    }

    /// The newest comes last: where a role cannot be written, training goes on from the checkpoint before.
    @Test func aWriteThatFailsLeavesTheOneBefore() throws {
        let folder = try Miniature.Folder()
        let checkpoints = CheckpointFolder(folder.url)
        try checkpoints.write(checkpoint(1), as: [.last])
        let before = try names(folder)
        let inTheWay = folder.url.appending(path: "step-3.json")
        try FileManager.default.createDirectory(at: inTheWay, withIntermediateDirectories: true)
        #expect(throws: (any Error).self) { try checkpoints.write(checkpoint(3), as: [.last, .step(3)]) }
        try FileManager.default.removeItem(at: inTheWay)
        #expect(try names(folder) == before)
        let (found, problems) = checkpoints.newestResumable(logged: 3)
        #expect(found?.role == .last && found?.checkpoint.step == 1 && problems.isEmpty)
    }

    @Test(
        arguments: ["weights", "training"],
        ["cut", "flipped", "gone", "no description", "half a description"])
    func aDamagedOneFallsBackToTheOneBefore(kind: String, damage: String) throws {
        let folder = try Miniature.Folder()
        let checkpoints = CheckpointFolder(folder.url)
        try checkpoints.write(checkpoint(1), as: [.last])
        try checkpoints.write(checkpoint(3), as: [.last])
        let url = try file(kind, of: "last", in: folder)
        var data = try Data(contentsOf: url)
        let description = folder.url.appending(path: "last.json")
        switch damage {
        case "cut": try data.prefix(data.count / 2).write(to: url)
        case "flipped":
            data[data.count - 2] ^= 1
            try data.write(to: url)
        case "gone": try FileManager.default.removeItem(at: url)
        case "no description": try FileManager.default.removeItem(at: description)
        default: try Data(contentsOf: description).prefix(100).write(to: description)
        }
        let (found, problems) = checkpoints.newestResumable(logged: 3)
        #expect(found?.role == .previous && found?.checkpoint.step == 1)
        #expect(problems.count == (damage == "no description" ? 0 : 1), "\(problems)")
        if damage == "flipped" { #expect(problems.first?.contains("SHA-256") == true) }
        // The weights of the damaged one are not used either.
        if kind == "weights" { #expect(throws: ExperimentError.self) { try checkpoints.read(.last) } }

        try checkpoints.rewind(to: found)
        #expect(checkpoints.newestResumable(logged: 1).found?.role == .last)
        try checkpoints.write(checkpoint(3), as: [.last])
        #expect(checkpoints.roles == [.last, .previous])
        #expect(try checkpoints.roles.map { try checkpoints.read($0).step } == [3, 1])
        #expect(try names(folder).count == 6)
    }

    @Test func aCheckpointAheadOfTheLogIsPassedOver() throws {
        let folder = try Miniature.Folder()
        let checkpoints = CheckpointFolder(folder.url)
        try checkpoints.write(checkpoint(1), as: [.last])
        try checkpoints.write(checkpoint(3), as: [.last])
        let (found, problems) = checkpoints.newestResumable(logged: 2)
        #expect(found?.checkpoint.step == 1 && problems.count == 1, "\(problems)")
        // Without an older one it is better than to begin anew.
        let (newest, said) = checkpoints.newestResumable(logged: nil)
        #expect(newest?.checkpoint.step == 3 && said.count == 1, "\(said)")
    }

    @Test func goingBackRemovesWhatCameAfter() throws {
        let folder = try Miniature.Folder()
        let checkpoints = CheckpointFolder(folder.url)
        for step in 0..<4 { try checkpoints.write(checkpoint(step), as: [.last, .best, .step(step)]) }
        try Data("half".utf8).write(to: folder.url.appending(path: "9-abc.safetensors.77-0.partial"))
        try Data().write(to: file("training", of: "last", in: folder))
        let found = checkpoints.newestResumable(logged: 3).found
        #expect(found?.role == .previous && found?.checkpoint.step == 2)
        try checkpoints.rewind(to: found)
        #expect(checkpoints.roles == [.last, .previous, .step(0), .step(1), .step(2)])
        #expect(try names(folder).count == 5 + 6)
        try checkpoints.rewind(to: nil)
        #expect(try names(folder).isEmpty)
    }

    @Test(arguments: ["weights", "training", "description"])
    func aCheckpointThatCannotBeWrittenLeavesTheOneBefore(part: String) throws {
        // Names follow from contents, so another folder tells which will be needed.
        let elsewhere = try Miniature.Folder()
        try CheckpointFolder(elsewhere.url).write(checkpoint(3), as: [.last])
        let folder = try Miniature.Folder()
        let checkpoints = CheckpointFolder(folder.url)
        try checkpoints.write(checkpoint(0), as: [.last])
        try checkpoints.write(checkpoint(1), as: [.last])
        let before = try names(folder)
        // A folder in the way stands for a full disk.
        let name =
            part == "description" ? "best.json" : try file(part, of: "last", in: elsewhere).lastPathComponent
        let obstacle = folder.url.appending(path: name)
        try FileManager.default.createDirectory(
            at: obstacle.appending(path: "x"), withIntermediateDirectories: true)
        #expect(throws: FileWriteError.self) { try checkpoints.write(checkpoint(3), as: [.best, .last]) }
        try FileManager.default.removeItem(at: obstacle)
        #expect(try names(folder) == before)
        #expect(checkpoints.newestResumable(logged: 9).found?.checkpoint.step == 1)
        try checkpoints.write(checkpoint(3), as: [.best, .last])
        #expect(try checkpoints.read(.last).step == 3 && checkpoints.read(.previous).step == 1)
    }

    /// What a program wrote that could not resume can still be used, and is not trained on.
    @Test func checkpointsOfTheFirstVersionCanBeRead() throws {
        let folder = try Miniature.Folder()
        let array = SafetensorsFile.NamedArray(name: "a", shape: [1], values: [7])
        try SafetensorsFile.write(
            [array], metadata: ["step": "3"], to: folder.url.appending(path: "last-3.safetensors").path)
        let config = try Miniature.config().json.canonicalText
        try Data(
            """
            {"version": 1, "role": "last", "step": 3, "files": {"weights": "last-3.safetensors",
             "training": "last-3.training.safetensors"}, "config": \(config)}
            """.utf8
        ).write(to: folder.url.appending(path: "last.json"))
        let checkpoints = CheckpointFolder(folder.url)
        #expect(try checkpoints.read(.last).weights["a"]?.values == [7])
        let (found, problems) = checkpoints.newestResumable(logged: 3)
        #expect(found == nil && problems.count == 1)
    }

    @Test func rolesHaveNames() {
        for role in CheckpointRole.singular + [.step(0), .step(1199)] {
            #expect(CheckpointRole(rawValue: role.rawValue) == role)
        }
        for name in ["", "newest", "step-", "step--1", "step-01", "step-x"] {
            #expect(CheckpointRole(rawValue: name) == nil)
        }
    }
}
