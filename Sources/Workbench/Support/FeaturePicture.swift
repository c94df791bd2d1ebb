import Audio
import Foundation

/// What `workbench features --pictures` draws of a feature.
struct FeaturePicture {
    typealias Panel = SeriesPicture.Panel
    typealias Curve = SeriesPicture.Curve
    typealias Axis = SeriesPicture.Axis

    var panels: [Panel]
    var horizontal: Axis
    var unit = "s"

    /// Panels over the time of the sound.
    init(_ input: FeatureInput, _ panels: [Panel]) {
        self.init(panels, horizontal: Axis(0...max(1e-3, input.waveform.duration)))
    }

    init(_ panels: [Panel], horizontal: Axis, unit: String = "s") {
        self.panels = panels
        self.horizontal = horizontal
        self.unit = unit
    }

    func write(to url: URL) throws {
        try SeriesPicture().write(panels, horizontal: horizontal, unit: unit, to: url)
    }
}

/// How far pictures of levels reach below the loudest place, dB.
private let levelRange = 80.0

// MARK: Spectra

extension FeaturePicture {
    /// The spectrum in dB up to a frequency, to look at and to draw frequencies on.
    private static func spectrum(
        _ input: FeatureInput, _ label: String, upTo limit: Double? = nil, curves: [[Double]] = []
    ) -> Panel {
        let spectrogram = input.spectrogram
        let spacing = input.binSpacing
        let bins = limit.map { min(spectrogram.binCount, Int($0 / spacing) + 1) } ?? spectrogram.binCount
        let power = spectrogram.power
        let cut = (0..<spectrogram.frameCount).flatMap { frame in
            power[frame * spectrogram.binCount..<frame * spectrogram.binCount + bins]
        }
        let levels = DecibelScale(reference: .maximum, floor: 1e-20).levels(ofPower: cut)
        let top = Double(bins) * spacing
        return Panel(
            label, vertical: Axis(0...top),
            map: .init(levels, width: bins, step: input.hopDuration, colours: -levelRange...0),
            curves: curves.map { Curve($0, step: input.hopDuration) })
    }

    static func spectrogram(_ input: FeatureInput) -> FeaturePicture {
        FeaturePicture(input, [spectrum(input, "spectrum, Hz")])
    }

    static func centroid(_ input: FeatureInput) -> FeaturePicture {
        FeaturePicture(input, [spectrum(input, "centroid, Hz", curves: [input.shape.centroid])])
    }

    static func bandwidth(_ input: FeatureInput) -> FeaturePicture {
        let (centre, width) = (input.shape.centroid, input.shape.bandwidth)
        return FeaturePicture(
            input,
            [
                spectrum(
                    input, "centroid - and + bandwidth, Hz",
                    curves: [zip(centre, width).map { max(0, $0 - $1) }, zip(centre, width).map { $0 + $1 }])
            ])
    }

    static func rollOff(_ input: FeatureInput) -> FeaturePicture {
        FeaturePicture(input, [spectrum(input, "85 % roll-off, Hz", curves: [input.shape.rollOff()])])
    }

    static func flatness(_ input: FeatureInput) -> FeaturePicture {
        let values = input.shape.flatness().map { 10 * log10($0) }
        return FeaturePicture(
            input,
            [
                Panel(
                    "flatness, dB (0: flat)", vertical: Axis(min(-1, values.min() ?? -1)...0),
                    curves: [Curve(values, step: input.hopDuration)])
            ])
    }

    static func mel(_ input: FeatureInput) -> FeaturePicture {
        let levels = input.mel
        let centres = input.melCentres
        let loudest = levels.values.max() ?? 0
        let ticks = [500.0, 1000, 2000, 4000, 8000, 16000].compactMap { frequency in
            centres.firstIndex { $0 >= frequency }.map { (value: Double($0), text: "\(Int(frequency))") }
        }
        return FeaturePicture(
            input,
            [
                Panel(
                    "mel bands, dB, over their middle in Hz",
                    vertical: Axis(0...Double(levels.width), ticks: ticks),
                    map: .init(
                        levels.values, width: levels.width, step: input.hopDuration,
                        colours: loudest - levelRange...loudest))
            ])
    }

