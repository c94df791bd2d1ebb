import Foundation
import Hashing
import StrictJSON
import Testing

@testable import Datasets

@Suite struct PreparedSetTests {
    static func manifest() -> PreparedManifest {
        var item = PreparedItem()
        item.path = "train/speech/anna/hello.wav"
        item.voice = "anna"
        item.source = "sounds"
        item.licence = "cc0"
        item.seconds = 1.25
        item.sha256 = SHA256.hex(of: "hello")
        var manifest = PreparedManifest()
        manifest.name = "tiny"
        manifest.recipeHash = "0"
        manifest.packages = [PreparedPackage()]
        manifest.packages[0].name = "sounds"
        manifest.licences = [PreparedLicence()]
        manifest.licences[0].id = "cc0"
        manifest.items = [item]
        manifest.contentHash = manifest.computedContentHash
        return manifest
    }

    @Test func aWrittenSetIsReadBack() throws {
        try withTemporaryFolder { folder in
            let set = PreparedSet(folder: folder, manifest: Self.manifest())
            try set.writeManifest()
            let read = try PreparedSet(path: folder.path)
            #expect(read.manifest == set.manifest)
            #expect(try PreparedSet(path: folder.path + "/manifest.json").manifest == set.manifest)
            #expect(read.frames(of: read.items[0]) == 20000)
            #expect(read.voices(.train, role: .speech) == ["anna"] && read.items(.test).isEmpty)
        }
    }

    @Test(
        arguments: [
            ("anna/hello", "bert/hello", "items.0.path"),
            ("\"seconds\": 1.25", "\"seconds\": 1.5", "content_hash"),
            ("\"licence\": \"cc0\"", "\"licence\": \"cc1\"", "items.0.licence"),
            ("\"source\": \"sounds\"", "\"source\": \"else\"", "items.0.source"),
            ("train/speech", "../speech", "items.0.path"),
            ("\"format\": 1", "\"format\": 2", "format"),
            ("\"voice\"", "\"voise\"", "did you mean"),
        ])
    func aChangedManifestIsRefused(old: String, new: String, place: String) throws {
        try withTemporaryFolder { folder in
            try PreparedSet(folder: folder, manifest: Self.manifest()).writeManifest()
            let file = folder.appending(path: "manifest.json")
            let text = try String(contentsOf: file, encoding: .utf8)
            // Only the items' object: the licence has a source too.
            let start = try #require(
                old.hasPrefix("\"format") ? text.startIndex : text.range(of: "\"items\"")?.lowerBound)
            let changed =
                text[..<start] + text[start...].replacingOccurrences(of: old, with: new)
            try String(changed).write(to: file, atomically: true, encoding: .utf8)
            let error = #expect(throws: JSONError.self) { try PreparedSet(path: folder.path) }
            #expect("\(error.map { "\($0)" } ?? "")".contains(place))
        }
    }

    @Test func aFolderWithoutManifestSaysWhatToDo() throws {
        try withTemporaryFolder { folder in
            let error = #expect(throws: DatasetError.self) { try PreparedSet(path: folder.path) }
            #expect(error?.description.contains("workbench data prepare") == true)
        }
    }
}
