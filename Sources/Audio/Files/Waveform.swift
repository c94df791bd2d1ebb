import Tensor

/// Sound in memory: one array of samples per channel, nominally in [-1, 1], at one sampling rate.
public struct Waveform: Sendable, Equatable {
    /// Samples per second and channel, in hertz.
    public let sampleRate: Int
    /// The samples, channel by channel; all channels have the same length, and there is at least one.
    public let channels: [[Float]]

    public init(sampleRate: Int, channels: [[Float]]) {
        require(sampleRate > 0, "[Waveform] sampling rate \(sampleRate) Hz: it must be positive")
        require(!channels.isEmpty, "[Waveform] at least one channel is needed")
        require(
            channels.allSatisfy { $0.count == channels[0].count },
            "[Waveform] channels differ in length: \(channels.map(\.count))")
        self.sampleRate = sampleRate
        self.channels = channels
    }

    public init(sampleRate: Int, mono samples: [Float]) {
        self.init(sampleRate: sampleRate, channels: [samples])
    }

    public var channelCount: Int { channels.count }

    /// Samples per channel.
    public var frameCount: Int { channels[0].count }

    /// In seconds.
    public var duration: Double { Double(frameCount) / Double(sampleRate) }

    /// The mean of all channels.
    public var mono: [Float] { Self.mono(channels) }

    /// The mean of all channels, frame by frame: the form in which chunks of a stream are mixed.
    public static func mono(_ channels: [[Float]]) -> [Float] {
        guard var sum = channels.first else { return [] }
        if channels.count == 1 { return sum }
        for channel in channels.dropFirst() {
            for i in sum.indices { sum[i] += channel[i] }
        }
        let scale = 1 / Float(channels.count)
        for i in sum.indices { sum[i] *= scale }
        return sum
    }
}
