import Foundation
import StrictJSON
import Testing

@testable import Experiments

@Suite("Mixtures")
struct MixtureTests {
    private func open(_ text: String) throws -> any Dataset {
        try JSONDocument(text).decode(Choice<DatasetRegistry>.self).item.make(sampleRate: 8000)
    }

    @Test func weightsListsAndLabels() throws {
        let folder = try Miniature.Folder()
        try Miniature.pairs(in: folder.url, count: 6)
        let pairs = #"{"kind": "paired_folders", "path": "\#(folder.url.path)"}"#
        let synthetic =
            #"{"kind": "synthetic", "test_items": 4, "validation_items": 4, "evaluation_seconds": 1}"#
        let dataset = try open(
            """
            {"kind": "mixture", "sources": [{"dataset": \(pairs), "weight": 3, "label": "real"},
             {"dataset": \(synthetic), "weight": 1}]}
            """)
        let (first, second) = (try open(pairs), try open(synthetic))
        var fromPairs = 0
        for index in 0..<80 {
            let clip = try dataset.trainingPair(seed: 7, index: index, samples: 800).clean
            if try first.trainingPair(seed: 7, index: index, samples: 800).clean == clip {
                fromPairs += 1
            } else {
                #expect(try second.trainingPair(seed: 7, index: index, samples: 800).clean == clip)
            }
        }
        // 80 draws with probability 3/4: four standard deviations are 15.5.
        #expect(abs(fromPairs - 60) <= 15)
        let items = dataset.items(.test)
        #expect(items.count == first.items(.test).count + 4)
        #expect(Set(items.map(\.category)) == ["real", "N", "P", "R", "A"])
        for item in items { #expect(try dataset.pair(item, of: .test).clean.count == 8000) }
        #expect(dataset.trainingCount == nil && dataset.splitList != nil)
        #expect(dataset.testHash != first.testHash)
    }

    @Test func impossibleMixturesAreExplained() throws {
        let folder = try Miniature.Folder()
        try Miniature.pairs(in: folder.url, count: 6)
        func refusal(_ text: String) -> String {
            do {
                _ = try open(text)
                return ""
            } catch { return "\(error)" }
        }
        #expect(refusal(#"{"kind": "mixture", "sources": []}"#).contains("sources"))
        #expect(
            refusal(#"{"kind": "mixture", "sources": [{"dataset": {"kind": "synthetic"}, "weight": 0}]}"#)
                .contains("weights are 0"))
        let all = #"{"kind": "paired_folders", "path": "\#(folder.url.path)", "all_for_test": true}"#
        #expect(
            refusal(#"{"kind": "mixture", "sources": [{"dataset": \#(all)}]}"#).contains(
                "nothing to train on"))
        #expect(
            refusal(#"{"kind": "mixture", "sources": [{"dataset": {"kind": "synthetik"}}]}"#)
                .contains(#"did you mean "synthetic"?"#))
    }
}
