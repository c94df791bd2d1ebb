import Foundation
import Tensor
import Testing

@testable import Losses

@Suite("Losses")
struct LossTests {
    @Test func distances() {
        let (a, b) = (Tensor([1, 2, -3]), Tensor([2, 2, 1]))
        #expect(abs(meanAbsoluteError(a, b).item - 5.0 / 3) < 1e-6)
        #expect(abs(meanSquaredError(a, b).item - 17.0 / 3) < 1e-6)
    }

    @Test func leastSquaresGAN() {
        let (real, fake) = (Tensor([0.5, 1]), Tensor([0.25, -0.5]))
        #expect(
            abs(LeastSquaresGAN.discriminator(real: real, fake: fake).item - 0.5 * (0.125 + 0.15625)) < 1e-6)
        #expect(abs(LeastSquaresGAN.generator(fake: fake).item - (0.5625 + 2.25) / 2) < 1e-6)
    }

    /// The three real numbers a bin is kept as give the same ratio as complex arithmetic.
    @Test func noiseToSignalRatioIsThatOfComplexSpectra() {
        var stream = RandomStream(seed: 1, "ratio")
        let shape = [2, 3, 4]
        let parts = (0..<4).map { _ in Tensor.normal(shape, from: &stream).values }
        let gains = Tensor.uniform(shape, from: &stream)
        let count = 24
        var (x, s, cosine) = ([Float](), [Float](), [Float]())
        for i in 0..<count {
            let (xr, xi, sr, si) = (parts[0][i], parts[1][i], parts[2][i], parts[3][i])
            x.append((xr * xr + xi * xi).squareRoot())
            s.append((sr * sr + si * si).squareRoot())
            cosine.append((xr * sr + xi * si) / x[i])
        }
        var expected = 0.0
        for b in 0..<2 {
            var (noise, signal) = (0.0, 0.0)
            for i in b * 12..<(b + 1) * 12 {
                let g = Double(gains.values[i])
                noise += pow(g * Double(parts[0][i]) - Double(parts[2][i]), 2)
                noise += pow(g * Double(parts[1][i]) - Double(parts[3][i]), 2)
                signal += Double(s[i]) * Double(s[i])
            }
            expected += 10 * log10(noise / (signal + 1e-3)) / 2
        }
        let loss = MaskedSpectrum.noiseToSignalRatio(
            gains: gains, magnitude: Tensor(x, shape: shape), inPhase: Tensor(cosine, shape: shape),
            cleanMagnitude: Tensor(s, shape: shape), floor: 0)
        #expect(abs(Double(loss.item) - expected) < 1e-4)
    }

    @Test func silentTargetsGiveFiniteLossesAndGradients() {
        let tape = Tape()
        let gains = tape.watch(Tensor.full([1, 2, 2], 0.5))
        let silence = Tensor.zeros([1, 2, 2])
        let loss = tape.record {
            MaskedSpectrum.noiseToSignalRatio(
                gains: gains, magnitude: silence, inPhase: silence, cleanMagnitude: silence)
                + MaskedSpectrum.compressedMagnitudeError(gains * silence, silence)
        }
        #expect(loss.item.isFinite)
        #expect(tape.gradients(of: loss)[gains]?.isFinite == true)
    }

    @Test func multiResolutionLossIsZeroForEqualSignalsAndHasAGradient() {
        var stream = RandomStream(seed: 2, "stft")
        let target = Tensor.normal([1, 600], from: &stream)
        let estimate = target + Tensor.normal([1, 600], deviation: 0.3, from: &stream)
        let loss = MultiResolutionSTFT(resolutions: [
            .init(fftSize: 64, hopLength: 16, windowLength: 48),
            .init(fftSize: 128, hopLength: 50, windowLength: 128),
        ])
        #expect(loss(target, target).item < 1e-6)
        let tape = Tape()
        let x = tape.watch(estimate)
        let value = tape.record { loss(x, target) }
        guard let gradient = tape.gradients(of: value)[x] else {
            Issue.record("no gradient")
            return
        }
        let direction = Tensor.normal([1, 600], from: &stream)
        let step: Float = 1e-3
        let numeric =
            Double(
                loss(estimate + direction * step, target).item
                    - loss(estimate - direction * step, target).item)
            / Double(2 * step)
        let analytic = zip(gradient.values, direction.values).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        #expect(abs(numeric - analytic) < 0.02 * max(1, abs(numeric)))
    }
}
