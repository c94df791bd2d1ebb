import Audio
import Foundation
import Testing

/// Every way a file can be wrong gives its own error, in one line that names the file.
@Suite struct BadAudioFileTests {
    /// Reads the whole file and gives the error.
    private func error(_ url: URL) -> AudioFileError? {
        do {
            _ = try AudioFile.read(url)
            Issue.record("\(url.lastPathComponent) was accepted")
            return nil
        } catch {
            let text = "\(error)"
            #expect(text.hasPrefix(url.path + ": ") && !text.contains("\n"), "\(text)")
            return error as? AudioFileError
        }
    }

    private func number(_ value: Int, _ bytes: Int) -> [UInt8] {
        (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    /// A WAV file byte by byte.
    private func wav(
        code: Int = 1, channels: Int = 1, rate: Int = 16000, bits: Int = 16, promised: Int? = nil,
        body: [UInt8]
    ) -> Data {
        let size = promised ?? body.count
        let frame = channels * bits / 8
        var bytes = Array("RIFF".utf8) + number(36 + size, 4) + Array("WAVEfmt ".utf8) + number(16, 4)
        bytes += number(code, 2) + number(channels, 2) + number(rate, 4) + number(rate * frame, 4)
        bytes += number(frame, 2) + number(bits, 2) + Array("data".utf8) + number(size, 4)
        return Data(bytes + body)
    }

    @Test func missingFolderAndEmpty() throws {
        try withTemporaryFolder { folder in
            let missing = folder.appending(path: "missing.wav")
            #expect(error(missing) == .notFound(path: missing.path))
            #expect(error(missing)?.isNotFound == true)
            let inside = folder.appending(path: "inside.wav")
            try FileManager.default.createDirectory(at: inside, withIntermediateDirectories: true)
            #expect(error(inside) == .isFolder(path: inside.path))
            #expect(error(inside)?.isNotFound == false)
            let empty = folder.appending(path: "empty.wav")
            try Data().write(to: empty)
            #expect(error(empty) == .empty(path: empty.path))
            try wav(body: []).write(to: empty)
            #expect(error(empty) == .empty(path: empty.path))
        }
    }

    @Test func textAndPicturesAreNotAudio() throws {
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "text.wav")
            try Data("This is a letter, not a recording.\n".utf8).write(to: url)
            #expect(error(url) == .notAudio(path: url.path))
            try PNGFile.encode(Raster(width: 40, height: 40)).write(to: url)
            #expect(error(url) == .notAudio(path: url.path))
        }
    }

    /// The library keeps the reason of a failed opening in one place for all threads.
    @Test func reasonsBelongToTheirOwnFiles() async throws {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for task in 0..<8 {
                group.addTask {
                    try withTemporaryFolder { folder in
                        let url = folder.appending(path: "file.wav")
                        let text = Data("This is a letter, not a recording.\n".utf8)
                        let damaged = Data("RIFF@\0\0\0WAVEfmt ".utf8) + Data(repeating: 0, count: 60)
                        try (task % 2 == 0 ? text : damaged).write(to: url)
                        return (0..<200).allSatisfy { _ in
                            (error(url) == .notAudio(path: url.path)) == (task % 2 == 0)
                        }
                    }
                }
            }
            for try await right in group { #expect(right) }
        }
    }

