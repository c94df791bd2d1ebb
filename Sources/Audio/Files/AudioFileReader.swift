import CSndfile
import Foundation
import Tensor

/// Reads a sound file piece by piece: WAV, FLAC, OGG/Vorbis, Opus, MP3 and whatever else libsndfile knows.
///
/// Integer samples become value / 2^(bits - 1), float samples are kept. One reader serves one thread.
public final class AudioFileReader {
    public let url: URL
    /// In hertz.
    public let sampleRate: Int
    public let channelCount: Int
    /// Samples per channel in the whole file.
    public let frameCount: Int
    public let format: AudioFormat
    /// Title, artist ... as the file gives them.
    public let metadata: AudioMetadata
    /// The frame that `read` delivers next.
    public private(set) var position = 0

    private let handle: OpaquePointer
    private var interleaved: [Float] = []

    /// Opens a file and checks its header.
    ///
    /// - Throws: `AudioFileError` when the file is missing, a folder, not sound, empty, shorter than its
    ///   header says, or has a header no sound file has.
    public init(_ url: URL) throws {
        let path = url.path
        try Self.checkExistence(path)
        var info = SF_INFO()
        let handle = try SoundFileOpening.open(path, info: &info) { code, text in
            Self.openingError(path, code: code, text: text)
        }
        do {
            try Self.checkHeader(info, path: path)
            let format = AudioFormat(code: info.format)
            try ChunkScan.checkDataLength(path: path)
            frameCount =
                info.frames == Int64.max
                ? try Self.countFrames(handle, channels: Int(info.channels), path: path) : Int(info.frames)
            guard frameCount > 0 else { throw AudioFileError.empty(path: path) }
            self.format = format
            metadata = AudioMetadata(of: handle)
        } catch {
            sf_close(handle)
            throw error
        }
        self.url = url
        self.handle = handle
        sampleRate = Int(info.samplerate)
        channelCount = Int(info.channels)
    }

    deinit { sf_close(handle) }

    /// The next frames, channel by channel.
    ///
    /// - Parameter frames: how many, at least 1.
    /// - Returns: `channelCount` arrays of equal length: `frames`, fewer at the end of the file, none after it.
    /// - Throws: `AudioFileError` when the data end before the header's length, or a sample is not finite.
    public func read(frames: Int) throws -> [[Float]] {
        require(frames >= 1, "[AudioFileReader] cannot read \(frames) frames: at least 1")
        let wanted = min(frames, frameCount - position)
        guard wanted > 0 else { return Array(repeating: [], count: channelCount) }
        if interleaved.count < wanted * channelCount {
            interleaved = [Float](repeating: 0, count: wanted * channelCount)
        }
        let got = Int(sf_readf_float(handle, &interleaved, Int64(wanted)))
        let code = sf_error(handle)
        if code != 0 {
            throw AudioFileError.corrupt(path: url.path, reason: oneLine(sf_error_number(code)))
        }
        if got < wanted, !isShortByCoding(missing: frameCount - position - got) {
            throw AudioFileError.truncated(path: url.path, expected: frameCount, found: position + got)
        }
        try interleaved.withUnsafeBufferPointer { samples in
            try checkFinite(
                samples, frames: got, channels: channelCount, firstFrame: position, path: url.path)
        }
        position = got < wanted ? frameCount : position + got
        return deinterleave(frames: got)
    }

    /// Moves to a frame, 0 ... `frameCount`; the next `read` begins there.
    public func seek(toFrame frame: Int) throws {
        require(
            (0...frameCount).contains(frame),
            "[AudioFileReader] cannot seek to frame \(frame) of \(frameCount)")
        guard sf_seek(handle, Int64(frame), Int32(SEEK_SET)) == Int64(frame) else {
            throw AudioFileError.corrupt(path: url.path, reason: "frame \(frame) cannot be reached")
        }
        position = frame
    }

