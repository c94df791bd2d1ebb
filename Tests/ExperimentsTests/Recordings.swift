import Audio
import Foundation
import Tensor

@testable import Experiments

/// Folders of short clean recordings for the tests.
enum Recordings {
    /// A tone with a few harmonics and a slow rhythm, different for each key.
    static func tone(_ key: String, count: Int, sampleRate: Int) -> [Float] {
        var stream = RandomStream(key: "tone/" + key)
        let frequency = stream.uniform(120...400)
        let tempo = stream.uniform(2...5)
        return (0..<count).map { place in
            let t = Double(place) / Double(sampleRate)
            let envelope = 0.55 + 0.45 * sin(2 * .pi * tempo * t)
            return Float(
                0.2 * envelope
                    * (sin(2 * .pi * frequency * t) + 0.5 * sin(4 * .pi * frequency * t)
                        + 0.3 * sin(14 * .pi * frequency * t)))
        }
    }

    static func noise(_ key: String, count: Int) -> [Float] {
        var stream = RandomStream(key: "noise/" + key)
        return (0..<count).map { _ in Float(0.1 * stream.gaussian()) }
    }

    static func write(_ samples: [Float], _ folder: URL, _ name: String, sampleRate: Int = 8000) throws {
        let file = folder.appending(path: name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try AudioFile.write(Waveform(sampleRate: sampleRate, mono: samples), to: file)
    }

    /// `voices` folders with `takes` recordings of 2 to 3 s each, and `noises` noises.
    static func make(
        in folder: URL, voices: Int = 4, takes: Int = 5, noises: Int = 8, sampleRate: Int = 8000
    ) throws {
        for voice in 0..<voices {
            for take in 0..<takes {
                let seconds = 2 + Double(take) / Double(max(1, takes - 1))
                try write(
                    tone(
                        "\(voice)/\(take)", count: Int(seconds * Double(sampleRate)), sampleRate: sampleRate),
                    folder,
                    "clean/voice\(voice)/take\(take).wav", sampleRate: sampleRate)
            }
        }
        for index in 0..<noises {
            try write(
                noise("\(index)", count: sampleRate * (index % 2 == 0 ? 4 : 1) / 2), folder,
                "noise/noise\(index).wav",
                sampleRate: sampleRate)
        }
    }
}
