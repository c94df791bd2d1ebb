import Audio
import Foundation
import Testing

@testable import Datasets

@Suite struct ArchiveTests {
    static let content = Array("some content, some content".utf8)
    static let zip = Samples.zip([
        ("folder/stored.txt", content, false), ("deflated.txt", content, true),
    ])

    @Test func aZipFileGivesItsFiles() throws {
        let archive = try ZipArchive(Data(Self.zip), path: "a.pk3")
        #expect(archive.names == ["folder/stored.txt", "deflated.txt"])
        for name in archive.names { #expect(try archive.content(of: name) == Self.content) }
        #expect(throws: DatasetError.self) { try archive.content(of: "else") }
    }

    /// Nothing that can happen to a file stops the program, and none of it gives wrong content.
    @Test func aDamagedZipFileIsAnError() throws {
        for length in 0..<Self.zip.count {
            #expect(throws: DatasetError.self) { try ZipArchive(Data(Self.zip[..<length]), path: "a.zip") }
        }
        var silent = 0
        for place in Self.zip.indices {
            var bytes = Self.zip
            bytes[place] ^= 0x55
            guard let archive = try? ZipArchive(Data(bytes), path: "a.zip") else { continue }
            for name in archive.names {
                if let content = try? archive.content(of: name), content != Self.content { silent += 1 }
            }
        }
        #expect(silent == 0)
    }

    @Test func aDeflatedStreamIsCheckedForItsLength() throws {
        let stream: [UInt8] = [1, 2, 0, 253, 255, 65, 66]
        #expect(try Deflate.inflate(stream, length: 2) == [65, 66])
        #expect(throws: Deflate.Failure.wrongLength(expected: 3, found: 2)) {
            try Deflate.inflate(stream, length: 3)
        }
        #expect(throws: Deflate.Failure.self) { try Deflate.inflate(stream, length: 1) }
        #expect(throws: Deflate.Failure.damaged) { try Deflate.inflate([1, 2, 0, 253, 255, 65], length: 2) }
    }

    @Test func aSoundArchiveGivesItsSounds() throws {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "a.wav")
            try Samples.write(Samples.tone(seconds: 0.01), to: file)
            let sound = Array(try Data(contentsOf: file))
            let bytes = Samples.cat([sound, sound])
            let archive = try CatArchive(Data(bytes), path: "a.cat")
            #expect(archive.names == ["00.wav", "01.wav"])
            #expect(try archive.content(of: "01.wav") == sound)
            // The last five bytes are the name behind the last sound.
            for length in 0..<bytes.count - 5 {
                #expect(throws: DatasetError.self) { try CatArchive(Data(bytes[..<length]), path: "a.cat") }
            }
        }
    }
}
