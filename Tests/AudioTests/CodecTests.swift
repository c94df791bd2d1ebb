import Foundation
import Tensor
import Testing

@testable import Audio

@Suite struct CodecTests {
    private let tone = (0..<16000).map { 0.5 * sin(2 * .pi * 440 * Float($0) / 16000) }

    private func ratio(_ reference: [Float], _ estimate: [Float]) -> Double {
        let power = reference.reduce(0) { $0 + Double($1) * Double($1) }
        let error = zip(reference, estimate).reduce(0) { $0 + pow(Double($1.1) - Double($1.0), 2) }
        return 10 * log10(power / error)
    }

    /// The tables of G.711 give 255 and 256 values; companding keeps about 38 dB over a wide range of levels.
    @Test(arguments: [(CompandedCodec.muLaw, 255), (.aLaw, 256)])
    func companding(codec: CompandedCodec, values: Int) {
        let ramp = (-100_000...100_000).map { Float($0) / 100_000 }
        let decoded = codec.transmit(ramp)
        #expect(Set(decoded).count == values)
        #expect(zip(decoded, decoded.dropFirst()).allSatisfy { $0 <= $1 })
        for level in [Float(0.9), 0.3, 0.1, 0.03] {
            let signal = tone.map { $0 * 2 * level }
            let found = ratio(signal, codec.transmit(signal))
            #expect((34...42).contains(found), "\(codec) at \(level): \(found) dB")
        }
        #expect(codec.transmit([2, -2]).allSatisfy { abs($0) > 0.95 && abs($0) <= 1 })
    }

    @Test func differentialCodecFollows() {
        let found = ratio(tone, DifferentialCodec().transmit(tone))
        #expect((20...45).contains(found), "\(found) dB")
        #expect(DifferentialCodec().transmit([Float](repeating: 0, count: 100)).allSatisfy { abs($0) < 1e-3 })
        #expect(DifferentialCodec().transmit([0, 2, -2]).allSatisfy { abs($0) <= 1 })
    }

    @Test func transformCodecKeepsItsRatioAndItsEdge() {
        var stream = RandomStream(seed: 1, "transform codec")
        let noise = (0..<16000).map { _ in Float(0.1 * stream.gaussian()) }
        let fine = TransformCodec(ratio: 30, edge: 8000).transmit(noise, sampleRate: 16000)
        let coarse = TransformCodec(ratio: 8, edge: 8000).transmit(noise, sampleRate: 16000)
        #expect(ratio(noise, fine) > 26 && (4...14).contains(ratio(noise, coarse)))
        let narrow = TransformCodec(ratio: 20, edge: 3000).transmit(noise, sampleRate: 16000)
        let transform = ShortTimeFourierTransform(fftSize: 512, hopLength: 128, padding: .zero)
        let power = transform.analyse(narrow.map(Double.init)).power
        let bins = transform.binCount
        func sum(_ range: Range<Int>) -> Double {
            stride(from: 0, to: power.count, by: bins).reduce(0) { sum, t in
                sum + range.reduce(0) { $0 + power[t + $1] }
            }
        }
        #expect(sum(120..<bins) < 1e-3 * sum(0..<80))
        #expect(TransformCodec().transmit([], sampleRate: 16000).isEmpty)
    }

    @Test func packetsAreLostInBursts() {
        let signal = (0..<320_000).map { sin(Float($0) * 0.05) }
        let loss = PacketLoss(share: 0.2, burst: 3)
        let (heard, lost) = loss.transmit(signal, sampleRate: 16000, stream: RandomStream(seed: 2, "loss"))
        #expect(heard.count == signal.count && abs(lost - 0.2) < 0.05, "\(lost)")
        let packets = (0..<1000).map { packet in
            (packet * 320..<packet * 320 + 320).contains { heard[$0] != signal[$0] }
        }
        let starts = zip(packets, packets.dropFirst()).count { !$0 && $1 }
        let mean = Double(packets.count { $0 }) / Double(starts)
        #expect(abs(mean - 3) < 0.8, "\(mean)")
        #expect(heard.allSatisfy { abs($0) <= 1 })
        let whole = PacketLoss(share: 0).transmit(signal, sampleRate: 16000, stream: RandomStream(key: "x"))
        #expect(whole.lost == 0 && whole.signal == signal)
    }
}
