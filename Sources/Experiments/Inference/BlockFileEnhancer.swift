import Audio
import Foundation

/// Enhances sound files by a method for clips in memory, block by block, so that memory stays bounded.
///
/// A block is enhanced with some seconds to each side and joined to its neighbours by a short cross-fade. What
/// a method remembers for longer than that begins anew.
public struct BlockFileEnhancer {
    public let enhancer: any Enhancer
    /// Seconds of a block, and to each side of it.
    public let blockSeconds: Double
    public let contextSeconds: Double

    private static let fadeSeconds = 0.02

    /// - Parameters:
    ///   - blockSeconds: default 30.
    ///   - contextSeconds: default 3; longer than the cross-fade of 20 ms.
    public init(_ enhancer: any Enhancer, blockSeconds: Double = 30, contextSeconds: Double = 3) {
        self.enhancer = enhancer
        self.blockSeconds = blockSeconds
        self.contextSeconds = contextSeconds
    }

    /// The result has the length, rate, channels, container, sample format and metadata of the original.
    ///
    /// - Parameters:
    ///   - progress: called with the share done, 0 ... 1.
    ///   - isCancelled: asked between blocks; when true nothing is left behind and `CancellationError` is thrown.
    public func enhance(
        _ source: URL, to destination: URL, progress: (Double) -> Void = { _ in },
        isCancelled: () -> Bool = { false }
    ) throws -> FileEnhancer.Report {
        let start = DispatchTime.now().uptimeNanoseconds
        let reader = try AudioFileReader(source)
        let rate = reader.sampleRate
        let writer = try AudioFileWriter(
            destination, format: reader.format, sampleRate: rate, channelCount: reader.channelCount,
            dither: .triangular(), metadata: reader.metadata)
        let block = max(1, Int(blockSeconds * Double(rate)))
        let context = Int(contextSeconds * Double(rate))
        let fade = min(context, block, Int(Self.fadeSeconds * Double(rate)))
        var tails = [[Float]](repeating: [], count: reader.channelCount)
        for first in stride(from: 0, to: reader.frameCount, by: block) {
            if isCancelled() { throw CancellationError() }
            let core = first..<min(first + block, reader.frameCount)
            let whole = max(0, first - context)..<min(core.upperBound + context, reader.frameCount)
            try reader.seek(toFrame: whole.lowerBound)
            let input = try reader.read(frames: whole.count)
            // A stream whose end came early is over.
            let count = min(core.count, max(0, input[0].count - (first - whole.lowerBound)))
            var output: [[Float]] = []
            for (channel, samples) in input.enumerated() {
                let result = enhancer.enhance(samples, sampleRate: rate)
                let offset = first - whole.lowerBound
                var part = Array(result[offset..<offset + count])
                for (index, sample) in tails[channel].enumerated() where index < part.count {
                    let share = Float(index + 1) / Float(fade + 1)
                    part[index] = share * part[index] + (1 - share) * sample
                }
                tails[channel] = Array(result.dropFirst(offset + count).prefix(fade))
                output.append(part)
            }
            if count > 0 { try writer.write(output) }
            progress(Double(core.upperBound) / Double(reader.frameCount))
        }
        try writer.finish()
        return FileEnhancer.Report(
            audioSeconds: Double(reader.frameCount) / Double(rate),
            wallSeconds: Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9)
    }
}
