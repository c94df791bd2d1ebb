import Audio

extension ShortTimeFourierTransform {
    /// The transform that an entry's parameters describe.
    init(_ entry: SignalEntry) throws {
        let fftSize = try entry.integer("n_fft")
        let window = try require(
            Window(rawValue: entry.parameter("window")?.stringValue ?? "hann"), "unknown window")
        let centred = entry.parameter("center")?.boolValue ?? true
        let padding: Padding = entry.parameter("pad_mode")?.stringValue == "reflect" ? .reflect : .zero
        self.init(
            fftSize: fftSize, windowLength: entry.parameter("win_length")?.intValue,
            hopLength: try entry.integer("hop_length"), window: window, padding: centred ? padding : nil)
    }
}

extension SignalCheck {
    /// Compares with a stored [bin, frame, real/imaginary]; ours is frame after frame.
    func expectClose(
        _ spectrogram: Spectrogram, _ role: String, absolute: Double? = nil, relative: Double? = nil
    ) throws {
        try expectClose(
            interleaved(
                transposed(spectrogram.real, rows: spectrogram.frameCount),
                transposed(spectrogram.imaginary, rows: spectrogram.frameCount)),
            role, absolute: absolute, relative: relative)
    }

    /// Compares with a stored [index, frame]; ours is frame after frame.
    func expectClose(_ matrix: FeatureMatrix, _ role: String) throws {
        try expectClose(transposed(matrix.values, rows: matrix.frameCount), role)
    }
}

/// [rows x columns] to [columns x rows], row-major.
func transposed(_ values: [Double], rows: Int) -> [Double] {
    guard rows > 0 else { return [] }
    let columns = values.count / rows
    return (0..<columns).flatMap { column in (0..<rows).map { values[$0 * columns + column] } }
}

enum AnalysisGroup {
    static func check(_ check: SignalCheck) throws {
        let transform = try ShortTimeFourierTransform(check.entry)
        let samples = try check.samples()
        let spectrogram = transform.analyse(samples)
        try check.expectClose(spectrogram, "spectrum")

        var stream = transform.makeAnalysisStream()
        var parts: [Spectrogram] = []
        for start in stride(from: 0, to: samples.count, by: 377) {
            parts.append(stream.push(Array(samples[start..<min(samples.count, start + 377)])))
        }
        parts.append(stream.finish())
        check.expect(parts.flatMap(\.real) == spectrogram.real, "streamed frames differ (real)")
        check.expect(
            parts.flatMap(\.imaginary) == spectrogram.imaginary, "streamed frames differ (imaginary)")
    }
}

enum SynthesisGroup {
    static func check(_ check: SignalCheck) throws {
        let transform = try ShortTimeFourierTransform(check.entry)
        let samples = try check.samples()
        var spectrogram = transform.analyse(samples)
        check.expectClose(
            transform.synthesise(spectrogram, length: samples.count), to: samples, "round trip",
            absolute: 1e-10, relative: 0)
        spectrogram.apply(
            gains: (0..<spectrogram.frameCount).flatMap { frame in
                (0..<spectrogram.binCount).map { bin in (bin + 3 * frame) % 7 < 4 ? 1 : 0.25 }
            })
        let length = try check.entry.integer("length")
        let masked = transform.synthesise(spectrogram, length: length)
        try check.expectClose(masked, "masked")

        var stream = transform.makeSynthesisStream()
        var streamed: [Double] = []
        for frame in stride(from: 0, to: spectrogram.frameCount, by: 5) {
            streamed += stream.push(
                spectrogram.frames(frame..<min(spectrogram.frameCount, frame + 5)))
        }
        streamed += stream.finish(length: length)
        check.expect(streamed == masked, "streamed samples differ")
    }
}
