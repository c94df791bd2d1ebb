import Audio
import Foundation
import Tensor
import Testing

@testable import Experiments

@Suite struct BlockFileEnhancerTests {
    /// Blocks and their context hold whole hops, so that only what reaches beyond the context may differ.
    @Test func blocksJoinToTheWhole() throws {
        var stream = RandomStream(seed: 3, "blocks")
        let channels = (0..<2).map { channel in
            (0..<100_000).map { n in
                Float(0.02 * stream.gaussian()) + (n / 4000 % 3 == channel ? 0.3 * sin(Float(n) * 0.1) : 0)
            }
        }
        let folder = try Miniature.Folder()
        let (source, target) = (folder.url.appending(path: "in.wav"), folder.url.appending(path: "out.wav"))
        let tags = AudioMetadata([.title: "two channels"])
        try AudioFile.write(
            Waveform(sampleRate: 16000, channels: channels), to: source, format: AudioFormat(.wav, .float32),
            metadata: tags)
        let enhancer = SpectralSubtraction(noise: .trackedMinimum(window: 0.5))
        var shares: [Double] = []
        let report = try BlockFileEnhancer(enhancer, blockSeconds: 2, contextSeconds: 1.2).enhance(
            source, to: target, progress: { shares.append($0) })
        #expect(report.audioSeconds == 6.25 && shares == shares.sorted() && shares.last == 1)
        let result = try AudioFile.read(target)
        #expect(try AudioFileReader(target).metadata == tags && result.frameCount == 100_000)
        for channel in 0..<2 {
            let whole = enhancer.enhance(channels[channel], sampleRate: 16000)
            let worst = zip(result.channels[channel], whole).map { abs($0 - $1) }.max() ?? 9
            #expect(worst < 1e-6, "channel \(channel): \(worst)")
        }
    }

    @Test func cancelledFilesAreNotLeftBehind() throws {
        let folder = try Miniature.Folder()
        let (source, target) = (folder.url.appending(path: "in.wav"), folder.url.appending(path: "out.wav"))
        try AudioFile.write(
            Waveform(sampleRate: 8000, mono: [Float](repeating: 0.1, count: 50000)), to: source)
        #expect(throws: CancellationError.self) {
            _ = try BlockFileEnhancer(WienerFilter(), blockSeconds: 1).enhance(
                source, to: target, isCancelled: { true })
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["in.wav"])
    }
}
