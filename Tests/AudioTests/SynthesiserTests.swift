import Tensor
import Testing

@testable import Audio

@Suite("Synthesiser")
struct SynthesiserTests {
    private func key(_ index: Int) -> RandomStream { RandomStream(seed: 11, "synthesiser test", index) }

    @Test("Equal keys give equal performances, other keys others", arguments: Synthesiser.Kind.allCases)
    func determinism(kind: Synthesiser.Kind) {
        let synthesiser = Synthesiser()
        let first = synthesiser.performance(kind: kind, seconds: 1, stream: key(1))
        _ = synthesiser.performance(kind: .music, seconds: 0.3, stream: key(5))
        let again = Synthesiser().performance(kind: kind, seconds: 1, stream: key(1))
        let other = synthesiser.performance(kind: kind, seconds: 1, stream: key(2))
        #expect(same(first.samples, again.samples))
        #expect(same(first.pitch, again.pitch))
        #expect(first.onsets == again.onsets)
        #expect(abs(correlation(first.samples, other.samples)) < 0.3)
    }

    @Test("Stems sum to the mixture", arguments: Synthesiser.Kind.allCases, [16000, 44100])
    func stems(kind: Synthesiser.Kind, rate: Int) {
        for index in 0..<6 {
            let performance = Synthesiser(sampleRate: rate).performance(
                kind: kind, seconds: 1, stream: key(index))
            #expect(performance.samples.count == rate)
            var sum = [Float](repeating: 0, count: rate)
            for stem in performance.stems {
                #expect(stem.samples.count == rate)
                for i in 0..<rate { sum[i] += stem.samples[i] }
            }
            #expect(same(sum, performance.samples), "\(kind) \(index)")
        }
    }

    @Test("The active level is the one asked for, and peaks stay below full scale")
    func level() {
        for index in 0..<12 {
            let kind: Synthesiser.Kind = index % 2 == 0 ? .voice : .music
            let performance = Synthesiser().performance(
                kind: kind, seconds: 2, level: -26 ... -26, stream: key(index))
            let peak = performance.samples.map { abs($0) }.max() ?? 0
            #expect(peak < 0.97)
            guard peak < 0.9 else { continue }
            let level = Mathematics.decibels(gain: ActiveLevel.rms(performance.samples, sampleRate: 16000))
            // The noise floor is added after the level is set.
            #expect(abs(level + 26) < 0.7, "\(kind) \(index): \(level) dB")
        }
    }

    @Test("Voices have the long-term spectrum and the pauses of speech")
    func speechStatistics() {
        var bands = [Double](repeating: 0, count: 5)
        var pauses = 0.0
        let items = 24
        for index in 0..<items {
            let voice = Synthesiser().performance(kind: .voice, seconds: 3, stream: key(100 + index)).samples
            let edges = [100.0, 500, 1000, 2000, 4000, 8000]
            let powers = bandPowers(voice, edges: edges, sampleRate: 16000)
            let total = powers.reduce(0, +)
            for band in bands.indices { bands[band] += powers[band] / total / Double(items) }
            pauses += pauseShare(voice) / Double(items)
        }
        let levels = bands.map { 10 * Mathematics.logarithm($0) / Mathematics.logarithm(10) }
        #expect(bands[0] + bands[1] > 0.75, "\(levels)")
        #expect((-20 ... -6).contains(levels[2] - levels[0]), "\(levels)")
        // Fricatives keep the top octave alive.
        #expect((-35 ... -12).contains(levels[4]), "\(levels)")
        #expect((0.1...0.35).contains(pauses), "\(pauses)")
    }

    @Test("The pitch track names the period of the waveform")
    func pitch() {
        var frames = 0
        var periodic = 0
        for index in 0..<14 {
            let voice = Synthesiser().performance(kind: .voice, seconds: 2, stream: key(200 + index))
            #expect(voice.pitch.count == 201)
            for frame in stride(from: 10, to: 190, by: 5) {
                // Steady voicing around the frame.
                let around = voice.pitch[(frame - 4)...(frame + 4)]
                guard around.allSatisfy({ $0 > 0 }), let low = around.min(), let high = around.max(),
                    high < low * 1.03
                else { continue }
                let f0 = Double(voice.pitch[frame])
                #expect((50...700).contains(f0))
                let period = Int((16000 / f0).rounded())
                let start = frame * 160
                var best = -1.0
                for lag in (period - period / 16 - 1)...(period + period / 16 + 1) {
                    let a = Array(voice.samples[(start - 320)..<(start + 320 - lag)])
                    let b = Array(voice.samples[(start - 320 + lag)..<(start + 320)])
                    best = max(best, correlation(a, b))
                }
                frames += 1
                if best > 0.7 { periodic += 1 }
            }
        }
        #expect(frames > 80)
        #expect(Double(periodic) > 0.8 * Double(frames), "\(periodic) of \(frames)")
    }

