import Audio

enum AugmentationGroup {
    static func check(_ check: SignalCheck) throws {
        let id = check.entry.id
        if id.hasPrefix("augment.mix.") {
            try mixture(check)
        } else if id.hasPrefix("augment.rir.") {
            try reverberation(check)
        } else if id == "augment.t60" {
            try decay(check)
        } else {
            throw Unsupported("no such augmentation")
        }
    }

    private static func mixture(_ check: SignalCheck) throws {
        let (signal, noise) = (try check.samples(), try check.secondSamples())
        let ratio = try check.entry.number("snr_db")
        check.expectClose(
            Mixing.noiseGain(signal: signal, noise: noise, ratio: ratio),
            to: try check.entry.scalar("gain"), "gain")
        let mixture = Mixing.mix(signal: signal, noise: noise, ratio: ratio)
        check.expectClose(
            SoundMeasures.rootMeanSquare(mixture), to: try check.entry.scalar("output_rms"), "level")
        try check.expectResultFile(mixture)
    }

    private static func reverberation(_ check: SignalCheck) throws {
        let response = try check.input("rir").map { Float($0) }
        let result = Convolution.causal(try check.samples().map { Float($0) }, with: response)
        try check.expectResultFile(result.map(Double.init))
    }

    private static func decay(_ check: SignalCheck) throws {
        let time = ReverberationTime.estimate(
            try check.samples(), sampleRate: try check.entry.integer("rate"))
        check.expectClose(time ?? .nan, to: try check.entry.scalar("t60_from_t20_s"), "T60")
    }
}

extension SignalCheck {
    /// Compares with the entry's 16-bit result file.
    fileprivate func expectResultFile(_ samples: [Double]) throws {
        let file = try require(entry.value["scalars"]?["result_file"]?.stringValue, "no result file")
        let scale = try entry.scalar("rescaled_by")
        expectClose(
            samples.map { scale * $0 }, to: try reference.sound(file).channels[0].map(Double.init), file,
            absolute: entry.tolerance("result_abs"), relative: 0)
    }
}