    static func mfcc(_ input: FeatureInput) -> FeaturePicture {
        let cepstrum = input.cepstrum
        // The first coefficient is the level, many times larger than the others.
        let width = cepstrum.width - 1
        let values = (0..<cepstrum.frameCount).flatMap { cepstrum.row($0).dropFirst() }
        let largest = max(1e-9, values.reduce(0) { max($0, abs($1)) })
        return FeaturePicture(
            input,
            [
                Panel(
                    "mfcc 1 to \(width), dB", vertical: Axis(0.5...Double(width) + 0.5),
                    map: .init(values, width: width, step: input.hopDuration, colours: -largest...largest))
            ])
    }
}

// MARK: Levels

extension FeaturePicture {
    private static func levels(_ label: String, _ curves: [Curve]) -> Panel {
        let finite = curves.flatMap(\.values).filter(\.isFinite)
        let top = finite.max() ?? 0
        let bottom = max(top - levelRange, finite.min() ?? -levelRange)
        return Panel(label, vertical: .around([bottom, top]), curves: curves)
    }

    static func level(_ input: FeatureInput) -> FeaturePicture {
        let frames = FrameMeasures(frameLength: input.frameLength, hopLength: input.hopLength)
        let rms = frames.rootMeanSquare(input.mono).map { 20 * log10($0) }
        let peak = max(1e-9, input.mono.reduce(0) { max($0, abs($1)) })
        return FeaturePicture(
            input,
            [
                Panel(
                    "samples", vertical: .around([-peak, peak]),
                    curves: [Curve(input.mono, step: 1 / Double(input.waveform.sampleRate))]),
                levels("rms level, dBFS", [Curve(rms, step: input.hopDuration)]),
            ])
    }

    static func weightedLevel(_ input: FeatureInput) throws -> FeaturePicture {
        let rate = input.waveform.sampleRate
        let length = rate / 8
        let curves = try [FrequencyWeighting.a, .none].map { weighting in
            Curve(
                try WeightedLevel(sampleRate: rate, weighting: weighting).levels(
                    of: input.waveform.mono, frameLength: length, hopLength: input.hopLength),
                start: Double(length) / Double(2 * rate), step: input.hopDuration)
        }
        return FeaturePicture(input, [levels("A-weighted (blue) and plain level, dBFS", curves)])
    }

    static func programmeLoudness(_ input: FeatureInput) throws -> FeaturePicture {
        let loudness = try input.programme.get()
        let interval = ProgrammeLoudness.interval
        var curves = [Curve(loudness.momentary, start: 0.4, step: interval)]
        if !loudness.shortTerm.isEmpty {
            curves.append(Curve(loudness.shortTerm, start: 3, step: interval))
        }
        return FeaturePicture(input, [levels("momentary (blue), short-term loudness, LUFS", curves)])
    }

    /// The samples about the true peak, and the signal between them.
    static func truePeak(_ input: FeatureInput) -> FeaturePicture {
        let rate = input.waveform.sampleRate
        let (channel, place) = truePeakPlace(input.waveform)
        let samples = input.waveform.channels[channel]
        // Enough around the part that is shown for the filter's reach.
        let (shown, reach, factor) = (16, 256, 16)
        let start = max(0, place - reach)
        let part = Array(samples[start..<min(samples.count, place + reach)])
        let between = Resampler(from: rate, to: factor * rate).resample(part)
        let step = 1000 / Double(rate)
        let from = max(0, place - shown)
        return FeaturePicture(
            [
                Panel(
                    "samples (orange) and the signal between them",
                    vertical: .around(between.map(Double.init)),
                    curves: [
                        Curve(
                            between.map(Double.init), start: Double(start) * step,
                            step: step / Double(factor)),
                        Curve(part.map(Double.init), start: Double(start) * step, step: step, style: .dots),
                    ])
            ], horizontal: Axis(Double(from) * step...Double(place + shown) * step), unit: "ms")
    }
}

extension FeaturePicture {
    /// The channel, and the sample before the largest value between samples.
    private static func truePeakPlace(_ waveform: Waveform) -> (channel: Int, sample: Int) {
        let (block, reach, factor) = (256, 64, 8)
        let resampler = Resampler(from: waveform.sampleRate, to: factor * waveform.sampleRate)
        let largest = waveform.channels.reduce(Float(0)) { $1.reduce($0) { max($0, abs($1)) } }
        var found = (channel: 0, sample: 0, value: Float(0))
        for (channel, samples) in waveform.channels.enumerated() {
            for start in stride(from: 0, to: samples.count, by: block) {
                let end = min(samples.count, start + block)
                // The signal rises little above the samples around.
                guard samples[start..<end].contains(where: { abs($0) >= 0.6 * largest }) else { continue }
                let first = max(0, start - reach)
                let between = resampler.resample(Array(samples[first..<min(samples.count, end + reach)]))
                for index in (start - first) * factor..<min(between.count, (end - first) * factor)
                where abs(between[index]) > found.value {
                    found = (channel, first + index / factor, abs(between[index]))
                }
            }
        }
        return (found.channel, found.sample)
    }
}

