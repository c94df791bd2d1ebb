import Foundation
import Tensor
import Testing

@testable import Audio

@Suite("Degradation")
struct DegradationTests {
    private func key(_ index: Int) -> RandomStream { RandomStream(seed: 12, "degradation test", index) }

    private func voice(_ index: Int, seconds: Double = 2, rate: Int = 16000) -> [Float] {
        Synthesiser(sampleRate: rate).performance(
            kind: .voice, seconds: seconds, level: -24 ... -24, stream: key(index)
        ).samples
    }

    @Test("Equal keys give equal pairs", arguments: DegradationClass.chain)
    func determinism(degradationClass: DegradationClass) {
        let clean = voice(1)
        let one = Degradation().degrade(clean: clean, class: degradationClass, split: .train, stream: key(2))
        let two = Degradation().degrade(clean: clean, class: degradationClass, split: .train, stream: key(2))
        let other = Degradation().degrade(
            clean: clean, class: degradationClass, split: .train, stream: key(3))
        #expect(same(one.degraded, two.degraded))
        #expect(one.record == two.record)
        #expect(!same(one.degraded, other.degraded))
    }

    @Test("Without noise and in an anechoic room nothing changes but the rounding to 16 bits")
    func identity() {
        var configuration = DegradationConfiguration()
        configuration.room.directToReverberant = .init(300, 300)
        let clean = voice(2)
        for degradationClass in [DegradationClass.noise, .room] {
            let pair = Degradation(configuration: configuration).degrade(
                clean: clean, class: degradationClass, snr: .infinity, split: .train, stream: key(4))
            #expect(same(pair.clean, clean.map { ($0 * 32768).rounded() / 32768 }))
            let worst = zip(pair.degraded, pair.clean).map { abs($0 - $1) }.max() ?? 1
            #expect(worst <= 1.0 / 32768, "\(degradationClass)")
            #expect(abs(pair.record.leastSquaresGain - 1) < 1e-5)
        }
    }

    @Test("Every class stays aligned to the sample", arguments: DegradationClass.chain, [16000, 44100])
    func alignment(degradationClass: DegradationClass, rate: Int) {
        for index in 0..<3 {
            let clean = voice(10 + index, seconds: 1.5, rate: rate)
            let pair = Degradation(sampleRate: rate).degrade(
                clean: clean, class: degradationClass, snr: 20, split: .train, stream: key(20 + index))
            #expect(pair.degraded.count == clean.count)
            // Differences make the correlation of voices sharp: a strong reflection then moves no peak.
            let middle = 200..<(clean.count - 200)
            let target = difference(pair.clean)
            let degraded = difference(pair.degraded)
            var best = (lag: -999, value: -Double.infinity)
            for lag in -60...60 {
                var sum = 0.0
                for i in middle { sum += Double(target[i] * degraded[i + lag]) }
                if sum > best.value { best = (lag, sum) }
            }
            #expect(best.lag == 0, "\(degradationClass) \(rate) Hz, item \(index): \(pair.record)")
        }
    }

    private func difference(_ signal: [Float]) -> [Float] {
        signal.indices.map { $0 == 0 ? 0 : signal[$0] - 0.95 * signal[$0 - 1] }
    }

    @Test("The noise is added at the SNR asked for", arguments: [-2.0, 7.5, 22])
    func snr(wanted: Double) {
        for index in 0..<8 {
            let clean = voice(30 + index)
            let pair = Degradation().degrade(
                clean: clean, class: .noise, snr: wanted, split: .train, stream: key(40 + index))
            // Undo the least-squares gain to find the noise.
            let gain = Float(pair.record.leastSquaresGain * pair.record.pairGain)
            let noise = clean.indices.map { pair.degraded[$0] / gain - clean[$0] }
            let measured = Mathematics.decibels(
                gain: ActiveLevel.rms(clean, sampleRate: 16000) / ActiveLevel.meanRMS(noise))
            #expect(abs(measured - wanted) < 0.1, "\(pair.record)")
            #expect(pair.record.snr == wanted)
        }
    }

    @Test("Test SNRs are the four of VoiceBank-DEMAND, others the three of rooms; training is uniform")
    func snrChoices() {
        let clean = voice(3, seconds: 0.3)
        var seen: [DegradationClass: Set<Double>] = [:]
        for index in 0..<60 {
            let degradationClass: DegradationClass = index % 2 == 0 ? .room : .noise
            let test = Degradation().degrade(
                clean: clean, class: degradationClass, split: .test, stream: key(100 + index))
            if let snr = test.record.snr { seen[degradationClass, default: []].insert(snr) }
            let train = Degradation().degrade(clean: clean, split: .train, stream: key(100 + index))
            #expect((-2...22).contains(train.record.snr ?? -99))
        }
        #expect(seen[.noise] == [2.5, 7.5, 12.5, 17.5])
        #expect(seen[.room] == [12.5, 17.5, 22.5])
    }