    /// MP3 headers may count the encoder's padding: an end that is short by under two coded frames is the end.
    private func isShortByCoding(missing: Int) -> Bool {
        format.container == .mp3 && missing < 2 * 1152
    }

    private func deinterleave(frames: Int) -> [[Float]] {
        let channelCount = channelCount
        return interleaved.withUnsafeBufferPointer { source in
            (0..<channelCount).map { channel in
                [Float](unsafeUninitializedCapacity: frames) { target, count in
                    for frame in 0..<frames { target[frame] = source[frame * channelCount + channel] }
                    count = frames
                }
            }
        }
    }
}

extension AudioFileReader {
    private static func checkExistence(_ path: String) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw AudioFileError.notFound(path: path)
        }
        if isFolder.boolValue { throw AudioFileError.isFolder(path: path) }
        guard FileManager.default.isReadableFile(atPath: path) else {
            throw AudioFileError.unreadable(path: path, reason: "permission denied")
        }
        let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        if size == 0 { throw AudioFileError.empty(path: path) }
    }

    private static func openingError(_ path: String, code: Int32, text: String) -> AudioFileError {
        switch Int(code) {
        case Int(SF_ERR_UNRECOGNISED_FORMAT): return .notAudio(path: path)
        case Int(SF_ERR_SYSTEM): return .unreadable(path: path, reason: text)
        case Int(SF_ERR_MALFORMED_FILE): return .corrupt(path: path, reason: "its header cannot be read")
        case Int(SF_ERR_UNSUPPORTED_ENCODING):
            return .corrupt(path: path, reason: "its samples are coded in an unknown way")
        // Other texts tell of the library's inside: that of an MP3 stub says the file does not exist.
        default: return .corrupt(path: path, reason: "no complete sound is in it, error \(code)")
        }
    }

    private static func checkHeader(_ info: SF_INFO, path: String) throws {
        guard AudioFileLimits.channels.contains(Int(info.channels)) else {
            throw AudioFileError.absurdHeader(path: path, reason: "the header says \(info.channels) channels")
        }
        guard AudioFileLimits.sampleRate.contains(Int(info.samplerate)) else {
            throw AudioFileError.absurdHeader(path: path, reason: "the header says \(info.samplerate) Hz")
        }
        guard info.frames == Int64.max || AudioFileLimits.frames.contains(Int(info.frames)) else {
            throw AudioFileError.absurdHeader(
                path: path, reason: "the header says \(info.frames) samples per channel")
        }
    }

    /// Counts by decoding: for streams whose header leaves the length open.
    private static func countFrames(_ handle: OpaquePointer, channels: Int, path: String) throws -> Int {
        let chunk = 65536
        var buffer = [Float](repeating: 0, count: chunk * channels)
        var total = 0
        while case let got = Int(sf_readf_float(handle, &buffer, Int64(chunk))), got > 0 { total += got }
        guard sf_seek(handle, 0, Int32(SEEK_SET)) == 0 else {
            throw AudioFileError.corrupt(path: path, reason: "a stream that cannot be read twice")
        }
        return total
    }
}

/// Refuses NaN and infinity among interleaved samples, naming the first.
func checkFinite(
    _ samples: UnsafeBufferPointer<Float>, frames: Int, channels: Int, firstFrame: Int, path: String
) throws {
    // Zero times a finite number is zero, times anything else NaN: one sum tells, without a branch per sample.
    var trace: Float = 0
    for i in 0..<frames * channels { trace += samples[i] * 0 }
    if trace == 0 { return }
    for i in 0..<frames * channels where !samples[i].isFinite {
        throw AudioFileError.notFinite(path: path, frame: firstFrame + i / channels, channel: i % channels)
    }
}

/// The library's message without line breaks and final punctuation.
func oneLine(_ message: UnsafePointer<CChar>?) -> String {
    guard let message else { return "unknown reason" }
    return String(cString: message).split(whereSeparator: \.isNewline).joined(separator: "; ")
        .trimmingCharacters(in: CharacterSet(charactersIn: " ."))
}
