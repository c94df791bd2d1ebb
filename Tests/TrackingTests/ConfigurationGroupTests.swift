import Foundation
import GRDB
import StrictJSON
import Testing

@testable import Tracking

/// Which runs are repeats of one another.
@Suite struct ConfigurationGroupTests {
    private static let base = """
        {"name": "a", "seed": 1, "training": {"steps": 5, "engine": "blas"},
         "dataset": {"kind": "clean_folder", "clean": [{"path": "/data/x", "weight": 1}], "split_file": "",
         "impulses": ["/a", "/b"]}}
        """

    private func hash(_ change: (String, String)...) throws -> String {
        let text = change.reduce(Self.base) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
        return ConfigurationGroup.hash(of: try JSONValue(parsing: text))
    }

    @Test func nameSeedPlaceAndDeviceDoNotMatter() throws {
        let base = try hash()
        #expect(try hash((#""a""#, #""b""#), (#""seed": 1"#, #""seed": 2"#)) == base)
        #expect(try hash(("/data/x", "/elsewhere"), (#""/a""#, #""/c""#)) == base)
        #expect(try hash(("blas", "winograd")) == base)
    }

    @Test func allElseDoes() throws {
        let base = try hash()
        #expect(try hash((#""steps": 5"#, #""steps": 6"#)) != base)
        #expect(try hash((#""weight": 1"#, #""weight": 2"#)) != base)
        #expect(try hash(("/data/x", "")) != base, "whether there is a place")
        #expect(try hash((#", "/b""#, "")) != base, "how many there are")
    }

    @Test func keysOfTheFlattenedFormAgree() {
        for (key, value, isOutside) in [
            ("seed", "1", true), ("name", "a", true), ("training.engine", "blas", true),
            ("dataset.clean.0.path", "/x", true), ("augmentation.1.impulses", "/x", true),
            ("dataset.impulses", "true", false), ("dataset.kind", "daps", false), ("model.path", "x", false),
        ] {
            #expect(ConfigurationGroup.isOutside(key, value: value) == isOutside, "\(key)")
        }
    }

    /// A build has an identity, and it is the same whenever it is asked for.
    @Test func theProgramKnowsItself() throws {
        let identity = try #require(ProgramIdentity.current)
        #expect(identity.count >= 16 && identity.allSatisfy(\.isHexDigit))
        #expect(ProgramIdentity.current == identity)
    }

    /// A hand-made program file: two notes, the second of which is the identity.
    @Test func theIdentityIsReadFromTheNotes() throws {
        func bytes(_ number: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(number >> (8 * $0) & 255) }
        }
        func note(_ type: Int, _ name: String, _ content: [UInt8]) -> [UInt8] {
            bytes(name.utf8.count + 1, 4) + bytes(content.count, 4) + bytes(type, 4) + Array(name.utf8)
                + [UInt8](repeating: 0, count: 4 - name.utf8.count % 4) + content
                + [UInt8](repeating: 0, count: (4 - content.count % 4) % 4)
        }
        let notes = note(1, "GNU", [1, 2, 3, 4, 5]) + note(3, "GNU", [0xab, 0x01, 0xff])
        var file: [UInt8] = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1] + bytes(0, 25) + bytes(64, 8) + bytes(0, 14)
        file += bytes(56, 2) + bytes(1, 2) + bytes(0, 6)
        file +=
            bytes(4, 4) + bytes(0, 4) + bytes(120, 8) + bytes(0, 16) + bytes(notes.count, 8) + bytes(0, 16)
        let folder = TemporaryFolder()
        try FileManager.default.createDirectory(at: folder.url, withIntermediateDirectories: true)
        let url = folder.url.appendingPathComponent("program")
        try Data(file + notes).write(to: url)
        #expect(ProgramIdentity.buildID(of: try FileHandle(forReadingFrom: url)) == "ab01ff")
        try Data(file.prefix(100)).write(to: url)
        #expect(ProgramIdentity.buildID(of: try FileHandle(forReadingFrom: url)) == nil)
    }
}
