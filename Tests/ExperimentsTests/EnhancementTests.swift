import Audio
import Foundation
import Layers
import Tensor
import Testing

@testable import Experiments

@Suite("Enhancement")
struct EnhancementTests {
    private func model(_ config: ExperimentConfig, seed: UInt64 = 5) -> DualStageModel {
        DualStageModel(config.model, bands: config.audio.melBands, seed: seed)
    }

    /// A model whose gains are 1: weights zero, and a bias that makes stage 1's sigmoid 1 / 1.2.
    private func transparent(_ config: ExperimentConfig) throws -> DualStageModel {
        let model = model(config)
        var state = ParameterTree(model).state
        for (path, value) in state where path.hasSuffix("out.weight") || path.hasSuffix("out.bias") {
            state[path] = .zeros(value.shape)
        }
        state["stage1.out.bias"] = Tensor([Float(log(5.0))])
        try ParameterTree(model).load(state)
        return model
    }

    private func noise(_ count: Int, _ key: String) -> [Float] {
        var stream = RandomStream(key: key)
        return (0..<count).map { _ in Float(0.1 * stream.gaussian()) }
    }

    @Test(arguments: [1, 63, 64, 1000, 8000, 20_011])
    func gainsOfOneGiveTheSignalBack(count: Int) throws {
        let config = try Miniature.config()
        let signal = noise(count, "transparent")
        let result = StreamEnhancer.enhance(
            signal, model: try transparent(config), frontEnd: FrontEnd(config.audio), coreFrames: 64)
        #expect(result.count == count)
        #expect(zip(result, signal).allSatisfy { abs($0 - $1) < 1e-5 })
    }

    @Test func piecesHaveNoSeams() throws {
        let config = try Miniature.config()
        let frontEnd = FrontEnd(config.audio)
        let model = model(config)
        let signal = noise(40_000, "seams")
        let whole = StreamEnhancer.enhance(signal, model: model, frontEnd: frontEnd, coreFrames: 100_000)
        let pieces = StreamEnhancer.enhance(signal, model: model, frontEnd: frontEnd, coreFrames: 64)
        #expect(whole.count == pieces.count)
        let worst = zip(whole, pieces).map { abs($0 - $1) }.max() ?? 1
        #expect(worst < 1e-5, "the context of \(model.context) frames is enough")

        // However the samples arrive, the result is the same to the bit.
        let stream = StreamEnhancer(
            model: model, frontEnd: frontEnd, channels: 1, totalSamples: signal.count,
            levelGain: frontEnd.levelGain(signal), coreFrames: 64)
        var streamed: [Float] = []
        for start in stride(from: 0, to: signal.count, by: 777) {
            streamed += stream.push([Array(signal[start..<min(signal.count, start + 777)])])[0]
        }
        #expect(streamed == pieces)
    }

    @Test func theDifferentiableInverseGivesTheSignalBack() throws {
        let frontEnd = FrontEnd(try Miniature.config().audio)
        let signal = noise(frontEnd.samples(frames: 33), "inverse")
        let batch = Batch([AlignedPair(clean: signal, degraded: signal)], frontEnd: frontEnd, frames: 33)
        let back = frontEnd.synthesise(real: batch.real, imaginary: batch.imaginary)
        let worst = zip(back.values, batch.cleanSamples.values).map { abs($0 - $1) }.max() ?? 1
        #expect(back.shape == batch.cleanSamples.shape && worst < 1e-5)
    }

