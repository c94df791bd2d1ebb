import Audio
import Foundation
import Tensor
import Testing

@Suite struct SpectraTests {
    private func noise(_ count: Int) -> [Double] {
        var stream = RandomStream(seed: 2, "spectra test", count)
        return (0..<count).map { _ in stream.gaussian() }
    }

    @Test func symmetricWindowHasEqualEnds() {
        let hann = Window.hann.values(length: 9, periodic: false)
        #expect(hann[0] == 0 && hann[4] == 1 && hann[8] < 1e-15)
        let kaiser = Window.kaiser(length: 9, beta: 8)
        #expect(kaiser[4] == 1 && kaiser[0] == kaiser[8] && abs(kaiser[0] - 1 / 427.56411572) < 1e-9)
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