    @Test func wavShorterThanItsHeader() throws {
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "short.wav")
            try wav(promised: 2000, body: number(0, 600)).write(to: url)
            #expect(error(url) == .truncated(path: url.path, expected: 1000, found: 300))
            let whole = try Data(contentsOf: Fixtures.folder.appending(path: "signal/audio/speech_n.wav"))
            try whole.prefix(20000).write(to: url)
            #expect(error(url) == .truncated(path: url.path, expected: 19200, found: (20000 - 44) / 2))
        }
    }

    @Test(arguments: ["aiff", "au", "mp3", "caf", "flac", "w64", "rf64"])
    func otherFormatsShorterThanTheirHeader(
        ending: String
    ) throws {
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "short.\(ending)")
            let tone = (0..<20000).map { 0.5 * sin(Float($0) * 0.05) }
            try AudioFile.write(Waveform(sampleRate: 44100, mono: tone), to: url)
            let whole = try Data(contentsOf: url)
            try whole.prefix(whole.count / 2).write(to: url)
            switch error(url) {
            case .truncated(_, let expected, let found):
                #expect(expected == 20000 && (1..<20000).contains(found))
            case .corrupt: break
            case let other: Issue.record("\(String(describing: other))")
            }
        }
    }

    @Test func wavOfOpenLengthIsRead() throws {
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "pipe.wav")
            for promised in [0xffff_ffff, 0x7fff_f000] {
                try wav(promised: promised, body: number(0x4000, 2) + number(0, 98)).write(to: url)
                let sound = try AudioFile.read(url)
                #expect(sound.frameCount == 50 && sound.channels[0][0] == 0.5)
            }
        }
    }

    @Test func flacCutShortOrDamaged() throws {
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "cut.flac")
            let whole = try Data(
                contentsOf: Fixtures.folder.appending(path: "signal/audio/speech_a_copy.flac"))
            try whole.prefix(whole.count / 2).write(to: url)
            let cut = error(url)
            #expect(cut != nil)
            var damaged = whole
            for i in 20000..<20400 { damaged[i] = 0xa5 }
            try damaged.write(to: url)
            #expect(error(url) != nil)
            try whole.prefix(20).write(to: url)
            #expect(error(url) != nil)
        }
    }

    @Test func absurdHeaders() throws {
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "absurd.wav")
            try wav(channels: 65, body: number(0, 130 * 4)).write(to: url)
            #expect(error(url) == .absurdHeader(path: url.path, reason: "the header says 65 channels"))
            try wav(rate: 3, body: number(0, 100)).write(to: url)
            #expect(error(url) == .absurdHeader(path: url.path, reason: "the header says 3 Hz"))
            for (channels, bits) in [(0, 16), (65535, 16), (1, 0), (1, 77)] {
                try wav(channels: channels, bits: bits, body: number(0, 400)).write(to: url)
                #expect(error(url) != nil, "\(channels) channels, \(bits) bits")
            }
        }
    }

    /// Headers with 32 and 64 bits for what they promise.
    @Test func channelsAndSizesBeyondReason() throws {
        try withTemporaryFolder { folder in
            func big(_ value: Int, _ bytes: Int) -> [UInt8] { number(value, bytes).reversed() }
            for channels in [1_000_000_000, 0xffff_ffff, 1025] {
                let url = folder.appending(path: "many.au")
                let header = [24, 0xffff_ffff, 3, 16000, channels].flatMap { big($0, 4) }
                try Data(Array(".snd".utf8) + header + [UInt8](repeating: 1, count: 400)).write(to: url)
                #expect(error(url) != nil, "\(channels) channels")
            }
            let tone = (0..<400).map { 0.5 * sin(Float($0) * 0.05) }
            // Where each container keeps the length of its data, found by its value.
            for ending in ["w64", "rf64", "caf", "aiff"] {
                let url = folder.appending(path: "long.\(ending)")
                try AudioFile.write(Waveform(sampleRate: 16000, mono: tone), to: url)
                let whole = [UInt8](try Data(contentsOf: url))
                for claim in [1 << 20, 0x7fff_fff0, 1 << 40, Int.max - 100] {
                    let lengths: [[UInt8]] =
                        switch ending {
                        case "w64": [number(824, 8), number(claim, 8)]
                        case "rf64": [number(800, 8), number(claim, 8)]
                        case "caf": [big(804, 8), big(claim, 8)]
                        default: [big(808, 4), big(min(claim, 0x7fff_ffff), 4)]
                        }
                    var bytes = whole
                    let width = lengths[0].count
                    let places = (0..<whole.count - width).filter {
                        Array(whole[$0..<$0 + width]) == lengths[0]
                    }
                    try #require(!places.isEmpty, "\(ending)")
                    for place in places { bytes.replaceSubrange(place..<place + width, with: lengths[1]) }
                    try Data(bytes).write(to: url)
                    // What claims to go on to the end of all files is taken to mean the end of this one.
                    let isOpen = ending == "aiff" && claim >= 0x7fff_0000
                    if isOpen {
                        _ = try? AudioFile.read(url)
                    } else {
                        #expect(error(url) != nil, "\(ending) \(claim)")
                    }
                }
            }
        }
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity]) func samplesThatAreNoNumbers(value: Float) throws {
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "nan.wav")
            var body: [UInt8] = []
            for i in 0..<20 { body += number(Int((i == 13 ? value : 0.25).bitPattern), 4) }
            try wav(code: 3, channels: 2, bits: 32, body: body).write(to: url)
            #expect(error(url) == .notFinite(path: url.path, frame: 6, channel: 1))
        }
    }

    /// Whatever the bytes, an error or a sound, never a crash.
    @Test func randomDamageNeverTraps() throws {
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "fuzz")
            for name in ["speech_n.wav", "speech_a_copy.flac", "speech_hi_copy.ogg"] {
                let whole = try Data(contentsOf: Fixtures.folder.appending(path: "signal/audio/\(name)"))
                for round in 0..<60 {
                    var damaged = round % 3 == 0 ? whole.prefix(round * 23) : whole
                    for k in 0..<min(8, damaged.count) where round % 3 != 0 {
                        let place =
                            round % 3 == 1
                            ? (round * 37 + k * 11) % 200 : (round * 7919 + k * 104_729) % whole.count
                        damaged[place] = UInt8(truncatingIfNeeded: round * 31 + k * 17)
                    }
                    try damaged.write(to: url)
                    _ = try? AudioFile.read(url)
                }
            }
        }
    }

    @Test func placesThatCannotBeWritten() throws {
        try withTemporaryFolder { folder in
            func error(_ url: URL, _ format: AudioFormat? = nil, rate: Int = 16000) -> AudioFileError? {
                do {
                    let sound = Waveform(sampleRate: rate, mono: [0, 0.5])
                    try AudioFile.write(sound, to: url, format: format)
                    return nil
                } catch { return error as? AudioFileError }
            }
            let nowhere = folder.appending(path: "no/such/folder.wav")
            #expect(error(nowhere) == .unwritable(path: nowhere.path, reason: "No such file or directory"))
            #expect(error(folder, AudioFormat(.wav, .pcm16)) == .isFolder(path: folder.path))
            guard case .unsupported = error(folder.appending(path: "a.mp3"), rate: 12345) else {
                Issue.record("12345 Hz is no rate for MP3")
                return
            }
            let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(left.isEmpty)
        }
    }
}
