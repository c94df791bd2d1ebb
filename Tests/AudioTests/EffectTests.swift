import Audio
import Foundation
import Tensor
import Testing

@Suite struct EffectTests {
    /// A buzz of harmonics through one resonance: a vowel with a single formant, hertz.
    private func vowel(_ pitch: Double, formant: Double, count: Int, rate: Double = 16000) -> [Double] {
        (0..<count).map { n in
            var sum = 0.0
            var frequency = pitch
            while frequency < 7000 {
                let distance = (frequency - formant) / 300
                sum += exp(-0.5 * distance * distance) * sin(2 * .pi * frequency * Double(n) / rate)
                frequency += pitch
            }
            return 0.2 * sum
        }
    }

    /// The mean frequency of the energy, hertz.
    private func centre(_ signal: [Double]) -> Double {
        let spectrum = ShortTimeFourierTransform(fftSize: 1024).analyse(signal)
        let power = spectrum.power
        var (sum, weighted) = (0.0, 0.0)
        for (i, value) in power.enumerated() {
            sum += value
            weighted += value * Double(i % spectrum.binCount) * 16000 / 1024
        }
        return weighted / sum
    }

    @Test(arguments: [-4.0, 5.0]) func formantsStayWhenPreserved(semitones: Double) {
        let signal = vowel(140, formant: 1500, count: 16000)
        let ratio = exp2(semitones / 12)
        let plain = PitchShift(sampleRate: 16000).shift(signal, semitones: semitones)
        let kept = PitchShift(sampleRate: 16000, preservesFormants: true).shift(signal, semitones: semitones)
        #expect(plain.count == signal.count && kept.count == signal.count)
        #expect(abs(centre(plain) / centre(signal) / ratio - 1) < 0.05)
        #expect(abs(centre(kept) / centre(signal) - 1) < 0.08)
    }

    /// A click in silence, stretched to twice the length, with and without care for attacks.
    @Test func attacksStaySharp() {
        var signal = [Double](repeating: 0, count: 8000)
        signal[4000] = 1
        func concentration(_ vocoder: PhaseVocoder) -> (share: Double, peak: Int) {
            let result = TimeStretch(fftSize: 1024, vocoder: vocoder).stretch(signal, rate: 0.5)
            let energies = result.map { $0 * $0 }
            let peak = energies.indices.max { energies[$0] < energies[$1] } ?? 0
            let near = energies[max(0, peak - 80)..<min(result.count, peak + 80)].reduce(0, +)
            return (near / energies.reduce(0, +), peak)
        }
        let careful = concentration(PhaseVocoder())
        let classic = concentration(PhaseVocoder(coherence: .none, transientThreshold: nil))
        #expect(careful.share > classic.share + 0.05, "\(careful) \(classic)")
        #expect(abs(careful.peak - 8000) * 2 < abs(classic.peak - 8000), "\(careful) \(classic)")
    }

    @Test func lengthsAndSilence() {
        for count in [1, 2, 100, 1023, 5000] {
            for rate in [0.5, 0.8, 1, 1.7, 3] {
                let silence = [Double](repeating: 0, count: count)
                let result = TimeStretch(fftSize: 512).stretch(silence, rate: rate)
                let same = result == [Double](repeating: 0, count: Int((Double(count) / rate).rounded()))
                #expect(same, "\(count) at \(rate)")
            }
            let shifted = PitchShift(sampleRate: 16000, preservesFormants: true)
                .shift([Double](repeating: 0, count: count), semitones: 7)
            #expect(shifted.count == count)
        }
        #expect(TimeStretch(fftSize: 512).stretch([], rate: 2).isEmpty)
        #expect(PitchShift(sampleRate: 16000).shift([], semitones: 2).isEmpty)
    }

    @Test func rateOneIsTheSignal() {
        var stream = RandomStream(seed: 9, "effects")
        let signal = (0..<4000).map { _ in stream.gaussian() }
        let result = TimeStretch(fftSize: 512).stretch(signal, rate: 1)
        expectClose(result, signal, absolute: 1e-9, "rate 1")
    }

    @Test func mixingReachesTheRatio() {
        var stream = RandomStream(seed: 10, "mixing")
        let signal = (0..<1000).map { _ in stream.gaussian() }
        let noise = (0..<1500).map { _ in 3 * stream.gaussian() }
        for ratio in [-10.0, 0, 25] {
            let mixture = Mixing.mix(signal: signal, noise: noise, ratio: ratio)
            let added = zip(mixture, signal).map { $0 - $1 }
            let power = signal.reduce(0) { $0 + $1 * $1 } / added.reduce(0) { $0 + $1 * $1 }
            #expect(abs(10 * log10(power) - ratio) < 1e-9)
        }
        let silent = Mixing.mix(signal: signal, noise: [Double](repeating: 0, count: 1000), ratio: 0)
        let unchanged = silent == signal
        #expect(unchanged)
    }
}
