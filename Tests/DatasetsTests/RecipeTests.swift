import Foundation
import StrictJSON
import Testing

@testable import Datasets

@Suite struct RecipeTests {
    @Test(
        arguments: [
            ("*.wav", "a.wav", true), ("*.wav", "b/a.wav", false), ("**.wav", "b/a.wav", true),
            ("**/a.wav", "b/c/a.wav", true), ("a?.wav", "a1.wav", true), ("a?.wav", "a/.wav", false),
            ("**tone**", "b/2tone.wav", true), ("silence/**", "silence/1", true), ("", "a", false),
            ("*-m-*", "let-m-divna", true), ("*-m-*", "let-v-divna", false),
        ])
    func patterns(pattern: String, path: String, matches: Bool) {
        #expect(PathPattern(pattern).matches(path) == matches)
    }

    @Test func splitRules() {
        var index = IndexSplit()
        index.test = [2]
        index.validation = [4]
        #expect(
            (0..<7).map { index.split(name: "", index: $0) } == [
                .train, .train, .test, .train, .validation, .train, .train,
            ])
        let names = (0..<2000).map { "file\($0).ogg" }
        let held = names.count { HashSplit().split(name: $0, index: 0) == .validation }
        #expect((70...130).contains(held))
    }

    @Test(arguments: ["voice_prompts", "music", "stems"])
    func shippedRecipesDecode(name: String) throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let recipe = try JSONDocument(contentsOf: root.appending(path: "datasets/\(name).json").path)
            .decode(Recipe.self)
        #expect(recipe.name == name)
        #expect(recipe.packages.allSatisfy { !$0.version.isEmpty && isDigest($0.sha256) })
    }

    /// The recordings that evaluation uses as a fixed list of real pairs.
    @Test func nothingOfTheRealPairsIsForTraining() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        var checked = 0
        for name in ["voice_prompts", "stems"] {
            let recipe = try JSONDocument(contentsOf: root.appending(path: "datasets/\(name).json").path)
                .decode(Recipe.self)
            let barred = [
                "asterisk-core-sounds-fr-g722": "x.g722", "asterisk-moh-opsound-g722": "manolo_camp-x.g722",
                "fretsonfire-songs-sectoid": "Feelings/song.ogg",
            ]
            for package in recipe.packages {
                for selection in package.selections {
                    var files = barred[package.name].map { [$0] } ?? []
                    if package.name == "ufoai-sound" { files = ["water02.ogg", "alien_engine.ogg"] }
                    if package.name == "openttd-opensfx" { files = ["10.wav", "59.wav", "61.wav"] }
                    for file in files
                    where selection.files.contains(where: { PathPattern($0).matches(file) }) {
                        checked += 1
                        #expect(selection.split.item.split(name: file, index: 0) != .train, "\(file)")
                    }
                }
            }
        }
        #expect(checked == 8)
    }

    @Test(
        arguments: [
            (
                #"{"name": "../x", "packages": [{"name": "ab", "licences": [{"name": "a", "holder": "b"}], "selections": [{"role": "speech", "voice": "v"}]}]}"#,
                "cannot name a folder"
            ),
            (#"{"name": "x", "packages": []}"#, "packages"),
            (
                #"{"name": "x", "packages": [{"name": "-o", "licences": [{"name": "a", "holder": "b"}], "selections": [{"role": "speech", "voice": "v"}]}]}"#,
                "packages.0.name"
            ),
            (#"{"name": "x", "packages": [{"name": "ab", "licences": [], "selections": []}]}"#, "licences"),
            (
                #"{"name": "x", "treatments": [{"role": "speech", "test_seconds": [4, 2]}], "packages": []}"#,
                "test_seconds"
            ),
        ])
    func badRecipesAreRefused(text: String, place: String) throws {
        let error = #expect(throws: JSONError.self) { try JSONDocument(text).decode(Recipe.self) }
        #expect("\(error.map { "\($0)" } ?? "")".contains(place))
    }
}
