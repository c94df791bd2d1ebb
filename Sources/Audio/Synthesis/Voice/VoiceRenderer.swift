import Tensor

/// A rendered voice with what is known about it.
struct RenderedVoice {
    /// Vowels have about unit RMS.
    var samples: [Float]
    /// f0 in Hz every 10 ms, 0 where unvoiced.
    var pitch: [Float]
    var onsets: [Performance.Onset]
}

/// Draws a speaker and an utterance and renders them.
struct VoiceRenderer {
    let sampleRate: Int

    /// Speech, now and then singing.
    ///
    /// - Parameters:
    ///   - singing: Share of sung performances.
    ///   - stream: The key.
    func render(count: Int, singing: Double = 0.1, stream: RandomStream) -> RenderedVoice {
        var stream = stream
        var speakerStream = stream.fork("speaker")
        let speaker = Speaker(sampleRate: sampleRate, stream: &speakerStream)
        let seconds = Double(count) / Double(sampleRate)
        let sings = stream.chance(singing)
        // Half of the performances begin in the middle of a phrase, the others after a short silence.
        let start = stream.chance(0.5) ? stream.uniform(-0.5...0) : stream.uniform(0.05...0.4)
        var articulator = Articulator(speaker: speaker, start: start, stream: stream.fork("articulation"))
        if sings {
            Melody(seconds: seconds, speaker: speaker, stream: stream.fork("melody")).sing(with: &articulator)
        } else {
            var words = stream.fork("words")
            while articulator.time < seconds + 0.2 {
                articulator.speak(speaker.language.phrase(stream: &words))
            }
        }
        return render(articulator.score, speaker: speaker, count: count, stream: stream.fork("sound"))
    }

    /// Renders a score.
    func render(_ score: ArticulatoryScore, speaker: Speaker, count: Int, stream: RandomStream)
        -> RenderedVoice
    {
        var stream = stream
        let seconds = Double(count) / Double(sampleRate)
        let tracks = ArticulatoryTracks(
            score: score, seconds: seconds, transition: speaker.transition,
            stream: stream.fork("wander"))
        let intonation = Intonation(
            score: score, base: speaker.basePitch, from: -0.6, to: seconds + 0.1,
            stream: stream.fork("intonation"))
        let source = GlottalSource(
            tracks: tracks, intonation: intonation, speaker: speaker, creaks: score.creaks, count: count,
            sampleRate: sampleRate, stream: stream.fork("glottis"))
        var samples = source.excitation
        VocalTract(speaker: speaker, sampleRate: sampleRate).filter(&samples, tracks: tracks)
        normalise(&samples, voicing: tracks.voicing)
        var noises = stream.fork("noises")
        for event in score.noises {
            event.render(
                into: &samples, opening: source.opening, sampleRate: sampleRate, stream: noises.fork("event"))
        }
        let pitch = (0..<Int(seconds * 100 + 1e-6) + 1).map { frame -> Float in
            let time = Double(frame) * 0.01
            let place = min(Int(time * ArticulatoryTracks.rate), tracks.count - 1)
            return tracks.voicing[place] > 0.03 ? Float(intonation.frequency(at: time)) : 0
        }
        let onsets = score.onsets.filter { $0.time >= 0 && $0.time < seconds }
        return RenderedVoice(samples: samples, pitch: pitch, onsets: onsets)
    }

    /// Brings the voiced parts to unit RMS, so that the levels of noises count from there.
    private func normalise(_ samples: inout [Float], voicing: [Float]) {
        var sum = 0.0
        var weight = 0.0
        let perSample = ArticulatoryTracks.rate / Double(sampleRate)
        for i in samples.indices {
            let v = voicing[min(Int(Double(i) * perSample), voicing.count - 1)]
            guard v > 0.4 else { continue }
            sum += Double(samples[i] * samples[i])
            weight += Double(v * v)
        }
        // Without a vowel (very short items) the tract's usual gain serves.
        let gain = weight > 100 && sum > 0 ? Float((weight / sum).squareRoot()) : 2
        for i in samples.indices { samples[i] *= gain }
    }
}
