import Audio
import Foundation
import Tensor
import Testing

@testable import Experiments

@Suite("Recording store")
struct RecordingStoreTests {
    private let folder: Miniature.Folder

    init() throws { folder = try Miniature.Folder() }

    private func recording(_ name: String, rate: Int) throws -> Recording {
        let file = folder.url.appending(path: name)
        return try Recording(SoundFile(name: name, url: file), voice: "", dataset: rate)
    }

    @Test(arguments: [(8000, 8000), (44_100, 16000), (48_000, 16000), (11_025, 8000), (8001, 8000)])
    func blocksEqualTheWholeFile(fileRate: Int, rate: Int) throws {
        let samples = Recordings.noise("blocks", count: 20 * fileRate + 77)
        try Recordings.write(samples, folder.url, "long.wav", sampleRate: fileRate)
        let recording = try recording("long.wav", rate: rate)
        let file = try AudioFile.read(folder.url.appending(path: "long.wav"))
        let expected = Resampler(from: fileRate, to: rate).resample(file.mono)
        #expect(recording.count == expected.count)
        let store = RecordingStore(sampleRate: rate, cacheMiB: 64)
        // Across two block borders and at both ends; 16 bits are kept.
        for range in [
            0..<100, 8 * rate - 50..<8 * rate + 50, 15 * rate..<17 * rate,
            recording.count - 100..<recording.count,
        ] {
            let read = try store.read(recording, range, judged: false)
            let largest = zip(read, expected[range]).map { abs($0 - $1) }.max() ?? 1
            #expect(largest <= 0.75 / 32767, "\(range): \(largest * 32767) steps")
        }
    }

    @Test func memoryIsBoundedAndChangesNothing() throws {
        for index in 0..<12 {
            try Recordings.write(
                Recordings.noise("\(index)", count: 8000 * 30), folder.url, "\(index).wav")
        }
        let recordings = try (0..<12).map { try recording("\($0).wav", rate: 8000) }
        let (small, large) = (
            RecordingStore(sampleRate: 8000, cacheMiB: 1), RecordingStore(sampleRate: 8000, cacheMiB: 64)
        )
        var stream = RandomStream(key: "reads")
        for _ in 0..<200 {
            let recording = stream.pick(recordings)
            let start = stream.integer(0..<recording.count - 4000)
            let (a, b) = (
                try small.read(recording, start..<start + 4000, judged: true),
                try large.read(recording, start..<start + 4000, judged: true)
            )
            let areEqual = a == b
            #expect(areEqual)
            #expect(small.keptBytes <= 1 << 20)
        }
        #expect(large.keptBytes > 4 << 20)
    }

    @Test func stereoBecomesTheMeanOfItsChannels() throws {
        let (left, right) = (Recordings.noise("l", count: 4000), Recordings.noise("r", count: 4000))
        try AudioFile.write(
            Waveform(sampleRate: 8000, channels: [left, right]), to: folder.url.appending(path: "stereo.flac")
        )
        let recording = try recording("stereo.flac", rate: 8000)
        let read = try RecordingStore(sampleRate: 8000, cacheMiB: 1).read(recording, 0..<4000, judged: false)
        let largest = read.indices.map { abs(read[$0] - (left[$0] + right[$0]) / 2) }.max() ?? 1
        #expect(largest < 1.1 / 32767)
    }

    @Test func defectsHaveNames() throws {
        let store = RecordingStore(sampleRate: 8000, cacheMiB: 8, clippingLimit: 0.01)
        func defect(_ name: String) -> String {
            do {
                let recording = try recording(name, rate: 8000)
                _ = try store.read(recording, 0..<recording.count, judged: true)
                return ""
            } catch { return "\(error)" }
        }
        try Recordings.write([Float](repeating: 0, count: 8000), folder.url, "silent.wav")
        #expect(defect("silent.wav").contains("silent"))
        try Recordings.write(
            Recordings.tone("x", count: 16000, sampleRate: 8000).map { min(max(8 * $0, -1), 1) }, folder.url,
            "clipped.wav")
        #expect(defect("clipped.wav").contains("clipped"))
        try Recordings.write(Recordings.tone("x", count: 16000, sampleRate: 8000), folder.url, "fine.wav")
        #expect(defect("fine.wav") == "")
        let fine = folder.url.appending(path: "fine.wav")
        try Data(contentsOf: fine).prefix(9000).write(to: folder.url.appending(path: "half.wav"))
        #expect(defect("half.wav").contains("half.wav"))
        try Data().write(to: folder.url.appending(path: "empty.wav"))
        #expect(defect("empty.wav").contains("no samples"))

        // Deleted between opening and reading.
        let gone = try recording("fine.wav", rate: 8000)
        try FileManager.default.removeItem(at: fine)
        let fresh = RecordingStore(sampleRate: 8000, cacheMiB: 8)
        #expect(throws: DataIssue.self) { try fresh.read(gone, 0..<100, judged: true) }
    }
}
