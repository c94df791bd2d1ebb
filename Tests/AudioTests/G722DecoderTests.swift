import Audio
import Foundation
import Testing

@Suite struct G722DecoderTests {
    private static let folder = Fixtures.folder.appending(path: "g722")

    @Test func everySampleIsThatOfTheReference() throws {
        let decoded = try G722Decoder.read(Self.folder.appending(path: "sweep.g722"))
        let reference = try AudioFile.read(Self.folder.appending(path: "sweep.wav"))
        #expect(decoded.sampleRate == 16000 && decoded.frameCount == reference.frameCount)
        let wrong = zip(decoded.channels[0], reference.channels[0]).enumerated().first { $1.0 != $1.1 }
        #expect(wrong == nil, "sample \(String(describing: wrong))")
    }

    @Test func piecesGiveTheSameSamplesAsTheWhole() throws {
        let bytes = Array(try Data(contentsOf: Self.folder.appending(path: "sweep.g722")))
        var whole = G722Decoder()
        var cut = G722Decoder()
        let samples = cut.decode(Array(bytes[..<777])) + cut.decode(Array(bytes[777...]))
        let isEqual = whole.decode(bytes) == samples
        #expect(isEqual)
    }

    @Test func missingAndEmptyFilesAreErrors() throws {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "empty.g722")
            #expect(throws: AudioFileError.notFound(path: file.path)) { try G722Decoder.read(file) }
            try Data().write(to: file)
            #expect(throws: AudioFileError.empty(path: file.path)) { try G722Decoder.read(file) }
        }
    }
}