    @Test("Onsets are in order, inside the performance and labelled")
    func onsets() {
        for index in 0..<6 {
            for kind in Synthesiser.Kind.allCases {
                let performance = Synthesiser().performance(kind: kind, seconds: 2, stream: key(300 + index))
                let times = performance.onsets.map(\.time)
                #expect(times == times.sorted())
                #expect(performance.onsets.allSatisfy { $0.time >= 0 && $0.time < 2 && !$0.label.isEmpty })
            }
        }
    }

    @Test("Very short performances and other rates work", arguments: [8000, 22050, 44100, 48000])
    func ratesAndShortItems(rate: Int) {
        for kind in Synthesiser.Kind.allCases {
            for seconds in [1 / Double(rate), 0.01, 0.5] {
                let performance = Synthesiser(sampleRate: rate).performance(
                    kind: kind, seconds: seconds, stream: key(400))
                #expect(performance.samples.count == Int((seconds * Double(rate)).rounded()))
                #expect(performance.samples.allSatisfy { $0.isFinite })
            }
        }
    }

    @Test("One key gives the same person saying the same at every rate")
    func rateIndependence() {
        for index in 0..<5 {
            let low = Synthesiser(sampleRate: 16000).performance(
                kind: .voice, seconds: 2, stream: key(500 + index))
            let high = Synthesiser(sampleRate: 48000).performance(
                kind: .voice, seconds: 2, stream: key(500 + index))
            #expect(low.onsets == high.onsets)
            #expect(same(low.pitch, high.pitch))
            let edges = [100.0, 500, 1000, 2000, 3500]
            let first = bandPowers(low.samples, edges: edges, sampleRate: 16000)
            let second = bandPowers(high.samples, edges: edges, sampleRate: 48000)
            for band in first.indices {
                // Relative to the lowest band, since the level is set on the whole spectrum.
                let ratio = (second[band] / second[0]) / (first[band] / first[0])
                let change = 10 * Mathematics.logarithm(ratio) / Mathematics.logarithm(10)
                #expect(abs(change) < 3, "voice \(index), band \(band): \(change) dB")
            }
        }
    }

    private func pauseShare(_ signal: [Float]) -> Double {
        let energies = stride(from: 0, to: signal.count - 400, by: 160).map { start in
            signal[start..<(start + 400)].reduce(0.0) { $0 + Double($1 * $1) }
        }
        let threshold = (energies.max() ?? 0) * 1e-4
        return Double(energies.filter { $0 < threshold }.count) / Double(max(energies.count, 1))
    }
}

/// Equality of signals; a failed `#expect(a == b)` would list the differences of long arrays for minutes.
func same(_ a: [Float], _ b: [Float]) -> Bool { a == b }

/// Normalised correlation at lag 0.
func correlation(_ a: [Float], _ b: [Float]) -> Double {
    var (product, first, second) = (0.0, 1e-30, 1e-30)
    for i in 0..<min(a.count, b.count) {
        product += Double(a[i] * b[i])
        first += Double(a[i] * a[i])
        second += Double(b[i] * b[i])
    }
    return product / (first * second).squareRoot()
}

/// Mean power in bands (edges in Hz), from Hann-windowed frames of 1024 samples.
func bandPowers(_ signal: [Float], edges: [Double], sampleRate: Int) -> [Double] {
    let length = 1024
    let transform = RealFFT.plan(length: length)
    var powers = [Double](repeating: 0, count: edges.count - 1)
    var start = 0
    while start + length <= signal.count {
        let frame = (0..<length).map {
            Double(signal[start + $0])
                * (0.5 - 0.5 * Mathematics.cosine(2 * .pi * Double($0) / Double(length)))
        }
        let (real, imaginary) = transform.forward(frame)
        for bin in real.indices {
            let frequency = Double(bin) * Double(sampleRate) / Double(length)
            guard let band = edges.lastIndex(where: { $0 <= frequency }), band < powers.count else {
                continue
            }
            powers[band] += real[bin] * real[bin] + imaginary[bin] * imaginary[bin]
        }
        start += length / 2
    }
    return powers
}
