import Foundation

/// Whole sound files at once.
public enum AudioFile {
    /// Reads a file: all channels, at its own rate.
    ///
    /// - Throws: `AudioFileError`.
    public static func read(_ url: URL) throws -> Waveform {
        let reader = try AudioFileReader(url)
        var channels = [[Float]](repeating: [], count: reader.channelCount)
        while case let chunk = try reader.read(frames: 65536), !chunk[0].isEmpty {
            for channel in channels.indices { channels[channel] += chunk[channel] }
        }
        return Waveform(sampleRate: reader.sampleRate, channels: channels)
    }

    /// Writes a file, all or nothing.
    ///
    /// - Parameter format: by default what the name's ending says (`.wav` is 16-bit PCM).
    /// - Throws: `AudioFileError`.
    public static func write(
        _ waveform: Waveform, to url: URL, format: AudioFormat? = nil, dither: Dither = .none,
        metadata: AudioMetadata = AudioMetadata()
    ) throws {
        let writer = try AudioFileWriter(
            url, format: format, sampleRate: waveform.sampleRate, channelCount: waveform.channelCount,
            dither: dither, metadata: metadata)
        try writer.write(waveform.channels)
        try writer.finish()
    }
}