    @Test("Classes are drawn by their shares, and records survive JSON")
    func shares() throws {
        let clean = [Float](repeating: 0.1, count: 100)
        var counts: [DegradationClass: Int] = [:]
        for index in 0..<1000 {
            let pair = Degradation.shared.degrade(clean: clean, split: .train, stream: key(1000 + index))
            counts[pair.record.degradationClass, default: 0] += 1
            if index < 20 {
                let data = try JSONEncoder().encode(pair.record)
                #expect(try JSONDecoder().decode(DegradationRecord.self, from: data) == pair.record)
            }
        }
        for (degradationClass, share) in [
            (DegradationClass.noise, 0.5), (.phone, 0.22), (.room, 0.14), (.gain, 0.14),
        ] {
            let measured = Double(counts[degradationClass] ?? 0) / 1000
            // Four standard deviations of a share from 1000 draws.
            #expect(abs(measured - share) < 4 * (share * (1 - share) / 1000).squareRoot())
        }
    }

    @Test("The gain control never passes +15 dB and leaves its reference alone")
    func automaticGain() {
        let control = AutomaticGain(
            reference: 0.1, exponent: 0.7, maximum: 15, attack: 0.005, release: 0.15)
        var signal = [Float](repeating: 0.0001, count: 8000) + [Float](repeating: 0.1, count: 8000)
        for i in stride(from: 0, to: signal.count, by: 2) { signal[i].negate() }
        let gains = control.gains(signal, sampleRate: 16000)
        let limit = Float(Mathematics.gain(decibels: 15))
        #expect(abs((gains.max() ?? 0) - limit) < 1e-4)
        #expect(abs(gains[15999] - 1) < 0.01)
        // 5 ms after the step the envelope has risen to 63 percent: gain (1 / 0.63)^0.7.
        #expect(abs(gains[8080] - 1.38) < 0.05)
    }

    @Test("Clipping hits the wanted share of samples", arguments: [0.001, 0.01, 0.032])
    func clipping(fraction: Double) {
        var signal = voice(4)
        let before = signal
        let clipped = Clipping.clip(&signal, fraction: fraction)
        #expect(abs(clipped - fraction) < 0.0005)
        let limit = signal.map { abs($0) }.max() ?? 0
        #expect(signal.indices.allSatisfy { signal[$0] == min(max(before[$0], -limit), limit) })
    }

