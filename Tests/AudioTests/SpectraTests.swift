import Audio
import Foundation
import Tensor
import Testing

@Suite struct SpectraTests {
    private func noise(_ count: Int) -> [Double] {
        var stream = RandomStream(seed: 2, "spectra test", count)
        return (0..<count).map { _ in stream.gaussian() }
    }

    private func transform(_ parameters: Fixtures.Entry.Parameters) throws -> ShortTimeFourierTransform {
        ShortTimeFourierTransform(
            fftSize: try #require(parameters.nFft), windowLength: parameters.winLength,
            hopLength: parameters.hopLength,
            window: try #require(parameters.window.flatMap(Window.init)),
            padding: parameters.center == false ? nil : parameters.padMode == "constant" ? .zero : .reflect)
    }

    @Test func windowsEqualReference() throws {
        for entry in try Fixtures.entries("window.") {
            let expected = try Fixtures.tensor(entry.id)
            let window = try #require(entry.params.window.flatMap(Window.init))
            let values =
                if let length = entry.params.length {
                    window.values(length: length)
                } else {
                    ShortTimeFourierTransform(
                        fftSize: try #require(entry.params.nFft), windowLength: entry.params.winLength,
                        window: window
                    ).window
                }
            expectClose(values, expected, absolute: 1e-12, entry.id)
        }
    }

    @Test func symmetricWindowHasEqualEnds() {
        let hann = Window.hann.values(length: 9, periodic: false)
        #expect(hann[0] == 0 && hann[4] == 1 && hann[8] < 1e-15)
        let kaiser = Window.kaiser(length: 9, beta: 8)
        #expect(kaiser[4] == 1 && kaiser[0] == kaiser[8] && abs(kaiser[0] - 1 / 427.56411572) < 1e-9)
    }

    @Test func analysisEqualsReference() throws {
        let entries = try Fixtures.entries("stft.")
        #expect(entries.count == 5)
        for entry in entries {
            let spectrogram = try transform(entry.params).analyse(try entry.samples())
            let shape = try #require(entry.shape)
            #expect(spectrogram.binCount == shape[0] && spectrogram.frameCount == shape[1], "\(entry.id)")
            let frames = try #require(entry.frames)
            let values = (0..<shape[0]).flatMap { bin in
                frames.flatMap { frame in
                    let index = frame * spectrogram.binCount + bin
                    return [spectrogram.real[index], spectrogram.imaginary[index]]
                }
            }
            expectClose(
                values, try Fixtures.tensor(entry.id), absolute: entry.tolerance.abs ?? 0,
                relative: entry.tolerance.rel ?? 0, entry.id)
        }
    }

    @Test func synthesisOfMaskedSpectrumEqualsReference() throws {
        let entries = try Fixtures.entries("istft.")
        #expect(entries.count == 4)
        for entry in entries {
            let transform = try transform(entry.params)
            let samples = try entry.samples()
            var spectrogram = transform.analyse(samples)
            let gains = (0..<spectrogram.frameCount).flatMap { frame in
                (0..<spectrogram.binCount).map { bin in (bin + 3 * frame) % 7 < 4 ? 1 : 0.25 }
            }
            spectrogram.apply(gains: gains)
            let signal = transform.synthesise(spectrogram, length: samples.count)
            expectClose(signal, try Fixtures.tensor(entry.id), absolute: 2e-6, entry.id)
        }
    }

    @Test(arguments: [
        (512, 512, 128), (512, 400, 160), (400, 400, 100), (256, 256, 128), (15, 15, 4), (512, 512, 256),
    ])
    func unchangedSpectrumGivesTheSignalBack(fftSize: Int, windowLength: Int, hopLength: Int) {
        for padding in [ShortTimeFourierTransform.Padding.zero, .reflect] {
            let transform = ShortTimeFourierTransform(
                fftSize: fftSize, windowLength: windowLength, hopLength: hopLength, padding: padding)
            for length in [transform.minimumLength, 300, 1000, 1601] where length >= transform.minimumLength {
                let signal = noise(length)
                let back = transform.synthesise(transform.analyse(signal), length: length)
                expectClose(back, signal, absolute: 1e-10, "\(padding), length \(length)")
            }
        }
    }

