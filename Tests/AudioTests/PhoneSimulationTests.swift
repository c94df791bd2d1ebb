import Foundation
import Tensor
import Testing

@testable import Audio

@Suite struct PhoneSimulationTests {
    private func voice(_ count: Int = 32000) -> [Float] {
        let synthesiser = Synthesiser(sampleRate: 16000)
        return synthesiser.performance(
            kind: .voice, seconds: Double(count) / 16000, stream: RandomStream(key: "simulation test")
        ).samples
    }

    private func configuration(_ change: (inout PhoneSimulation) -> Void = { _ in })
        -> DegradationConfiguration
    {
        var simulation = PhoneSimulation()
        change(&simulation)
        var configuration = DegradationConfiguration()
        configuration.simulation = simulation
        return configuration
    }

    @Test func everythingDrawnIsRecorded() {
        let clean = voice()
        let always = configuration {
            ($0.roomShare, $0.handlingShare, $0.gainShare, $0.clipShare, $0.lossShare) = (1, 1, 1, 1, 1)
            $0.codecShares.none = 0
            $0.packetLoss = .init(0.3, 0.3)
        }
        let chain = Degradation(configuration: always)
        let pair = chain.degrade(clean: clean, split: .train, stream: RandomStream(key: "one"))
        let record = pair.record
        #expect(record.degradationClass == .simulated && record.t60 != nil && record.snr != nil)
        #expect(record.gainExponent != nil && record.clipFraction != nil)
        let simulation = record.simulation
        #expect(simulation?.roomSize?.count == 3 && simulation?.distance != nil)
        #expect(simulation?.lowCut != nil && simulation?.codec != nil && simulation?.handlingLevel != nil)
        #expect((simulation?.packetLoss ?? 0) > 0.05)
        #expect(pair.degraded.count == clean.count && pair.degraded.allSatisfy { abs($0) <= 1 })
        // Equal keys, equal bits; other keys, other phones.
        let again = chain.degrade(clean: clean, split: .train, stream: RandomStream(key: "one"))
        #expect(again.degraded == pair.degraded && again.record == record)
        let other = chain.degrade(clean: clean, split: .train, stream: RandomStream(key: "two"))
        #expect(other.degraded != pair.degraded)
    }

    /// No step delays the signal: the pair's cross-correlation is largest near lag 0.
    @Test func pairsStayAligned() {
        let clean = voice()
        // Rooms are left out: where reflections are stronger than the direct sound, they decide the correlation.
        let chain = Degradation(
            configuration: configuration { ($0.lossShare, $0.handlingShare, $0.roomShare) = (0, 0, 0) })
        for key in 0..<6 {
            let pair = chain.degrade(
                clean: clean, snr: .infinity, split: .train, stream: RandomStream(key: "lag \(key)"))
            func correlation(_ lag: Int) -> Float {
                (64..<clean.count - 64).reduce(0) { $0 + pair.degraded[$1 + lag] * pair.clean[$1] }
            }
            let best = (-40...40).max { correlation($0) < correlation($1) } ?? 99
            #expect(abs(best) <= 3, "\(key): \(best), \(pair.record)")
        }
    }

    @Test func theMicrophoneHasItsBandAndItsResonance() {
        let microphone = Microphone(
            lowCut: 200, highCut: 4000, resonances: [.init(frequency: 1500, gain: 9, quality: 3)])
        func gain(_ frequency: Double) -> Double {
            let tone = (0..<16000).map { Float(sin(2 * .pi * frequency * Double($0) / 16000)) }
            let heard = microphone.record(tone, sampleRate: 16000)[4000..<12000]
            return 10 * log10(Double(heard.reduce(0) { $0 + $1 * $1 }) / 4000)
        }
        #expect(abs(gain(1500) - 9) < 0.5 && abs(gain(600)) < 1.5)
        #expect(abs(gain(200) + 6) < 1 && abs(gain(4000) + 6) < 1 && gain(60) < -30 && gain(7000) < -30)
    }

    @Test func silenceAndShortSignalsPass() {
        let chain = Degradation(configuration: configuration { $0.lossShare = 1 })
        for count in [0, 1, 7, 300, 4000] {
            let pair = chain.degrade(
                clean: [Float](repeating: 0, count: count), split: .train, stream: RandomStream(key: "s"))
            #expect(pair.degraded.count == count && pair.degraded.allSatisfy(\.isFinite))
        }
    }
}
