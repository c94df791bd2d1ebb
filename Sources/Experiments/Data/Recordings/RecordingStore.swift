import Audio
import Foundation
import Synchronization
import Tensor

/// Decoded recordings at one rate, mono, read in any order and from any thread.
///
/// Files are decoded, mixed and resampled in blocks of some seconds, each on its own, and kept as 16-bit samples in
/// bounded memory; what was used longest ago goes first. What is read never depends on what is kept.
final class RecordingStore: Sendable {
    /// Hz.
    let sampleRate: Int
    private let limit: Int
    private let clippingLimit: Double
    private let state = Mutex(State())

    /// Seconds of a block. A block border costs one more decoding per reading across it, a longer block more memory.
    private static let blockSeconds = 8
    /// A block below this peak is silent (-80 dB of full scale).
    static let silence: Float = 1e-4

    private struct Key: Hashable {
        let path: String
        let block: Int
        let judged: Bool
    }

    private struct State {
        var blocks: [Key: (samples: [Int16], lastUse: Int)] = [:]
        /// What could not be read, so that it is not tried again and again.
        var defects: [Key: DataIssue] = [:]
        var bytes = 0
        var uses = 0
    }

    /// - Parameters:
    ///   - cacheMiB: how much is kept, MiB.
    ///   - clippingLimit: largest share of clipped samples in a block of a recording that is judged.
    init(sampleRate: Int, cacheMiB: Int, clippingLimit: Double = 1) {
        self.sampleRate = sampleRate
        limit = cacheMiB << 20
        self.clippingLimit = clippingLimit
    }

    /// Bytes of samples that are kept.
    var keptBytes: Int { state.withLock { $0.bytes } }

    /// A stretch of a recording, which must lie inside it.
    ///
    /// - Parameter judged: whether silence and clipping make a recording unusable; true for what a model is to learn.
    /// - Throws: `DataIssue`.
    func read(_ recording: Recording, _ range: Range<Int>, judged: Bool) throws -> [Float] {
        require(
            range.lowerBound >= 0 && range.upperBound <= recording.count,
            "[recordings] \(recording.name): samples \(range) of \(recording.count)")
        let length = Self.blockSeconds * sampleRate
        return try [Float](unsafeUninitializedCapacity: range.count) { target, filled in
            var position = range.lowerBound
            while position < range.upperBound {
                let index = position / length
                let block = try block(index, of: recording, judged: judged)
                let from = position - index * length
                let count = min(block.count - from, range.upperBound - position)
                block.withUnsafeBufferPointer { block in
                    for i in 0..<count { target[filled + i] = Float(block[from + i]) * (1 / 32767) }
                }
                filled += count
                position += count
            }
        }
    }

    private func block(_ index: Int, of recording: Recording, judged: Bool) throws -> [Int16] {
        let key = Key(path: recording.url.path, block: index, judged: judged)
        let known = try state.withLock { state -> [Int16]? in
            if let defect = state.defects[key] { throw defect }
            state.uses += 1
            state.blocks[key]?.lastUse = state.uses
            return state.blocks[key]?.samples
        }
        if let known { return known }
        // Decoded outside the lock: two threads may do the same work, but nobody waits for another's file.
        do {
            let samples = try decode(index, of: recording, judged: judged)
            keep(samples, key)
            return samples
        } catch {
            let issue = error as? DataIssue ?? DataIssue(path: recording.path, error: error)
            state.withLock { $0.defects[key] = issue }
            throw issue
        }
    }

    private func keep(_ samples: [Int16], _ key: Key) {
        state.withLock { state in
            guard state.blocks[key] == nil else { return }
            state.blocks[key] = (samples, state.uses)
            state.bytes += 2 * samples.count
            guard state.bytes > limit else { return }
            // An eighth more than necessary goes, so that sorting is seldom.
            for (old, entry) in state.blocks.sorted(by: { $0.value.lastUse < $1.value.lastUse }) {
                if state.bytes <= limit - limit / 8 || old == key { break }
                state.blocks[old] = nil
                state.bytes -= 2 * entry.samples.count
            }
        }
    }

    // MARK: Decoding

    private func decode(_ index: Int, of recording: Recording, judged: Bool) throws -> [Int16] {
        let length = Self.blockSeconds * sampleRate
        let output = index * length..<min((index + 1) * length, recording.count)
        let reader = try AudioFileReader(recording.url)
        guard reader.sampleRate == recording.sampleRate else {
            throw DataIssue(path: recording.path, problem: "the file was changed while it was in use")
        }
        let resampler = Resampler(from: reader.sampleRate, to: sampleRate)
        let blockFrames = Self.blockSeconds * reader.sampleRate
        // Whole periods of the rate ratio before the block keep its samples at the same phases.
        let margin = resampler.inputPeriod(atLeast: resampler.reach)
        let first = max(0, index * blockFrames - margin.input)
        let dropped = first == 0 ? index * length : margin.output
        let last = min(reader.frameCount, (index + 1) * blockFrames + margin.input)
        guard last > first else {
            throw DataIssue(path: recording.path, problem: "the file became shorter while it was in use")
        }
        if first > 0 { try reader.seek(toFrame: first) }
        var channels = [[Float]](repeating: [], count: reader.channelCount)
        while channels[0].count < last - first {
            let chunk = try reader.read(frames: last - first - channels[0].count)
            if chunk[0].isEmpty { break }
            for channel in channels.indices { channels[channel] += chunk[channel] }
        }
        if judged, let problem = problem(channels, isWhole: recording.count <= length) {
            throw DataIssue(path: recording.path, problem: problem)
        }
        let mono = resampler.resample(Waveform.mono(channels))
        return (0..<output.count).map { place in
            let at = dropped + place
            guard at < mono.count else { return 0 }
            // Rounds by truncation, which needs no call of a library for each sample.
            return Int16(truncatingIfNeeded: Int32(min(max(mono[at], -1), 1) * 32767 + 32768.5) - 32768)
        }
    }

    private func problem(_ channels: [[Float]], isWhole: Bool) -> String? {
        var peak: Float = 0
        var clipped = 0
        for channel in channels {
            var run = 0
            for (place, sample) in channel.enumerated() {
                let size = abs(sample)
                peak = max(peak, size)
                // Three equal samples at full scale in a row are no coincidence.
                run = size > 0.98 ? (run > 0 && sample == channel[place - 1] ? run + 1 : 1) : 0
                if run == 3 { clipped += 3 } else if run > 3 { clipped += 1 }
            }
        }
        if isWhole, peak < Self.silence { return "silent (below -80 dB); expected a recording with sound" }
        let share = Double(clipped) / Double(max(1, channels.count * channels[0].count))
        if share > clippingLimit {
            let percent = (1000 * share).rounded() / 10
            return "\(percent) % of its samples are clipped; clipping_limit accepts \(100 * clippingLimit) %"
        }
        return nil
    }
}
