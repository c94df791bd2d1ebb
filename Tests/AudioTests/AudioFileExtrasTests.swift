import Audio
import Foundation
import Tensor
import Testing

/// Opus, metadata and dither.
@Suite struct AudioFileExtrasTests {
    @Test(arguments: [8000, 16000, 24000, 48000]) func opusKeepsLengthRateAndPlace(rate: Int) throws {
        let tone = (0..<rate * 2).map { 0.4 * sin(2 * .pi * 440 * Float($0) / Float(rate)) }
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "sound.opus")
            try AudioFile.write(Waveform(sampleRate: rate, mono: tone), to: url)
            let reader = try AudioFileReader(url)
            #expect(reader.format == AudioFormat(.ogg, .opus))
            #expect(reader.sampleRate == rate && reader.frameCount == tone.count)
            let back = try AudioFile.read(url).channels[0]
            let inner = tone.indices.dropFirst(rate / 4).dropLast(rate / 4)
            let error = inner.reduce(Float(0)) { $0 + (back[$1] - tone[$1]) * (back[$1] - tone[$1]) }
            let power = inner.reduce(Float(0)) { $0 + tone[$1] * tone[$1] }
            #expect(error < 0.01 * power, "\(rate): \(10 * log10(error / power)) dB")
            try reader.seek(toFrame: rate)
            #expect(try reader.read(frames: 100)[0].count == 100)
        }
    }

    @Test func opusNamesTheRatesItHas() throws {
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "sound.opus")
            let message = #"\#(url.path): cannot be written: OGG, Opus does not hold 1 channels at 44100 Hz"#
            do {
                try AudioFile.write(Waveform(sampleRate: 44100, mono: [0, 0.1]), to: url)
                Issue.record("44100 Hz was accepted")
            } catch {
                #expect("\(error)".hasPrefix(message))
                #expect("\(error)".contains("8, 12, 16, 24 and 48 kHz"))
            }
        }
    }

    @Test(arguments: ["wav", "flac", "ogg", "opus", "mp3", "aiff"]) func tagsSurvive(ending: String) throws {
        let tags = AudioMetadata([
            .title: "Première prise", .artist: "A Singer", .comment: "kitchen table", .date: "2026",
        ])
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "sound.\(ending)")
            let sound = Waveform(sampleRate: 48000, mono: (0..<48000).map { 0.1 * sin(Float($0) * 0.03) })
            try AudioFile.write(sound, to: url, metadata: tags)
            let found = try AudioFileReader(url).metadata
            #expect(found[.title] == tags[.title] && found[.artist] == tags[.artist], "\(ending)")
            // AIFF has no place for a date.
            if ending != "aiff" { #expect(found[.date] == "2026", "\(ending)") }
            #expect(found[.comment] == tags[.comment], "\(ending)")
            #expect(try AudioFile.read(url).frameCount == 48000)
        }
        #expect(AudioMetadata([.title: ""]).isEmpty)
    }

    /// A tone of half a step vanishes when rounded; with dither it survives under the noise.
    @Test(arguments: [(AudioFormat(.wav, .pcm16), 16), (AudioFormat(.flac, .pcm24), 24)])
    func ditherKeepsWhatRoundingLoses(format: AudioFormat, bits: Int) throws {
        let step = Float(sign: .plus, exponent: 1 - bits, significand: 1)
        let tone = (0..<96000).map { 0.45 * step * sin(2 * .pi * 1000 * Float($0) / 48000 + 0.1) }
        let sound = Waveform(sampleRate: 48000, mono: tone)
        func amplitude(_ samples: [Float]) -> Float {
            2 * zip(samples, tone).reduce(0) { $0 + $1.0 * $1.1 / (0.45 * step) } / Float(samples.count)
        }
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "sound")
            try AudioFile.write(sound, to: url, format: format)
            #expect(try AudioFile.read(url).channels[0].allSatisfy { $0 == 0 })
            try AudioFile.write(sound, to: url, format: format, dither: .triangular(seed: 3))
            let dithered = try AudioFile.read(url).channels[0]
            #expect(abs(amplitude(dithered) / step - 0.45) < 0.01)
            // Rounding after triangular noise errs by a quarter of a squared step, whatever the signal.
            let error = zip(dithered, tone).reduce(Float(0)) { $0 + pow(($1.0 - $1.1) / step, 2) } / 96000
            #expect(abs(error - 0.25) < 0.005)
            let again = folder.appending(path: "again")
            try AudioFile.write(sound, to: again, format: format, dither: .triangular(seed: 3))
            #expect(try Data(contentsOf: again) == Data(contentsOf: url))
            try AudioFile.write(sound, to: again, format: format, dither: .triangular(seed: 4))
            #expect(try Data(contentsOf: again) != Data(contentsOf: url))
        }
    }

    @Test func silenceStaysSilentAndFullScaleDoesNotWrap() throws {
        let sound = Waveform(sampleRate: 8000, channels: [[0, 0, 0, 0], [1, -1, 1, -1]])
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "sound.wav")
            try AudioFile.write(sound, to: url, dither: .triangular())
            let back = try AudioFile.read(url).channels
            #expect(back[0] == [0, 0, 0, 0])
            for (value, wanted) in zip(back[1], sound.channels[1]) { #expect(abs(value - wanted) < 1e-4) }
        }
    }
}