    @Test func framesThatAreNotCentredReturnTheInterior() {
        let transform = ShortTimeFourierTransform(fftSize: 256, hopLength: 64, padding: nil)
        let signal = noise(1024)
        let back = transform.synthesise(transform.analyse(signal), length: 1024)
        expectClose(Array(back[1..<1023]), Array(signal[1..<1023]), absolute: 1e-9, "interior")
        #expect(back.count == 1024)
    }

    @Test func melFilterbanksEqualReference() throws {
        let entries = try Fixtures.entries("mel_fb.")
        #expect(entries.count == 3)
        for entry in entries {
            let bank = MelFilterbank(
                sampleRate: try #require(entry.params.sr), fftSize: try #require(entry.params.nFft),
                bands: try #require(entry.params.nMels), minimum: entry.params.fmin ?? 0,
                maximum: entry.params.fmax, scale: entry.params.htk == true ? .htk : .slaney,
                normalisation: entry.params.norm == "slaney" ? .slaney : .peak)
            expectClose(
                bank.weights, try Fixtures.tensor(entry.id), absolute: 1e-7, relative: 1e-5, entry.id)
        }
    }

    @Test(arguments: MelFilterbank.Scale.allCases) func melScalesEqualReference(scale: MelFilterbank.Scale)
        throws
    {
        let id = "mel_scale.\(scale.rawValue)"
        expectClose(
            try Fixtures.tensor("\(id).in.hz").map(scale.mel), try Fixtures.tensor("\(id).mel"),
            absolute: 1e-9,
            relative: 1e-12, "mel of hertz")
        expectClose(
            try Fixtures.tensor("\(id).in.mel").map(scale.hertz), try Fixtures.tensor("\(id).hz_of_mel"),
            absolute: 1e-9, relative: 1e-12, "hertz of mel")
    }

    @Test(arguments: MelFilterbank.Normalisation.allCases)
    func bandGainsReachEveryBin(normalisation: MelFilterbank.Normalisation) {
        let bank = MelFilterbank(
            sampleRate: 16000, fftSize: 512, bands: 40, minimum: 100, maximum: 7000,
            normalisation: normalisation)
        for bin in 0..<bank.binCount {
            let row = bank.interpolation[bin * 40..<(bin + 1) * 40]
            #expect(abs(row.reduce(0, +) - 1) < 1e-12, "bin \(bin)")
        }
        let ramp = (0..<80).map { Double($0 % 40) }
        let gains = bank.bins(of: ramp)
        #expect(gains.count == 2 * bank.binCount && gains[0] == 0 && gains[bank.binCount - 1] == 39)
        // A bin between two centres takes a value between theirs, on its own side.
        for bin in 1..<bank.binCount { #expect(gains[bin] >= gains[bin - 1], "bin \(bin)") }
        #expect(gains[bank.binCount..<2 * bank.binCount].elementsEqual(gains[0..<bank.binCount]))
    }

    @Test func bandsAreWeightedSumsOfBins() {
        let bank = MelFilterbank(sampleRate: 8000, fftSize: 64, bands: 6)
        let bins = noise(3 * bank.binCount)
        var expected: [Double] = []
        for frame in 0..<3 {
            for band in 0..<6 {
                var sum = 0.0
                for bin in 0..<bank.binCount {
                    sum += bank.weights[band * bank.binCount + bin] * bins[frame * bank.binCount + bin]
                }
                expected.append(sum)
            }
        }
        expectClose(bank.bands(of: bins), expected, absolute: 1e-12, "bands")
    }

    @Test func decibelsHaveFloors() {
        #expect(Decibel.power(100) == 20 && Decibel.power(0) == -100)
        #expect(Decibel.amplitude(10) == 20 && Decibel.amplitude(0) == -100)
        #expect(abs(Decibel.toAmplitude(-6) - 0.501187) < 1e-6 && abs(Decibel.toPower(3) - 1.995262) < 1e-6)
    }
}
