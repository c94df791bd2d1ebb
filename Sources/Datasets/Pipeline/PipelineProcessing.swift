import Audio
import Foundation

/// The stages of a pipeline, applied to one recording.
struct PipelineProcessing: Sendable {
    let config: PipelineConfig

    /// Longer ones would take too much memory: half an hour of stereo at 48 kHz.
    private static let longest = 180_000_000
    /// Peaks of results stay below full scale.
    private static let highestPeak: Float = 0.97

    /// Why nothing is made of a recording.
    struct Skip: Error { let reason: String }

    /// The sound after all stages but the features, with a step for each.
    ///
    /// - Parameter each: called with the sound after each stage.
    /// - Throws: `Skip` for a recording that cannot be used, or what `each` throws.
    func sound(
        of file: URL, each: (PipelineStage, Waveform) throws -> Void
    ) throws -> (sound: Waveform, steps: [PipelineStep]) {
        var (sound, format) = try decode(file)
        var steps: [PipelineStep] = []
        func note(_ stage: PipelineStage, _ did: String) throws {
            steps.append(Self.step(stage, did, sound))
            try each(stage, sound)
        }
        if config.does(.decode) { try note(.decode, "\(format) to samples") }
        if config.does(.mono) {
            let before = sound.channelCount
            sound = Waveform(sampleRate: sound.sampleRate, mono: sound.mono)
            try note(.mono, before == 1 ? "was mono" : "\(before) channels to 1")
        }
        if config.does(.normalise) {
            let gain = try normalisingGain(sound)
            sound = sound.scaled(by: gain)
            let decibels = (200 * log10(Double(gain))).rounded() / 10
            try note(.normalise, "\(decibels >= 0 ? "+" : "")\(decibels) dB")
        }
        if config.does(.resample) {
            let before = sound.sampleRate
            let extra = resample(&sound)
            let did =
                before == config.sampleRate ? "was at this rate" : "\(before) Hz to \(config.sampleRate) Hz"
            try note(.resample, did + extra)
        }
        return (sound, steps)
    }

    /// Any sound file's samples, and what they were stored as.
    func decode(_ file: URL) throws -> (sound: Waveform, format: String) {
        do {
            if file.pathExtension.lowercased() == "g722" { return (try G722Decoder.read(file), "G.722") }
            let reader = try AudioFileReader(file)
            guard reader.frameCount * reader.channelCount <= Self.longest else {
                throw Skip(
                    reason:
                        "too long to decode: \(reader.frameCount) frames of \(reader.channelCount) channels")
            }
            return (try AudioFile.read(file), reader.format.description)
        } catch let error as AudioFileError {
            let text = error.description
            let reason = text.hasPrefix(file.path + ": ") ? String(text.dropFirst(file.path.count + 2)) : text
            throw Skip(reason: reason)
        }
    }

    private func normalisingGain(_ sound: Waveform) throws -> Float {
        let active = ActiveLevel.rms(sound.mono, sampleRate: sound.sampleRate)
        guard active > 1e-6 else { throw Skip(reason: "silent; a level can be given to sounds only") }
        let gain = Float(pow(10, config.level / 20) / active)
        let peak = sound.peak
        return peak * gain > Self.highestPeak ? Self.highestPeak / peak : gain
    }

    /// - Returns: what was done beside it, in words.
    private func resample(_ sound: inout Waveform) -> String {
        guard sound.sampleRate != config.sampleRate else { return "" }
        let resampler = Resampler(from: sound.sampleRate, to: config.sampleRate)
        sound = Waveform(sampleRate: config.sampleRate, channels: sound.channels.map(resampler.resample))
        // Between samples a signal may be higher than at them; what was below full scale may now pass it.
        let peak = sound.peak
        guard peak > 1 else { return "" }
        sound = sound.scaled(by: Self.highestPeak / peak)
        return ", \((200 * log10(Double(Self.highestPeak / peak))).rounded() / 10) dB because of its peak"
    }

    private static func step(_ stage: PipelineStage, _ did: String, _ sound: Waveform) -> PipelineStep {
        var step = PipelineStep()
        (step.stage, step.did) = (stage, did)
        (step.sampleRate, step.channels, step.frames) = (
            sound.sampleRate, sound.channelCount, sound.frameCount
        )
        step.peak = (Double(sound.peak) * 1e6).rounded() / 1e6
        let level = Decibel.power(
            pow(ActiveLevel.rms(sound.mono, sampleRate: sound.sampleRate), 2), floor: 1e-20)
        step.level = (level * 100).rounded() / 100
        return step
    }
}

extension Waveform {
    /// The largest absolute sample.
    fileprivate var peak: Float { channels.reduce(0) { $1.reduce($0) { max($0, abs($1)) } } }

    fileprivate func scaled(by gain: Float) -> Waveform {
        Waveform(sampleRate: sampleRate, channels: channels.map { $0.map { $0 * gain } })
    }
}
