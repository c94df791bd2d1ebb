import Audio
import Foundation
import Tensor
import Testing

@Suite struct SpectrumStreamTests {
    private func noise(_ count: Int) -> [Double] {
        var stream = RandomStream(seed: 4, "stream test", count)
        return (0..<count).map { _ in stream.gaussian() }
    }

    private static let transforms: [ShortTimeFourierTransform] = [
        (64, 64, 16), (64, 64, 64), (64, 48, 20), (15, 15, 4), (16, 16, 8),
    ].flatMap { fftSize, windowLength, hopLength in
        [ShortTimeFourierTransform.Padding.zero, .reflect, nil].map {
            ShortTimeFourierTransform(
                fftSize: fftSize, windowLength: windowLength, hopLength: hopLength, padding: $0)
        }
    }

    @Test func framesOfPiecesEqualThoseOfTheWhole() {
        for transform in Self.transforms {
            for length in [transform.minimumLength, transform.minimumLength + 1, 200, 1001] {
                let signal = noise(length)
                let whole = transform.analyse(signal)
                for size in [1, 7, 64, 500] {
                    var stream = transform.makeAnalysisStream()
                    var parts: [Spectrogram] = []
                    for start in stride(from: 0, to: length, by: size) {
                        parts.append(stream.push(Array(signal[start..<min(length, start + size)])))
                    }
                    parts.append(stream.finish())
                    let same =
                        parts.flatMap(\.real) == whole.real && parts.flatMap(\.imaginary) == whole.imaginary
                    #expect(same, "\(transform.fftSize), \(transform.padding as Any), \(length) by \(size)")
                }
            }
        }
    }

    @Test func samplesOfPiecesEqualThoseOfTheWhole() {
        for transform in Self.transforms {
            let spectrogram = transform.analyse(noise(777))
            for length in [700, 777, 900] {
                let whole = transform.synthesise(spectrogram, length: length)
                for size in [1, 3, 1000] {
                    var stream = transform.makeSynthesisStream()
                    var samples: [Double] = []
                    for start in stride(from: 0, to: spectrogram.frameCount, by: size) {
                        let end = min(spectrogram.frameCount, start + size)
                        samples += stream.push(spectrogram.frames(start..<end))
                        if samples.count > length { break }
                    }
                    guard samples.count <= length else { continue }
                    samples += stream.finish(length: length)
                    let same = samples == whole
                    #expect(same, "\(transform.fftSize), \(transform.padding as Any), \(length) by \(size)")
                }
            }
        }
    }

    @Test func batchesAndThreadsChangeNothing() {
        let transform = ShortTimeFourierTransform(fftSize: 128, hopLength: 32)
        let batch = (0..<5).map { item in noise(16000 + item).map { Float($0) } }
        let together = transform.analyse(batch: batch)
        let alone = batch.map { transform.analyse($0) }
        let same = together == alone
        #expect(same)
    }

    @Test func levelsInSinglePrecisionFollowThoseInDouble() {
        let mel = MelSpectrogram(
            transform: ShortTimeFourierTransform(fftSize: 512, hopLength: 160, padding: .zero),
            filterbank: MelFilterbank(sampleRate: 16000, fftSize: 512, bands: 40))
        let signal = noise(8000).map { Double(Float(0.1 * $0)) }
        let levels = DecibelScale().levels(ofPower: mel.bands(of: signal)).values
        let single = mel.levels(of: [signal.map { Float($0) }])[0].values
        expectClose(single, levels, absolute: 1e-3, "levels")
    }
}
