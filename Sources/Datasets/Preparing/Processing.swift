import Audio
import Foundation

/// From a file of a package to the samples of a prepared set.
struct Processing: Sendable {
    let sampleRate: Int
    let channels: Recipe.Channels

    /// Why a recording is not used.
    struct Skip: Error {
        let reason: String
    }

    /// Longer ones would take too much memory: half an hour of stereo at 48 kHz.
    private static let longest = 180_000_000

    /// Decodes, resamples, trims, sets the level and cuts.
    ///
    /// - Returns: the pieces with their numbers, all of one length but for the last; silent ones are left out.
    /// - Throws: `Skip` for a recording that the recipe does not want or that is damaged.
    func pieces(of file: URL, treatment: Treatment, split: DataSplit) throws -> [(
        number: Int, channels: [[Float]]
    )] {
        var signal = try decode(file)
        if treatment.trimDecibels > 0 { signal = try trim(signal, treatment) }
        let seconds = Double(signal[0].count) / Double(sampleRate)
        let accepted = treatment.seconds(split)
        if seconds < accepted.lowerBound { throw Skip(reason: "too short") }
        if treatment.pieceSeconds == 0, seconds > accepted.upperBound { throw Skip(reason: "too long") }
        amplify(&signal, by: try factor(signal, treatment))
        guard treatment.pieceSeconds > 0 else { return [(0, signal)] }
        let length = Int((treatment.pieceSeconds * Double(sampleRate)).rounded())
        let shortest = Int((accepted.lowerBound * Double(sampleRate)).rounded(.up))
        return stride(from: 0, to: signal[0].count, by: length).compactMap { start in
            let end = min(start + length, signal[0].count)
            // What is left at the end counts if it would count alone.
            guard start == 0 || end - start >= max(1, shortest) else { return nil }
            let piece = signal.map { Array($0[start..<end]) }
            // A stem may pause while the others play; anything else that is silent teaches nothing.
            return treatment.role == .stem || level(piece) > -60 ? (start / length, piece) : nil
        }
    }

    private func decode(_ file: URL) throws -> [[Float]] {
        let waveform: Waveform
        do {
            if file.pathExtension.lowercased() == "g722" {
                waveform = try G722Decoder.read(file)
            } else {
                let reader = try AudioFileReader(file)
                guard reader.frameCount * reader.channelCount <= Self.longest else {
                    throw Skip(reason: "too long to decode")
                }
                waveform = try AudioFile.read(file)
            }
        } catch let error as AudioFileError {
            // The path is that of a temporary file at times: the caller names the source.
            let text = error.description
            let reason = text.hasPrefix(file.path + ": ") ? String(text.dropFirst(file.path.count + 2)) : text
            throw Skip(reason: "damaged: " + (reason.split(separator: ";").first.map(String.init) ?? reason))
        }
        let kept = channels == .mono ? [waveform.mono] : waveform.channels
        if waveform.sampleRate == sampleRate { return kept }
        let resampler = Resampler(from: waveform.sampleRate, to: sampleRate)
        return kept.map(resampler.resample)
    }

    /// What lies between the first and the last frame near the loudest, with some of what is around it.
    private func trim(_ signal: [[Float]], _ treatment: Treatment) throws -> [[Float]] {
        let frame = max(1, sampleRate / 40)
        let count = signal[0].count
        var energies: [Double] = []
        for start in stride(from: 0, to: count, by: frame) {
            let end = min(start + frame, count)
            var sum: Float = 0
            for channel in signal { for index in start..<end { sum += channel[index] * channel[index] } }
            energies.append(Double(sum) / Double(end - start))
        }
        guard let loudest = energies.max(), loudest > 1e-10 else { throw Skip(reason: "silent") }
        let threshold = loudest * pow(10, -treatment.trimDecibels / 10)
        let first = energies.firstIndex { $0 >= threshold } ?? 0
        let last = energies.lastIndex { $0 >= threshold } ?? 0
        let padding = Int(treatment.paddingMilliseconds * Double(sampleRate) / 1000)
        let range = max(0, first * frame - padding)..<min(count, (last + 1) * frame + padding)
        return signal.map { Array($0[range]) }
    }

    /// What the samples are multiplied by.
    private func factor(_ signal: [[Float]], _ treatment: Treatment) throws -> Float {
        let peak = signal.lazy.flatMap { $0 }.reduce(Float(0)) { max($0, abs($1)) }
        guard peak > 1e-5 else { throw Skip(reason: "silent") }
        var factor = Float(pow(10, treatment.gain / 20))
        if let level = treatment.level {
            let mixed = Waveform(sampleRate: sampleRate, channels: signal).mono
            let active = ActiveLevel.rms(mixed, sampleRate: sampleRate)
            guard active > 1e-6 else { throw Skip(reason: "silent") }
            factor = Float(pow(10, level / 20) / active)
        }
        // Stems keep the balance of their mixture, so none of them is changed alone.
        if treatment.role != .stem, peak * factor > 0.97 { factor = 0.97 / peak }
        return factor
    }

    /// In dBFS.
    private func level(_ signal: [[Float]]) -> Double {
        var total = 0.0
        for channel in signal { total += Double(channel.reduce(Float(0)) { $0 + $1 * $1 }) }
        return Decibel.power(total / Double(max(1, signal.count * signal[0].count)), floor: 1e-20)
    }

    private func amplify(_ signal: inout [[Float]], by factor: Float) {
        guard factor != 1 else { return }
        for channel in signal.indices {
            for index in signal[channel].indices { signal[channel][index] *= factor }
        }
    }
}
