import Audio

extension MelFilterbank {
    /// The bands that an entry's parameters describe; `normalisation` is the parameter's name.
    init(_ entry: SignalEntry, normalisation: String = "norm") throws {
        self.init(
            sampleRate: try entry.integer("sr"), fftSize: try entry.integer("n_fft"),
            bands: try entry.integer("n_mels"), minimum: entry.parameter("fmin")?.doubleValue ?? 0,
            maximum: entry.parameter("fmax")?.doubleValue, scale: try entry.flag("htk") ? .htk : .slaney,
            normalisation: entry.parameter(normalisation)?.stringValue == "slaney" ? .slaney : .peak)
    }
}

extension DecibelScale {
    /// The levels that an entry's parameters describe.
    init(_ entry: SignalEntry) throws {
        let reference: Reference =
            entry.parameter("ref")?.stringValue == "max" ? .maximum : .value(try entry.number("ref"))
        self.init(
            reference: reference, floor: try entry.number("amin"),
            range: entry.parameter("top_db")?.doubleValue)
    }
}

enum MelFilterbankGroup {
    static func check(_ check: SignalCheck) throws {
        if check.entry.id.hasPrefix("mel_scale.") {
            let scale: MelFilterbank.Scale = try check.entry.flag("htk") ? .htk : .slaney
            try check.expectClose(try check.input("hz").map(scale.mel), "mel")
            try check.expectClose(try check.input("mel").map(scale.hertz), "hz_of_mel")
        } else {
            try check.expectClose(try MelFilterbank(check.entry).weights, "weights")
        }
    }
}

enum MelGroup {
    static func check(_ check: SignalCheck) throws {
        let entry = check.entry
        let mel = MelSpectrogram(
            transform: try ShortTimeFourierTransform(entry), filterbank: try MelFilterbank(entry),
            quantity: try entry.number("power") == 1 ? .magnitude : .power)
        let samples = try check.samples()
        // In double and in single precision: both have to keep within the tolerance.
        for bands in [mel.bands(of: samples), mel.bands(of: samples.map { Float($0) })] {
            if let clamp = entry.parameter("clamp")?.doubleValue {
                try check.expectClose(bands.naturalLogarithm(floor: clamp), "out")
            } else if entry.parameter("ref") != nil {
                try check.expectClose(DecibelScale(entry).levels(ofPower: bands), "out")
            } else {
                try check.expectClose(bands, "out")
            }
        }
    }
}

enum CepstrumGroup {
    static func check(_ check: SignalCheck) throws {
        let entry = check.entry
        guard try entry.text("log") == "power_to_db ref=1 amin=1e-10 top_db=80" else {
            throw Unsupported("levels by \(try entry.text("log"))")
        }
        let mel = MelSpectrogram(
            transform: try ShortTimeFourierTransform(entry),
            filterbank: try MelFilterbank(entry, normalisation: "mel_norm"))
        let cepstrum = CepstralCoefficients(
            count: try entry.integer("n_mfcc"), bands: mel.filterbank.bandCount,
            lifter: try entry.number("lifter"))
        let levels = DecibelScale(range: 80).levels(ofPower: mel.bands(of: try check.samples()))
        try check.expectClose(cepstrum.coefficients(of: levels), "out")
    }
}

enum DecibelGroup {
    static func check(_ check: SignalCheck) throws {
        var scale = try DecibelScale(check.entry)
        let samples = try check.samples()
        if check.entry.function.hasSuffix("amplitude_to_db") {
            scale.floor *= scale.floor
            try check.expectClose(scale.levels(ofAmplitude: samples), "out")
        } else {
            try check.expectClose(scale.levels(ofPower: samples), "out")
        }
    }
}

enum MelInversionGroup {
    static func check(_ check: SignalCheck) throws {
        let entry = check.entry
        let mel = MelSpectrogram(
            transform: try ShortTimeFourierTransform(entry), filterbank: try MelFilterbank(entry))
        let spectrogram = mel.transform.analyse(try check.samples())
        let bands = mel.bands(of: spectrogram).values
        let bins = MelInversion(mel.filterbank).bins(of: bands)
        check.expect(bins.allSatisfy { $0 >= 0 }, "powers below 0")

        let factor = entry.tolerance("factor")
        check.expect(
            relativeDistance(mel.filterbank.bands(of: bins), bands),
            atMost: max(
                entry.tolerance("mel_rel_error_floor"), factor * (try entry.scalar("nnls", "mel_rel_error"))),
            "mel error")
        check.expect(
            relativeDistance(bins.map { $0.squareRoot() }, spectrogram.magnitude),
            atMost: factor * (try entry.scalar("nnls", "spectral_convergence")), "spectral convergence")
    }
}

/// |a - b| / |b|.
func relativeDistance(_ a: [Double], _ b: [Double]) -> Double {
    let error = zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    return (error / b.reduce(0) { $0 + $1 * $1 }).squareRoot()
}
