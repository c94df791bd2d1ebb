import Tensor

/// A rendered piece with what is known about it.
struct RenderedMusic {
    var stems: [Performance.Stem]
    /// f0 of the lead in Hz every 10 ms, 0 where it rests.
    var pitch: [Float]
    var onsets: [Performance.Onset]
}

/// Draws a composition and its players and renders them.
struct MusicRenderer {
    let sampleRate: Int
    /// Share of pieces whose lead is sung.
    var sungShare = 0.15

    func render(count: Int, stream: RandomStream) -> RenderedMusic {
        var stream = stream
        let seconds = Double(count) / Double(sampleRate)
        let composition = Composition(seconds: seconds, stream: stream.fork("composition"))
        var music = RenderedMusic(
            stems: [], pitch: [Float](repeating: 0, count: Int(seconds * 100 + 1e-6) + 1), onsets: [])
        addLead(composition, count: count, to: &music, stream: stream.fork("lead"))
        var players = stream.fork("players")
        addPart("chords", composition.chords, chordInstrument(&players), -11 ... -3, count, &music, &players)
        addPart("bass", composition.bass, bassInstrument(&players), -9 ... -1, count, &music, &players)
        addDrums(composition.drums, count: count, to: &music, stream: stream.fork("drums"))
        if music.stems.isEmpty {
            // A rest of all parts: an item shorter than a bar may hold no note.
            music.stems = [.init(name: "lead", samples: [Float](repeating: 0, count: count))]
        }
        music.onsets = music.onsets.filter { $0.time >= 0 && $0.time < seconds }
            .sorted { ($0.time, $0.label) < ($1.time, $1.label) }
        return music
    }

    private func leadInstrument(_ stream: inout RandomStream) -> any Instrument {
        switch stream.weighted([0.3, 0.25, 0.45]) {
        case 0: PluckedString(sampleRate: sampleRate, bass: false, stream: &stream)
        case 1: StruckBody(sampleRate: sampleRate, stream: &stream)
        default:
            SustainedTone(sampleRate: sampleRate, kinds: [.bowed, .reed, .flute, .brass], stream: &stream)
        }
    }

    private func chordInstrument(_ stream: inout RandomStream) -> any Instrument {
        switch stream.weighted([0.35, 0.35, 0.3]) {
        case 0: PluckedString(sampleRate: sampleRate, bass: false, stream: &stream)
        case 1: StruckBody(sampleRate: sampleRate, stream: &stream)
        default: SustainedTone(sampleRate: sampleRate, kinds: [.organ, .pad, .bowed], stream: &stream)
        }
    }

    private func bassInstrument(_ stream: inout RandomStream) -> any Instrument {
        stream.chance(0.65)
            ? PluckedString(sampleRate: sampleRate, bass: true, stream: &stream)
            : SustainedTone(sampleRate: sampleRate, kinds: [.bowed, .brass, .reed], stream: &stream)
    }

    private func addPart(
        _ name: String, _ notes: [Note], _ instrument: any Instrument, _ level: ClosedRange<Double>,
        _ count: Int,
        _ music: inout RenderedMusic, _ stream: inout RandomStream
    ) {
        guard !notes.isEmpty else { return }
        var samples = [Float](repeating: 0, count: count)
        for note in notes {
            instrument.add(note, to: &samples, stream: stream.fork("note"))
            music.onsets.append(.init(time: note.start, label: "\(name) \(Int(note.number.rounded()))"))
        }
        append(name, samples, level: stream.uniform(level), to: &music)
    }

    private func addLead(
        _ composition: Composition, count: Int, to music: inout RenderedMusic, stream: RandomStream
    ) {
        var stream = stream
        guard !composition.lead.isEmpty else { return }
        if stream.chance(sungShare) {
            let voice = sing(composition.lead, count: count, stream: stream.fork("voice"))
            music.pitch = voice.pitch
            music.onsets += voice.onsets
            append("voice", voice.samples, level: 0, to: &music)
            return
        }
        let instrument = leadInstrument(&stream)
        addPart("lead", composition.lead, instrument, 0...0, count, &music, &stream)
        for note in composition.lead {
            let first = max(0, Int((note.start * 100).rounded(.up)))
            let last = min(music.pitch.count, Int((note.end * 100).rounded(.up)))
            for frame in first..<max(first, last) {
                let bend = instrument.bend(note, elapsed: Double(frame) * 0.01 - note.start)
                music.pitch[frame] = Float(note.frequency * (1 + bend))
            }
        }
    }

    /// The lead as a sung line, moved by octaves into the singer's range.
    private func sing(_ notes: [Note], count: Int, stream: RandomStream) -> RenderedVoice {
        var stream = stream
        var speakerStream = stream.fork("speaker")
        let speaker = Speaker(sampleRate: sampleRate, stream: &speakerStream)
        let centre = 69 + 12 * Mathematics.logarithm(speaker.basePitch * 1.5 / 440) / Mathematics.logarithm(2)
        let mean = notes.reduce(0) { $0 + $1.number } / Double(notes.count)
        let shift = 12 * ((centre - mean) / 12).rounded()
        var words = stream.fork("words")
        var articulator = Articulator(
            speaker: speaker, start: min(notes[0].start, 0), stream: stream.fork("articulation"))
        for note in notes.sorted(by: { $0.start < $1.start }) {
            let gap = note.start - articulator.time
            if gap > 0.03 { articulator.pause(gap, breath: false) }
            guard note.end - articulator.time > 0.06 else { continue }
            var syllable = speaker.language.syllable(stressed: true, stream: &words)
            syllable.stress = note.velocity
            syllable.note = (note.number + shift, note.end - articulator.time)
            articulator.sing(syllable)
        }
        return VoiceRenderer(sampleRate: sampleRate).render(
            articulator.score, speaker: speaker, count: count, stream: stream.fork("sound"))
    }

    private func addDrums(
        _ strokes: [Stroke], count: Int, to music: inout RenderedMusic, stream: RandomStream
    ) {
        guard !strokes.isEmpty else { return }
        var stream = stream
        let kit = DrumKit(sampleRate: sampleRate, stream: &stream)
        var samples = [Float](repeating: 0, count: count)
        for stroke in strokes {
            kit.add(stroke, to: &samples, stream: stream.fork("stroke"))
            music.onsets.append(.init(time: stroke.start, label: stroke.drum.rawValue))
        }
        append("drums", samples, level: stream.uniform(-10...0), to: &music)
    }

    private func append(_ name: String, _ samples: [Float], level: Double, to music: inout RenderedMusic) {
        let active = ActiveLevel.rms(samples, sampleRate: sampleRate)
        guard active > 0 else { return }
        let gain = Float(Mathematics.gain(decibels: level) / active)
        music.stems.append(.init(name: name, samples: samples.map { $0 * gain }))
    }
}
