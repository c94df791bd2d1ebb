import Foundation
import Tensor
import Testing

@Suite struct FourierTransformTests {
    private static let lengths = [1, 2, 3, 4, 15, 16, 97, 400, 512]

    private func noise(_ count: Int, _ index: Int = 0) -> [Double] {
        var stream = RandomStream(seed: 1, "fourier transform test", count, index)
        return (0..<count).map { _ in stream.gaussian() }
    }

    /// The definition, term by term.
    private func naive(_ signal: [Double]) -> (real: [Double], imaginary: [Double]) {
        let n = signal.count
        let bins = 0..<n / 2 + 1
        return (
            bins.map { k in
                (0..<n).reduce(0) { $0 + signal[$1] * cos(2 * .pi * Double(k * $1 % n) / Double(n)) }
            },
            bins.map { k in
                (0..<n).reduce(0) { $0 - signal[$1] * sin(2 * .pi * Double(k * $1 % n) / Double(n)) }
            }
        )
    }

    @Test(arguments: lengths) func forwardIsTheDefinition(length: Int) {
        let signal = noise(length)
        let expected = naive(signal)
        let result = RealFFT.plan(length: length).forward(signal)
        let single = RealFFTFloat.plan(length: length).forward(signal.map(Float.init))
        for k in 0..<length / 2 + 1 {
            #expect(abs(result.real[k] - expected.real[k]) < 1e-10, "real part of bin \(k)")
            #expect(abs(result.imaginary[k] - expected.imaginary[k]) < 1e-10, "imaginary part of bin \(k)")
            #expect(abs(Double(single.real[k]) - expected.real[k]) < 2e-6 * Double(length))
            #expect(abs(Double(single.imaginary[k]) - expected.imaginary[k]) < 2e-6 * Double(length))
        }
    }

    @Test(arguments: lengths) func inverseOfForwardIsLengthTimesTheSignal(length: Int) {
        let signal = noise(length)
        let transform = RealFFT.plan(length: length)
        let spectrum = transform.forward(signal)
        let back = transform.inverse(real: spectrum.real, imaginary: spectrum.imaginary)
        for n in 0..<length { #expect(abs(back[n] / Double(length) - signal[n]) < 1e-12) }
    }

    /// The gradient of the inverse counts on this: those parts have no influence.
    @Test(arguments: lengths) func inverseIgnoresImaginaryPartsOfRealBins(length: Int) {
        let transform = RealFFTFloat.plan(length: length)
        let spectrum = transform.forward(noise(length).map(Float.init))
        var interleaved = zip(spectrum.real, spectrum.imaginary).flatMap { [$0, $1] }
        let expected = transform.inverse(real: spectrum.real, imaginary: spectrum.imaginary)
        interleaved[1] = 1e6
        if length % 2 == 0 { interleaved[length + 1] = -1e6 }
        let before = interleaved
        var signal = [Float](repeating: 0, count: length)
        transform.inverse(interleaved: interleaved, &signal)
        #expect(signal == expected)
        #expect(interleaved == before, "the caller's spectrum was overwritten")
    }

    @Test func batchesWithStridesEqualSingleTransforms() {
        let transform = RealFFTFloat.plan(length: 400)
        let signal = noise(1200).map(Float.init)
        var spectra = [Float](repeating: -7, count: 5 * 410)
        // Overlapping frames, and gaps between spectra.
        transform.forward(signal, interleaved: &spectra, count: 5, signalStride: 160, spectrumStride: 410)
        var back = [Float](repeating: 0, count: 5 * 400)
        transform.inverse(interleaved: spectra, &back, count: 5, spectrumStride: 410)
        for index in 0..<5 {
            let single = transform.forward(Array(signal[index * 160..<index * 160 + 400]))
            for k in 0..<201 {
                #expect(spectra[index * 410 + 2 * k] == single.real[k])
                #expect(spectra[index * 410 + 2 * k + 1] == single.imaginary[k])
            }
            #expect(spectra[index * 410 + 402..<(index + 1) * 410].allSatisfy { $0 == -7 })
            let inverse = transform.inverse(real: single.real, imaginary: single.imaginary)
            #expect(Array(back[index * 400..<(index + 1) * 400]) == inverse)
        }
    }

    @Test func resultsDoNotDependOnWhereBuffersLie() {
        let transform = RealFFTFloat.plan(length: 512)
        let signal = noise(512).map(Float.init)
        let expected = transform.forward(signal).real
        for shift in 1..<9 {
            let shifted = [Float](repeating: 0, count: shift) + signal
            var spectrum = [Float](repeating: 0, count: 514 + shift)
            shifted.withUnsafeBufferPointer { from in
                spectrum.withUnsafeMutableBufferPointer { to in
                    guard let from = from.baseAddress, let to = to.baseAddress else { return }
                    transform.forward(from + shift, interleaved: to + shift)
                }
            }
            #expect((0..<257).allSatisfy { spectrum[shift + 2 * $0] == expected[$0] }, "shift \(shift)")
        }
    }

    @Test func planningAndRunningOnManyThreadsAtOnce() {
        DispatchQueue.concurrentPerform(iterations: 64) { index in
            let length = 600 + index % 8
            let signal = noise(length, 3)
            let transform = RealFFT.plan(length: length)
            #expect(transform === RealFFT.plan(length: length))
            let spectrum = transform.forward(signal)
            let energy = transform.inverse(real: spectrum.real, imaginary: spectrum.imaginary)
            #expect(abs(energy[0] / Double(length) - signal[0]) < 1e-12)
        }
    }
}
