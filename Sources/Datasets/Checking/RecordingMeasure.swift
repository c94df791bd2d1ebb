import Audio
import Foundation

/// What one sound file holds, measured in pieces, so that the length does not matter.
public struct RecordingMeasure: Sendable, Equatable {
    /// In hertz.
    public let sampleRate: Int
    public let channels: Int
    /// Samples per channel.
    public let frames: Int
    /// The largest absolute sample; 1 is full scale.
    public let peak: Double
    /// RMS over all samples, dBFS; -infinity for digital silence.
    public let level: Double
    /// RMS over the 25 ms frames within 40 dB of the loudest, dBFS; -infinity for digital silence.
    public let activeLevel: Double
    /// Share of samples at full scale, |x| >= 0.999.
    public let clippedShare: Double
    /// Share of the 25 ms frames below -60 dBFS.
    public let silentShare: Double

    public var seconds: Double { Double(frames) / Double(sampleRate) }
    /// Nothing in it is above -60 dBFS.
    public var isSilent: Bool { peak < 0.001 }
    /// More than one sample of ten thousand is at full scale.
    public var isClipped: Bool { clippedShare > 1e-4 }

    /// Reads a file to its end.
    ///
    /// - Throws: `AudioFileError` when the file is missing, damaged, or holds samples that are not finite.
    public init(_ file: URL) throws {
        if file.pathExtension.lowercased() == "g722" {
            let waveform = try G722Decoder.read(file)
            var sums = Sums(frame: max(1, waveform.sampleRate / 40))
            sums.add(waveform.channels)
            self.init(sums, sampleRate: waveform.sampleRate, channels: 1)
            return
        }
        let reader = try AudioFileReader(file)
        var sums = Sums(frame: max(1, reader.sampleRate / 40))
        let piece = sums.frame * 256
        while case let channels = try reader.read(frames: piece), !channels[0].isEmpty { sums.add(channels) }
        self.init(sums, sampleRate: reader.sampleRate, channels: reader.channelCount)
    }

    private init(_ sums: Sums, sampleRate: Int, channels: Int) {
        self.sampleRate = sampleRate
        self.channels = channels
        frames = sums.frames
        peak = Double(sums.peak)
        let count = Double(max(1, sums.energies.count))
        let samples = Double(max(1, sums.frames * channels))
        level = Decibel.power(sums.total / samples, floor: 0)
        let loudest = sums.energies.max() ?? 0
        let active = sums.energies.filter { $0 > 0 && $0 >= loudest * 1e-4 }
        activeLevel = Decibel.power(active.reduce(0, +) / Double(max(1, active.count)), floor: 0)
        clippedShare = Double(sums.clipped) / samples
        silentShare = Double(sums.energies.count { $0 < 1e-6 }) / count
    }

    private struct Sums {
        let frame: Int
        var frames = 0
        var peak: Float = 0
        var total = 0.0
        var clipped = 0
        var energies: [Double] = []

        init(frame: Int) { self.frame = frame }

        mutating func add(_ channels: [[Float]]) {
            let count = channels[0].count
            for start in stride(from: 0, to: count, by: frame) {
                let end = min(start + frame, count)
                var sum: Float = 0
                for channel in channels {
                    for index in start..<end {
                        let magnitude = abs(channel[index])
                        sum += magnitude * magnitude
                        peak = max(peak, magnitude)
                        if magnitude >= 0.999 { clipped += 1 }
                    }
                }
                total += Double(sum)
                energies.append(Double(sum) / Double((end - start) * channels.count))
            }
            frames += count
        }
    }
}
