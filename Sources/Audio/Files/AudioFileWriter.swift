import CSndfile
import Foundation
import Tensor

/// Writes a sound file piece by piece, all or nothing.
///
/// Samples go to a temporary file in the destination's folder; `finish()` renames it into place. A writer
/// that is abandoned, cancelled or fails removes its temporary file and leaves an older file of that name
/// as it was. One writer serves one thread.
///
/// Integer samples are round(2^(bits - 1) x + dither), limited to the range the format has; without dither, a file
/// read and written again in its own PCM format keeps every bit. Coded formats are limited to [-1, 1]; floats are not.
public final class AudioFileWriter {
    public let url: URL
    public let format: AudioFormat
    public let sampleRate: Int
    public let channelCount: Int
    /// Frames written so far.
    public private(set) var frameCount = 0

    private let temporary: TemporaryFile
    private var handle: OpaquePointer?
    private var integers: [Int32] = []
    private var floats: [Float] = []
    private var dither: Dither.Source

    /// Creates the temporary file and writes its header.
    ///
    /// - Parameters:
    ///   - format: by default what the name's ending says; a reader's format keeps container and coding.
    ///   - sampleRate: hertz.
    ///   - channelCount: at least 1.
    ///   - dither: for PCM of 16 or 24 bits; others are never dithered.
    ///   - metadata: title, artist ... as far as the container has a place for them.
    /// - Throws: `AudioFileError` when the format does not exist in this combination or the file cannot be
    ///   created.
    public init(
        _ url: URL, format: AudioFormat? = nil, sampleRate: Int, channelCount: Int, dither: Dither = .none,
        metadata: AudioMetadata = AudioMetadata()
    ) throws {
        let format = try format ?? AudioFormat.forWriting(to: url)
        guard format.canBeWritten(sampleRate: sampleRate, channelCount: channelCount) else {
            throw AudioFileError.unsupported(
                path: url.path,
                reason: "\(format) does not hold \(channelCount) channels at \(sampleRate) Hz"
                    + (format.sampleFormat == .opus ? " (Opus has 8, 12, 16, 24 and 48 kHz)" : ""))
        }
        self.url = url
        self.format = format
        self.sampleRate = sampleRate
        self.channelCount = channelCount
        let isDithered = format.sampleFormat == .pcm16 || format.sampleFormat == .pcm24
        self.dither = Dither.Source(isDithered ? dither : .none)
        temporary = try TemporaryFile(besides: url)
        var info = SF_INFO()
        info.samplerate = Int32(sampleRate)
        info.channels = Int32(channelCount)
        info.format = format.code
        let handle = try SoundFileOpening.open(url.path, info: &info, writingTo: temporary.descriptor) {
            _, text in
            AudioFileError.unsupported(path: url.path, reason: text)
        }
        self.handle = handle
        // The chunk with the peak also holds the time of day: equal runs would give unequal files.
        sf_command(handle, Int32(SFC_SET_ADD_PEAK_CHUNK), nil, 0)
        metadata.write(to: handle)
    }

    deinit { cancel() }

    /// Appends frames.
    ///
    /// - Parameter channels: `channelCount` arrays of equal length.
    /// - Throws: `AudioFileError` when a sample is not finite or the disk does not take the data; the writer is
    ///   then cancelled.
    public func write(_ channels: [[Float]]) throws {
        require(
            channels.count == channelCount && channels.allSatisfy { $0.count == channels[0].count },
            "[AudioFileWriter] expects \(channelCount) channels of equal length, got \(channels.map(\.count))"
        )
        require(handle != nil, "[AudioFileWriter] cannot write after finish() or cancel()")
        do {
            // Small pieces: the Vorbis encoder keeps a whole piece on its stack.
            let total = channels[0].count
            for start in stride(from: 0, to: total, by: 4096) {
                try writePiece(channels, start..<min(start + 4096, total))
            }
        } catch {
            cancel()
            throw error
        }
    }

    /// Completes the file, checks that all of it reached the disk, and moves it into place.
    public func finish() throws {
        require(handle != nil, "[AudioFileWriter] finish() after finish() or cancel()")
        let status = sf_close(handle)
        handle = nil
        do {
            if status != 0 { throw failure(oneLine(sf_error_number(status))) }
            try checkFileOnDisk()
            try temporary.moveIntoPlace()
        } catch {
            cancel()
            throw error
        }
    }

    /// Gives up: the temporary file is removed. Does nothing after `finish()`.
    public func cancel() {
        if let handle { sf_close(handle) }
        handle = nil
        temporary.remove()
    }

    private func writePiece(_ channels: [[Float]], _ range: Range<Int>) throws {
        let count = range.count * channelCount
        if floats.count < count { floats = [Float](repeating: 0, count: count) }
        for (channel, samples) in channels.enumerated() {
            for (offset, frame) in range.enumerated() {
                floats[offset * channelCount + channel] = samples[frame]
            }
        }
        try floats.withUnsafeBufferPointer {
            try checkFinite(
                $0, frames: range.count, channels: channelCount, firstFrame: frameCount, path: url.path)
        }
        let written: Int64
        if let bits = format.sampleFormat.integerBits {
            quantise(count: count, bits: bits)
            written = sf_writef_int(handle, integers, Int64(range.count))
        } else {
            if format.sampleFormat != .float32, format.sampleFormat != .float64 {
                for i in 0..<count { floats[i] = max(-1, min(1, floats[i])) }
            }
            written = sf_writef_float(handle, floats, Int64(range.count))
        }
        guard written == Int64(range.count) else {
            throw failure(errno == ENOSPC ? "the disk is full" : oneLine(sf_strerror(handle)))
        }
        frameCount += range.count
    }

    /// The library takes the upper bits of 32, whatever the format.
    private func quantise(count: Int, bits: Int) {
        if integers.count < count { integers = [Int32](repeating: 0, count: count) }
        let scale = Double(sign: .plus, exponent: bits - 1, significand: 1)
        for i in 0..<count {
            let noise = floats[i] == 0 ? 0 : dither.next()
            let level = (Double(floats[i]) * scale + noise).rounded(.toNearestOrEven)
            integers[i] = Int32(max(-scale, min(scale - 1, level))) << Int32(32 - bits)
        }
    }

    /// A disk that fills up late goes unnoticed by some of the library's encoders: read back what is there.
    private func checkFileOnDisk() throws {
        var info = SF_INFO()
        let check = try SoundFileOpening.open(temporary.path, info: &info) { _, _ in
            failure(frameCount == 0 ? "no samples were written" : "the file cannot be read back")
        }
        defer { sf_close(check) }
        guard info.frames == Int64(frameCount) else {
            throw failure("\(info.frames) of \(frameCount) frames reached the disk")
        }
        // A header may promise what is not there: the last frame is asked for.
        var frame = [Float](repeating: 0, count: channelCount)
        guard sf_seek(check, info.frames - 1, Int32(SEEK_SET)) >= 0, sf_readf_float(check, &frame, 1) == 1
        else {
            throw failure("the end of the file did not reach the disk")
        }
        do {
            try ChunkScan.checkDataLength(path: temporary.path)
        } catch {
            throw failure("not all samples reached the disk")
        }
    }

    private func failure(_ reason: String) -> AudioFileError {
        .writeFailed(path: url.path, reason: reason)
    }
}