    @Test("The telephone passes 300 to 3400 Hz only, with unit gain", arguments: [8000, 16000, 44100])
    func telephone(rate: Int) {
        let telephone = Telephone(sampleRate: rate, band: .init(300, 3400))
        func gain(_ frequency: Double) -> Double {
            let tone = (0..<rate).map {
                Float(0.5 * Mathematics.sine(2 * .pi * frequency * Double($0) / Double(rate)))
            }
            let result = telephone.transmit(tone)
            // Away from the ends, at the tone's own frequency.
            var (re, im) = (0.0, 0.0)
            let range = (rate / 4)..<(3 * rate / 4)
            for i in range {
                let angle = 2 * .pi * frequency * Double(i) / Double(rate)
                re += Double(result[i]) * Mathematics.sine(angle)
                im += Double(result[i]) * Mathematics.cosine(angle)
            }
            let amplitude = 2 * (re * re + im * im).squareRoot() / Double(range.count)
            return Mathematics.decibels(gain: amplitude / 0.5)
        }
        for frequency in [500.0, 1000, 3000] { #expect(abs(gain(frequency)) < 0.2, "\(frequency) Hz") }
        #expect(abs(gain(300) + 6) < 0.5)
        // Below the pass band mu-law has only quantisation noise left to expand.
        let noise = voice(5, rate: rate)
        let powers = bandPowers(
            telephone.transmit(noise), edges: [0, 100, 300, 3400, Double(rate) / 2], sampleRate: rate)
        #expect(powers[0] < powers[2] * 1e-3)
        guard rate > 8000 else { return }
        let above = bandPowers(
            telephone.transmit(noise), edges: [300, 3400, 4200, Double(rate) / 2], sampleRate: rate)
        #expect(above[2] < above[0] * 1e-6)
    }

    @Test("The room's energies have the drawn ratio and its tail the drawn slope")
    func room() {
        let response = RoomResponse.make(t60: 0.4, directToReverberant: 5, sampleRate: 16000, stream: key(6))
        #expect(response[0] == 1)
        #expect(response[1..<48].allSatisfy { $0 == 0 })
        let tail = response.dropFirst().reduce(0.0) { $0 + Double($1 * $1) }
        #expect(abs(10 * Mathematics.logarithm(1 / tail) / Mathematics.logarithm(10) - 5) < 1e-3)
        func level(_ from: Double) -> Double {
            let start = Int(from * 16000)
            return Mathematics.decibels(gain: ActiveLevel.meanRMS(Array(response[start..<(start + 1600)])))
        }
        // 60 dB in 0.4 s is 15 dB in 0.1 s.
        #expect(abs(level(0.05) - level(0.25) - 30) < 2)
    }

    @Test("Coloured noises fall by 0, 3 and 6 dB an octave")
    func slopes() {
        for (kind, slope) in [(NoiseKind.white, 0.0), (.pink, -3.01), (.brown, -6.02)] {
            let noise = NoiseSynthesiser(sampleRate: 16000).noise(
                kind: kind, split: .train, count: 160_000, stream: key(7)
            ).samples
            let powers = bandPowers(noise, edges: [125, 250, 500, 1000, 2000, 4000], sampleRate: 16000)
            for octave in 1..<powers.count {
                // An octave band is twice as wide as the one below.
                let change =
                    10 * Mathematics.logarithm(powers[octave] / powers[octave - 1] / 2)
                    / Mathematics.logarithm(10)
                #expect(abs(change - slope) < 0.8, "\(kind), octave \(octave): \(change) dB")
            }
        }
    }

    @Test("Every kind of noise sounds in every split, and ambience families are never shared")
    func noises() {
        var families: [DataSplit: Set<String>] = [:]
        for split in DataSplit.allCases {
            for kind in NoiseKind.allCases {
                for index in 0..<(kind == .ambience ? 40 : 2) {
                    let noise = NoiseSynthesiser(sampleRate: 16000).noise(
                        kind: kind, split: split, count: 8000, stream: key(2000 + index))
                    #expect(noise.samples.count == 8000)
                    #expect(noise.samples.allSatisfy { $0.isFinite })
                    #expect(ActiveLevel.meanRMS(noise.samples) > 0, "\(kind) \(split)")
                    for part in (noise.family ?? "").split(separator: "+") {
                        families[split, default: []].insert(String(part))
                    }
                }
            }
        }
        let (train, test) = (families[.train] ?? [], families[.test] ?? [])
        #expect(train.count == 10)
        #expect(test.count == 6)
        #expect(train.isDisjoint(with: test))
        #expect(train.isDisjoint(with: families[.validation] ?? []))
    }

    @Test("Silence and very short signals pass", arguments: DegradationClass.chain)
    func edges(degradationClass: DegradationClass) {
        for count in [0, 1, 7, 400] {
            let silence = [Float](repeating: 0, count: count)
            let pair = Degradation.shared.degrade(
                clean: silence, class: degradationClass, split: .train, stream: key(8))
            #expect(same(pair.degraded, silence))
            let blip = (0..<count).map { Float($0 % 2 == 0 ? 0.5 : -0.5) }
            let degraded = Degradation.shared.degrade(
                clean: blip, class: degradationClass, split: .train, stream: key(8)
            ).degraded
            #expect(degraded.count == count)
            #expect(degraded.allSatisfy { $0.isFinite })
        }
    }

    @Test("Both signals share one gain when a peak is too high")
    func peaks() {
        let clean = voice(9).map { $0 * 6 }
        let pair = Degradation().degrade(clean: clean, class: .noise, snr: 5, split: .train, stream: key(9))
        let peak = max(pair.clean.map { abs($0) }.max() ?? 0, pair.degraded.map { abs($0) }.max() ?? 0)
        #expect(abs(peak - 0.97) < 1.0 / 32768)
        #expect(pair.record.pairGain < 1)
        let expected = clean.map { Degradation.rounded($0 * Float(pair.record.pairGain)) }
        #expect(same(pair.clean, expected))
    }

    @Test("The least-squares gain leaves an error orthogonal to the signal")
    func leastSquares() {
        let reference: [Float] = [1, 2, -1, 0.5]
        let signal: [Float] = [2, 3, -2.5, 2]
        let gain = Float(Degradation.leastSquaresGain(of: signal, to: reference))
        var product: Float = 0
        for i in signal.indices { product += signal[i] * (gain * signal[i] - reference[i]) }
        #expect(abs(product) < 1e-5)
    }
}

extension Degradation {
    /// One chain for the tests that make many small pairs.
    fileprivate static let shared = Degradation()
}
