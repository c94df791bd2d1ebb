import Audio
import Foundation
import StrictJSON
import Testing

@testable import Experiments

@Suite("Unpaired folders") struct UnpairedTests {
    private let tree: Tree

    init() throws {
        tree = try Tree()
        for index in 0..<12 { try tree.add(Tree.sound("\(index)", seconds: 1.5), "phone/\(index).wav") }
    }

    private func sources(_ changes: String...) throws -> any ExampleSource {
        var document = try JSONDocument(
            """
            {"kind": "unpaired", "recordings": [{"path": "\(tree.path)/phone"}], "test_every": 4, "test_items": 4,
             "validation_items": 4, "evaluation_seconds": [0.5, 1.5], "gap_seconds": [0, 0]}
            """)
        for change in changes { try document.apply(Override(change)) }
        return try document.decode(Choice<DatasetRegistry>.self).item.open(sampleRate: Tree.sampleRate)
    }

    @Test func recordingsComeWithoutTargets() throws {
        let source = try sources()
        #expect(source.targets == .none)
        let names = DataSplit.allCases.map(source.names)
        #expect(names.allSatisfy { !$0.isEmpty } && names.flatMap { $0 }.count == 12)
        let example = try source.trainingExample(seed: 1, index: 0, samples: 12000)
        guard case .none = example.target else { return #expect(Bool(false)) }
        #expect(example.input.count == 12000)
        #expect(try sources().trainingExample(seed: 1, index: 0, samples: 12000).input == example.input)
        for item in source.items(.test) {
            let number = try #require(item.name.split(separator: "_").last)
            #expect(try source.example(item, of: .test).input.isStored(Tree.sound("\(number)", seconds: 1.5)))
        }
    }

    @Test func theLevelCanBeSet() throws {
        let source = try sources("level=-20")
        for index in 0..<3 {
            let input = try source.trainingExample(seed: 1, index: index, samples: 12000).input
            let level = 20 * log10(ActiveLevel.rms(input, sampleRate: Tree.sampleRate))
            #expect(abs(level + 20) < 0.1)
        }
        #expect(try sources("level=-20").testHash != sources().testHash)
    }

    @Test func whatCannotBeUsedIsNamed() throws {
        func text(_ changes: String) -> String {
            do { _ = try sources(changes); return "" } catch { return "\(error)" }
        }
        #expect(text("recordings.0.path=\(tree.path)/gone").contains("no such folder"))
        #expect(text("recordings=[]").contains("recordings"))
        #expect(text("minimum_seconds=50").contains("minimum_seconds"))
        // A model that is trained on pairs cannot use them.
        let document = try JSONDocument(
            #"{"kind": "unpaired", "recordings": [{"path": "\#(tree.path)/phone"}]}"#)
        let config = try document.decode(Choice<DatasetRegistry>.self).item
        #expect(throws: ExperimentError.self) { try config.make(sampleRate: Tree.sampleRate) }
        try tree.add(text: "no sound", "phone/broken.wav")
        #expect(text("policy=error").contains("broken.wav"))
        #expect(try sources("policy=skip").issues.map(\.path).contains { $0.hasSuffix("broken.wav") })
    }
}
