import Audio
import Foundation
import Tensor
import Testing

@Suite struct AudioFileTests {
    /// Two channels of noise with a known seed, peaks beyond full scale at two places.
    private func stereo(_ frames: Int) -> Waveform {
        var stream = RandomStream(seed: 4, "audio file test", frames)
        let channels = (0..<2).map { _ in (0..<frames).map { _ in Float(stream.uniform(-0.9...0.9)) } }
        return Waveform(sampleRate: 44100, channels: channels)
    }

    private static let exact: [(AudioFormat, Float)] = [
        (AudioFormat(.wav, .pcm16), 0x1p-16), (AudioFormat(.wav, .pcm24), 0x1p-24),
        (AudioFormat(.wav, .pcm32), 0x1p-25), (AudioFormat(.wav, .float32), 0),
        (AudioFormat(.wavExtensible, .pcm24), 0x1p-24), (AudioFormat(.wav, .pcmUnsigned8), 0x1p-8),
        (AudioFormat(.flac, .pcm16), 0x1p-16), (AudioFormat(.flac, .pcm24), 0x1p-24),
        (AudioFormat(.aiff, .pcm16), 0x1p-16), (AudioFormat(.w64, .float32), 0),
        (AudioFormat(.caf, .pcm24), 0x1p-24), (AudioFormat(.au, .pcm16), 0x1p-16),
    ]