    @Test func stagesDiffer() throws {
        let config = try Miniature.config()
        let (frontEnd, model) = (FrontEnd(config.audio), model(config))
        let signal = noise(8000, "stages")
        #expect(
            StreamEnhancer.enhance(signal, model: model, frontEnd: frontEnd, stage: .stage1)
                != StreamEnhancer.enhance(signal, model: model, frontEnd: frontEnd, stage: .final))
    }

    @Test func theLevelOfTheRecordingDoesNotMatter() throws {
        let config = try Miniature.config()
        let (frontEnd, model) = (FrontEnd(config.audio), model(config))
        let signal = noise(8000, "level")
        let loud = StreamEnhancer.enhance(signal, model: model, frontEnd: frontEnd)
        let quiet = StreamEnhancer.enhance(signal.map { $0 / 64 }, model: model, frontEnd: frontEnd)
        #expect(zip(loud, quiet).allSatisfy { abs($0 - $1 * 64) < 1e-4 })
    }

    @Test func silenceStaysSilent() throws {
        let config = try Miniature.config()
        let result = StreamEnhancer.enhance(
            [Float](repeating: 0, count: 5000), model: model(config), frontEnd: FrontEnd(config.audio))
        #expect(result == [Float](repeating: 0, count: 5000))
    }

    @Test func channelsShareTheirGains() throws {
        let config = try Miniature.config()
        let (frontEnd, model) = (FrontEnd(config.audio), model(config))
        let signal = noise(8000, "stereo")
        let enhancer = StreamEnhancer(
            model: model, frontEnd: frontEnd, channels: 2, totalSamples: signal.count, levelGain: 1)
        let result = enhancer.push([signal, signal.map { $0 * 0.5 }])
        #expect(zip(result[0], result[1]).allSatisfy { abs($0 * 0.5 - $1) < 1e-6 })
    }

    @Test func bandsCoverEveryBin() throws {
        let frontEnd = FrontEnd(try Miniature.config().audio)
        let flat = frontEnd.mel([Float](repeating: 2, count: frontEnd.bins * 3))
        #expect(flat.count == frontEnd.bands * 3)
        #expect(flat.allSatisfy { abs($0 - 2) < 1e-5 })
        let ones = Tensor.ones([1, frontEnd.bands]).matrixProduct(frontEnd.interpolation)
        #expect(ones.values.allSatisfy { abs($0 - 1) < 1e-5 })
    }

    /// Rate 44.1 kHz, two channels, 24 bit: everything is kept, and what lies above the model's band passes.
    @Test func filesKeepTheirForm() throws {
        let config = try Miniature.config()
        let folder = try Miniature.Folder()
        let rate = 44_100
        let low = noise(rate, "low")
        let high = (0..<rate).map { Float(0.1 * sin(2 * .pi * 15_000 * Double($0) / Double(rate))) }
        let waveform = Waveform(sampleRate: rate, channels: [zip(low, high).map { $0 * 0.1 + $1 }, high])
        let source = folder.url.appending(path: "in.wav")
        try AudioFile.write(waveform, to: source, format: AudioFormat(.wav, .pcm24))
        let target = folder.url.appending(path: "out.wav")
        var last = 0.0
        let report = try FileEnhancer(model: model(config), frontEnd: FrontEnd(config.audio))
            .enhance(source, to: target, progress: { last = $0 })
        #expect(abs(report.audioSeconds - 1) < 1e-9)
        #expect(last == 1)
        let (before, after) = (try AudioFileReader(source), try AudioFileReader(target))
        #expect(after.sampleRate == rate)
        #expect(after.channelCount == 2)
        #expect(after.frameCount == rate)
        #expect(after.format == before.format)
        // The second channel holds nothing but content above the model's 4 kHz.
        let passed = try AudioFile.read(target).channels[1]
        let inner = 2000..<rate - 2000
        #expect(inner.allSatisfy { abs(passed[$0] - high[$0]) < 2e-3 })
    }

    @Test func cancellingLeavesNothing() throws {
        let config = try Miniature.config()
        let folder = try Miniature.Folder()
        let source = folder.url.appending(path: "in.wav")
        try AudioFile.write(Waveform(sampleRate: 8000, mono: noise(200_000, "cancel")), to: source)
        var asked = 0
        #expect(throws: CancellationError.self) {
            _ = try FileEnhancer(model: model(config), frontEnd: FrontEnd(config.audio)).enhance(
                source, to: folder.url.appending(path: "out.wav"),
                isCancelled: {
                    asked += 1
                    return asked > 5
                })
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["in.wav"])
    }
}
