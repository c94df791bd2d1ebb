import Audio
import Foundation
import Metrics
import Testing

/// The entry point that scores a pair with a list of metrics.
@Suite struct PairScoringTests {
    /// A second of tones with pauses.
    private func sound(_ rate: Int, gain: Float = 1, seconds: Double = 1) -> Waveform {
        let samples = (0..<Int(seconds * Double(rate))).map { index -> Float in
            let t = Double(index) / Double(rate)
            return gain * Float(0.3 * sin(2 * .pi * 440 * t) * max(0, sin(2 * .pi * 3 * t)))
        }
        return Waveform(sampleRate: rate, mono: samples)
    }

    @Test func metricsDescribeThemselves() {
        let descriptions = ObjectiveMetrics.all.map(\.description) + SeparationScores.metrics
        #expect(Set(descriptions.map(\.name)).count == descriptions.count)
        for metric in descriptions {
            #expect(!metric.name.isEmpty && !metric.source.isEmpty && metric.version >= 1)
            #expect(metric.range.lowerBound < metric.range.upperBound)
        }
        #expect(ObjectiveMetrics.ofRuns.map(\.name) == ["snr", "si_sdr", "lsd_db"])
        #expect(ObjectiveMetrics.named("nonsense") == nil)
        #expect(throws: UnknownMetricError(name: "nonsense")) {
            try ObjectiveMetrics.named(["snr", "nonsense"])
        }
    }

    @Test func otherRatesAreConvertedDownwardsOnly() throws {
        let metrics = try ObjectiveMetrics.named(["snr", "segsnr", "pesq_wb"])
        let rates = { (rate: Int) in
            ObjectiveMetrics.score(
                metrics, reference: self.sound(rate), estimate: self.sound(rate, gain: 0.5))
        }
        #expect(rates(48000).map(\.sampleRate) == [48000, 16000, 16000])
        #expect(rates(11025).map(\.sampleRate) == [11025, 8000, 11025])
        #expect(
            rates(11025)[2].result
                == .undefined(reason: "11025 Hz: pesq_wb is defined at 16000 Hz"))
        let halved = try #require(rates(48000)[0].result.value)
        #expect(abs(halved - 20 * log10(2)) < 1e-4)
    }

    @Test func channelsAreAveraged() throws {
        let (quiet, loud) = (sound(16000, gain: 0.5), sound(16000, gain: 2))
        let reference = sound(16000)
        let silent = Waveform(sampleRate: 16000, mono: [Float](repeating: 0, count: 16000))
        func stereo(_ first: Waveform, _ second: Waveform) -> Waveform {
            Waveform(sampleRate: 16000, channels: first.channels + second.channels)
        }
        let metrics = try ObjectiveMetrics.named(["snr", "si_sdr"])
        let scores = ObjectiveMetrics.score(
            metrics, reference: stereo(reference, reference), estimate: stereo(quiet, loud))
        #expect(abs((scores[0].result.value ?? 0) - 10 * log10(4) / 2) < 1e-3)
        let missing = ObjectiveMetrics.score(
            metrics, reference: stereo(reference, reference), estimate: stereo(reference, silent))
        #expect(missing[1].result == .undefined(reason: "channel 1: the estimate is silent"))
        let differing = ObjectiveMetrics.score(
            metrics, reference: stereo(reference, reference), estimate: reference)
        #expect(differing[0].result == .undefined(reason: "channels differ: reference 2, estimate 1"))
    }

    @Test func lengthsAndRatesThatDifferAreUndefined() throws {
        for metric in ObjectiveMetrics.all {
            let length = ObjectiveMetrics.score(
                [metric], reference: sound(48000), estimate: sound(48000, seconds: 0.9))
            guard case .undefined(let reason) = length[0].result else {
                Issue.record("\(metric.name) is defined")
                continue
            }
            #expect(reason == "lengths differ: reference 48000, estimate 43200 samples")
            let rate = ObjectiveMetrics.score([metric], reference: sound(48000), estimate: sound(16000))
            #expect(
                rate[0].result == .undefined(reason: "rates differ: reference 48000, estimate 16000 Hz"))
        }
    }
}