    @Test(arguments: exact.indices) func losslessFormatsRoundToTheNearestStep(index: Int) throws {
        let (format, halfStep) = Self.exact[index]
        let sound = stereo(5000)
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "sound")
            try AudioFile.write(sound, to: url, format: format)
            let reader = try AudioFileReader(url)
            #expect(reader.format == format)
            #expect(reader.sampleRate == 44100 && reader.channelCount == 2 && reader.frameCount == 5000)
            let back = try AudioFile.read(url)
            for channel in 0..<2 {
                let worst =
                    zip(back.channels[channel], sound.channels[channel]).map { abs($0 - $1) }.max() ?? 9
                #expect(worst <= halfStep, "\(format): \(worst)")
            }
            // What has been rounded once is kept bit for bit in its own format.
            let again = folder.appending(path: "again")
            try AudioFile.write(back, to: again, format: reader.format)
            #expect(try Data(contentsOf: again) == Data(contentsOf: url), "\(format)")
        }
    }

    @Test(arguments: [AudioFormat(.ogg, .vorbis), AudioFormat(.mp3, .mpegLayer3)])
    func codedFormatsKeepLengthRateAndPlace(format: AudioFormat) throws {
        let tone = (0..<30000).map { 0.5 * sin(Float($0) * 0.05) }
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "sound")
            try AudioFile.write(Waveform(sampleRate: 44100, channels: [tone, tone]), to: url, format: format)
            let back = try AudioFile.read(url)
            #expect(try AudioFileReader(url).format == format)
            #expect(back.sampleRate == 44100 && back.channelCount == 2)
            #expect(back.frameCount == 30000, "\(format)")
            let worst = (2000..<min(28000, back.frameCount)).map { abs(back.channels[1][$0] - tone[$0]) }
                .max()
            #expect((worst ?? 9) < 0.05, "\(format)")
        }
    }

    @Test func decodedSamplesEqualReference() throws {
        // Sum and root mean square as libsndfile 1.2.2 decodes them.
        for (name, frames, rate, sum, rms, slack) in [
            ("speech_a_copy.flac", 40000, 16000, 42.034820556640625, 0.19339124158286713, 1e-6),
            ("speech_n.wav", 19200, 8000, -24.266326904296875, 0.09214558300363594, 1e-6),
            ("speech_hi_copy.ogg", 48000, 48000, 152.52898401735342, 0.09942447656501638, 0.05),
        ] {
            let sound = try Fixtures.audio(name)
            #expect(sound.frameCount == frames && sound.sampleRate == rate && sound.channelCount == 1)
            let samples = sound.channels[0].map(Double.init)
            #expect(abs(samples.reduce(0, +) - sum) < slack, "\(name)")
            let energy = samples.reduce(0) { $0 + $1 * $1 }
            #expect(abs((energy / Double(frames)).squareRoot() - rms) < slack / 100, "\(name)")
        }
    }

    @Test func loudSamplesAreLimitedNotWrapped() throws {
        let sound = Waveform(sampleRate: 16000, mono: [1.5, -1.5, 1, -1, 40, -40, 0.99999])
        try withTemporaryFolder { folder in
            for format in [AudioFormat(.wav, .pcm16), AudioFormat(.flac, .pcm24), AudioFormat(.wav, .pcm32)] {
                let url = folder.appending(path: "loud")
                try AudioFile.write(sound, to: url, format: format)
                let back = try AudioFile.read(url).channels[0]
                for (value, wanted) in zip(back, sound.channels[0]) {
                    #expect(abs(value - max(-1, min(1, wanted))) < 1e-4, "\(format)")
                }
            }
            let url = folder.appending(path: "float")
            try AudioFile.write(sound, to: url, format: AudioFormat(.wav, .float32))
            #expect(try AudioFile.read(url) == sound)
        }
    }

    @Test func readingInPiecesEqualsReadingAtOnce() throws {
        for name in ["speech_a.wav", "speech_a_copy.flac", "speech_hi_copy.ogg"] {
            let whole = try Fixtures.audio(name).channels[0]
            let reader = try AudioFileReader(Fixtures.folder.appending(path: "signal/audio/\(name)"))
            var pieces: [Float] = []
            while case let chunk = try reader.read(frames: 777)[0], !chunk.isEmpty { pieces += chunk }
            #expect(pieces == whole, "\(name)")
            #expect(reader.position == reader.frameCount)
            try reader.seek(toFrame: 12345)
            #expect(try reader.read(frames: 100)[0] == Array(whole[12345..<12445]), "\(name)")
        }
    }

    @Test func writingInPiecesEqualsWritingAtOnce() throws {
        let sound = stereo(10000)
        try withTemporaryFolder { folder in
            let (whole, pieces) = (folder.appending(path: "whole.wav"), folder.appending(path: "pieces.wav"))
            try AudioFile.write(sound, to: whole)
            let writer = try AudioFileWriter(pieces, sampleRate: 44100, channelCount: 2)
            for start in stride(from: 0, to: 10000, by: 333) {
                try writer.write(sound.channels.map { Array($0[start..<min(10000, start + 333)]) })
            }
            try writer.finish()
            #expect(try Data(contentsOf: pieces) == Data(contentsOf: whole))
        }
    }

    @Test func nothingAppearsBeforeFinishAndNothingStaysAfterCancel() throws {
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "out.flac")
            try Data("precious".utf8).write(to: url)
            func contents() throws -> [String] {
                try FileManager.default.contentsOfDirectory(atPath: folder.path)
            }
            do {
                let writer = try AudioFileWriter(url, sampleRate: 16000, channelCount: 1)
                try writer.write([[Float](repeating: 0.1, count: 5000)])
                #expect(try contents().count == 2)
                #expect(try Data(contentsOf: url) == Data("precious".utf8))
            }
            // The writer is gone without finish().
            #expect(try contents() == ["out.flac"])
            #expect(try Data(contentsOf: url) == Data("precious".utf8))

            let writer = try AudioFileWriter(url, sampleRate: 16000, channelCount: 1)
            #expect(throws: AudioFileError.notFinite(path: url.path, frame: 3, channel: 0)) {
                try writer.write([[0, 0, 0, .nan]])
            }
            #expect(try contents() == ["out.flac"])

            let good = try AudioFileWriter(url, sampleRate: 16000, channelCount: 1)
            try good.write([[0, 0.5]])
            try good.finish()
            #expect(try contents() == ["out.flac"])
            #expect(try AudioFile.read(url).channels == [[0, 0.5]])
        }
    }

    @Test func formatOfTheSourceIsKeptWhereTheNameAgrees() throws {
        let wav24 = AudioFormat(.wav, .pcm24)
        #expect(try AudioFormat.forWriting(to: URL(filePath: "/x/a.WAV"), like: wav24) == wav24)
        #expect(
            try AudioFormat.forWriting(to: URL(filePath: "/x/a.flac"), like: wav24)
                == AudioFormat(.flac, .pcm24))
        #expect(
            try AudioFormat.forWriting(to: URL(filePath: "/x/a.ogg"), like: wav24)
                == AudioFormat(.ogg, .vorbis))
        #expect(try AudioFormat.forWriting(to: URL(filePath: "/x/a.wav")) == AudioFormat(.wav, .pcm16))
        let extensible = AudioFormat(.wavExtensible, .pcm16)
        #expect(try AudioFormat.forWriting(to: URL(filePath: "/x/a.wav"), like: extensible) == extensible)
        #expect(throws: AudioFileError.self) { try AudioFormat.forWriting(to: URL(filePath: "/x/a.txt")) }
        #expect(throws: AudioFileError.self) { try AudioFormat.forWriting(to: URL(filePath: "/x/a")) }
    }

    @Test func monoIsTheMeanOfTheChannels() {
        let sound = Waveform(sampleRate: 8000, channels: [[1, 0, -1], [0, 0.5, -1]])
        #expect(sound.mono == [0.5, 0.25, -1])
        #expect(sound.duration == 3.0 / 8000)
    }
}
