import Audio
import Foundation
import Testing

@testable import Datasets

private struct Quiet: PreparationObserver {
    func begin(_ phase: String, total: Int, unit: String) {}
    func advance(to done: Int, detail: String) {}
    func end() {}
    var isCancelled: Bool { false }
}

@Suite struct RecordingCheckTests {
    @Test func everyFaultOfAFolderIsFound() throws {
        try withTemporaryFolder { folder in
            func add(_ path: String, _ channels: [[Float]], rate: Int = 16000) throws {
                try Samples.write(channels, rate: rate, to: folder.appending(path: path))
            }
            let tone = Samples.tone(seconds: 0.5)
            let other = Samples.tone(seconds: 0.5, frequency: 700)
            try add("clean/good.wav", [tone])
            try add("noisy/good.wav", [other])
            try add("clean/alone.wav", [Samples.tone(seconds: 0.5, frequency: 500)])
            try add("clean/length.wav", [Samples.tone(seconds: 0.5, frequency: 510)])
            try add("noisy/length.wav", [Samples.tone(seconds: 0.4, frequency: 520)])
            try add("clean/rate.wav", [Samples.tone(seconds: 0.5, frequency: 530)])
            try add("noisy/rate.wav", [Samples.tone(seconds: 0.5, frequency: 540)], rate: 8000)
            try add("clean/channels.wav", [tone, other])
            try add("noisy/channels.wav", [Samples.tone(seconds: 0.5, frequency: 550)])
            try add("clean/silent.wav", [[Float](repeating: 0, count: 8000)])
            try add("noisy/silent.wav", [Samples.tone(seconds: 0.5, frequency: 560, amplitude: 3)])
            try add("more/copy.wav", [tone])
            try Data("RIFF".utf8).write(to: folder.appending(path: "more/torn.wav"))
            try Data("words".utf8).write(to: folder.appending(path: "more/words.txt"))
            let report = try RecordingCheck(RecordingSource(path: folder.path), observer: Quiet()).run()
            #expect(
                report.findings.map { "\($0.kind.rawValue) \($0.path)" } == [
                    "corrupt more/torn.wav", "wrong_rate noisy/rate.wav", "wrong_channels noisy/channels.wav",
                    "wrong_length noisy/length.wav", "unpaired clean/alone.wav", "silent clean/silent.wav",
                    "clipped noisy/silent.wav", "duplicate more/copy.wav", "mixed_rates noisy/rate.wav",
                ])
            #expect(report.files == 13 && report.errors == 6 && report.warnings == 3)
        }
    }

    @Test func aSetIsComparedWithItsManifest() throws {
        try withTemporaryFolder { folder in
            var manifest = PreparedSetTests.manifest()
            let item = manifest.items[0]
            manifest.items = ["gone", "changed", "right"].map { name in
                var copy = item
                copy.path = "train/speech/anna/\(name).wav"
                copy.seconds = 0.5
                copy.sha256 = String(repeating: String(name.count), count: 64)
                return copy
            }
            manifest.contentHash = manifest.computedContentHash
            let set = PreparedSet(folder: folder, manifest: manifest)
            try set.writeManifest()
            try Samples.write(Samples.tone(seconds: 0.25), to: set.url(of: manifest.items[1]))
            try Samples.write(Samples.tone(seconds: 0.5), rate: 8000, to: set.url(of: manifest.items[2]))
            try Samples.write(Samples.tone(seconds: 0.1), to: folder.appending(path: "train/more.wav"))
            let report = try RecordingCheck(RecordingSource(path: folder.path), observer: Quiet()).run()
            #expect(
                report.findings.map { "\($0.kind.rawValue) \($0.path.split(separator: "/").last ?? "")" } == [
                    "missing gone.wav", "changed changed.wav", "changed right.wav", "wrong_rate right.wav",
                    "wrong_length changed.wav", "unlisted more.wav",
                ])
        }
    }

    @Test func statisticsOfAKnownFolder() throws {
        try withTemporaryFolder { folder in
            try Samples.write(Samples.tone(seconds: 1, amplitude: 0.5), to: folder.appending(path: "a/1.wav"))
            try Samples.write(Samples.tone(seconds: 3, amplitude: 0.5), to: folder.appending(path: "a/2.wav"))
            try Samples.write([Float](repeating: 0, count: 16000), to: folder.appending(path: "b/3.wav"))
            let statistics = try RecordingStatistics(
                of: RecordingSource(path: folder.path), observer: Quiet())
            #expect(statistics.groups.map(\.voice) == ["a", "b"] && statistics.seconds == 5)
            let first = statistics.groups[0]
            #expect(
                first.files == 2 && first.shortest == 1 && first.longest == 3 && first.sampleRates == [16000])
            // A sine of amplitude 0.5 has an RMS of -9.03 dBFS.
            #expect(abs(first.level + 9.03) < 0.02 && first.levelDeviation < 0.01 && first.silentShare == 0)
            #expect(statistics.groups[1].silentShare == 1 && statistics.levels.count == 2)
        }
    }

    @Test func whatIsNoSourceIsSaid() throws {
        try withTemporaryFolder { folder in
            #expect(throws: DatasetError.self) { try RecordingSource(path: folder.path) }
            #expect(throws: DatasetError.self) { try RecordingSource(path: folder.path + "/nothing") }
            let file = folder.appending(path: "a.json")
            try Data("{}".utf8).write(to: file)
            #expect(throws: DatasetError.self) { try RecordingSource(path: file.path) }
        }
    }
}