// MARK: Pitch and rhythm

extension FeaturePicture {
    static func pitch(_ input: FeatureInput) -> FeaturePicture {
        let frequencies = input.pitch.voicedFrequencies.map { $0 > 0 ? $0 : .nan }
        let limit = max(400, 2 * (frequencies.filter(\.isFinite).max() ?? 500))
        return FeaturePicture(
            input, [spectrum(input, "pitch of voiced frames, Hz", upTo: limit, curves: [frequencies])])
    }

    static func voicing(_ input: FeatureInput) -> FeaturePicture {
        let track = input.pitch
        let step = track.hopDuration
        return FeaturePicture(
            input,
            [
                Panel(
                    "probability of voicing (blue), decision (orange)", vertical: Axis(0...1),
                    curves: [
                        Curve(track.voicingProbabilities, step: step),
                        Curve(track.isVoiced.map { $0 ? 1 : 0 }, step: step),
                    ])
            ])
    }

    private static func envelope(
        _ input: FeatureInput, _ label: String, moments: [Double]
    ) -> FeaturePicture {
        let envelope = input.rhythm.envelope
        return FeaturePicture(
            input,
            [
                Panel(
                    label, vertical: .around(envelope.values),
                    curves: [Curve(envelope.values, step: 1 / envelope.frameRate)], moments: moments)
            ])
    }

    static func onsets(_ input: FeatureInput) -> FeaturePicture {
        envelope(input, "onset strength, dB per frame, and onsets (red)", moments: input.rhythm.onsets)
    }

    static func beats(_ input: FeatureInput) -> FeaturePicture {
        envelope(input, "onset strength, dB per frame, and beats (red)", moments: input.rhythm.beats)
    }

    /// How alike the onset strength is to itself after a while.
    static func tempo(_ input: FeatureInput) -> FeaturePicture {
        let tempogram = TempoEstimator().tempogram(input.rhythm.envelope)
        let total = max(1e-12, tempogram.energies.reduce(0, +))
        let mean = (0..<tempogram.lagCount).map { lag in
            (0..<tempogram.windowCount).reduce(0) {
                $0 + tempogram.energies[$1] / total * tempogram.values[$1 * tempogram.lagCount + lag]
            }
        }
        let step = 1 / tempogram.frameRate
        return FeaturePicture(
            [
                Panel(
                    "likeness of onset strength after a time, and the beat (red)", vertical: .around(mean),
                    curves: [Curve(mean, step: step)],
                    moments: input.rhythm.tempo.map { [$0.period] } ?? [])
            ], horizontal: Axis(0...max(step, Double(tempogram.lagCount - 1) * step)))
    }
}

// MARK: Psychoacoustics

extension FeaturePicture {
    static func loudness(_ input: FeatureInput) throws -> FeaturePicture {
        let loudness = try input.loudness.get()
        let specific = loudness.specificLoudness.map(Double.init)
        let interval = TimeVaryingLoudness.interval
        return FeaturePicture(
            input,
            [
                Panel(
                    "loudness, sone", vertical: Axis(0...max(1, 1.05 * loudness.maximum)),
                    curves: [Curve(loudness.loudness, step: interval)]),
                Panel(
                    "specific loudness, sone/Bark, over Bark", vertical: Axis(0...24),
                    map: .init(
                        specific, width: 240, step: interval * Double(loudness.specificStep),
                        colours: 0...max(1e-9, specific.max() ?? 1))),
            ])
    }

    static func sharpness(_ input: FeatureInput) throws -> FeaturePicture {
        let loudness = try input.loudness.get()
        let values = zip(loudness.sharpness, loudness.loudness).map { $1 >= 0.1 ? $0 : .nan }
        return FeaturePicture(
            input,
            [
                Panel(
                    "sharpness, acum", vertical: .around(values + [0]),
                    curves: [Curve(values, step: TimeVaryingLoudness.interval)])
            ])
    }
}
