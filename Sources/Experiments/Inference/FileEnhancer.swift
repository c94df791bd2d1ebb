import Audio
import Foundation

/// Enhances sound files of any rate and channel count with bounded memory.
///
/// The result has the length, rate, channels, container, sample format and metadata of the original and is aligned
/// with it to the sample; PCM of 16 and 24 bits is dithered. Where the file's rate is above the model's, what the model changed is added to the original,
/// so content above the model's band passes through untouched.
public struct FileEnhancer {
    public let model: DualStageModel
    public let frontEnd: FrontEnd
    public let stage: ResultStage

    public init(model: DualStageModel, frontEnd: FrontEnd, stage: ResultStage = .final) {
        self.model = model
        self.frontEnd = frontEnd
        self.stage = stage
    }

    /// What one file took.
    public struct Report: Sendable {
        public let audioSeconds: Double
        public let wallSeconds: Double
        /// Processing time divided by the length of the audio.
        public var realTimeFactor: Double { audioSeconds > 0 ? wallSeconds / audioSeconds : 0 }
    }

    private static let chunk = 1 << 16

    /// - Parameters:
    ///   - progress: called with the share done, 0 ... 1.
    ///   - isCancelled: asked between chunks; when true nothing is left behind and `CancellationError` is thrown.
    public func enhance(
        _ source: URL, to destination: URL, progress: (Double) -> Void = { _ in },
        isCancelled: () -> Bool = { false }
    ) throws -> Report {
        let start = DispatchTime.now().uptimeNanoseconds
        let reader = try AudioFileReader(source)
        let modelRate = frontEnd.config.sampleRate
        let down = Resampler(from: reader.sampleRate, to: modelRate)
        let up = Resampler(from: modelRate, to: reader.sampleRate)
        let channels = reader.channelCount

        // First pass: the level of the whole file.
        var meter = ActiveLevelMeter(sampleRate: modelRate)
        var meterStream = down.makeStream()
        var total = 0
        while let chunk = try next(reader) {
            if isCancelled() { throw CancellationError() }
            total += chunk[0].count
            meter.add(meterStream.push(Waveform.mono(chunk)))
            progress(0.1 * Double(total) / Double(max(1, reader.frameCount)))
        }
        meter.add(meterStream.finish())
        try reader.seek(toFrame: 0)

        let writer = try AudioFileWriter(
            destination, format: reader.format, sampleRate: reader.sampleRate, channelCount: channels,
            dither: .triangular(), metadata: reader.metadata)
        let enhancer = StreamEnhancer(
            model: model, frontEnd: frontEnd, channels: channels, totalSamples: down.outputCount(for: total),
            levelGain: meter.gain(to: FrontEnd.referenceLevel), stage: stage)
        // Above the model's rate the change is added; otherwise the enhanced signal itself is wanted.
        let addsChange = reader.sampleRate > modelRate
        var downStreams = (0..<channels).map { _ in down.makeStream() }
        var upStreams = (0..<channels).map { _ in up.makeStream() }
        var original = [[Float]](repeating: [], count: channels)
        var low = [[Float]](repeating: [], count: channels)
        var ready = [[Float]](repeating: [], count: channels)
        var written = 0

        func emit(final: Bool) throws {
            var count = ready[0].count
            if final { count = total - written }
            count = min(count, total - written)
            if count <= 0 { return }
            var block: [[Float]] = []
            for channel in 0..<channels {
                var part = Array(ready[channel].prefix(count))
                part += [Float](repeating: 0, count: count - part.count)
                if addsChange {
                    for index in 0..<count { part[index] += original[channel][index] }
                    original[channel].removeFirst(count)
                }
                ready[channel].removeFirst(min(count, ready[channel].count))
                block.append(part)
            }
            try writer.write(block)
            written += count
        }
        func process(_ lowBand: [[Float]]) {
            if addsChange { for channel in 0..<channels { low[channel] += lowBand[channel] } }
            let enhanced = enhancer.push(lowBand)
            for channel in 0..<channels {
                var signal = enhanced[channel]
                if addsChange {
                    for index in signal.indices { signal[index] -= low[channel][index] }
                    low[channel].removeFirst(signal.count)
                }
                ready[channel] += upStreams[channel].push(signal)
            }
        }

        var consumed = 0
        while let chunk = try next(reader) {
            if isCancelled() { throw CancellationError() }
            consumed += chunk[0].count
            if addsChange { for channel in 0..<channels { original[channel] += chunk[channel] } }
            process((0..<channels).map { downStreams[$0].push(chunk[$0]) })
            try emit(final: false)
            progress(0.1 + 0.9 * Double(consumed) / Double(max(1, total)))
        }
        process((0..<channels).map { downStreams[$0].finish() })
        for channel in 0..<channels { ready[channel] += upStreams[channel].finish() }
        try emit(final: true)
        try writer.finish()
        return Report(
            audioSeconds: Double(total) / Double(reader.sampleRate),
            wallSeconds: Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9)
    }

    private func next(_ reader: AudioFileReader) throws -> [[Float]]? {
        let chunk = try reader.read(frames: Self.chunk)
        return chunk.first.map(\.isEmpty) ?? true ? nil : chunk
    }
}
