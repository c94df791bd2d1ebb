import Foundation
import Tensor
import Testing

@testable import Audio

@Suite struct RhythmTests {
    /// Short noise bursts at the given moments over noise that is too faint to be heard as a beginning.
    private func bursts(at times: [Double], seconds: Double) -> [Double] {
        var stream = RandomStream(seed: 5, "rhythm test")
        var signal = (0..<Int(16000 * seconds)).map { _ in 1e-6 * stream.gaussian() }
        for time in times {
            let start = Int(16000 * time)
            for n in start..<min(signal.count, start + 1600) {
                signal[n] += 0.2 * exp(-Double(n - start) / 300) * stream.gaussian()
            }
        }
        return signal
    }

    private func beats(_ tempo: Double, seconds: Double) -> [Double] {
        Array(stride(from: 0.4, to: seconds - 0.2, by: 60 / tempo))
    }

    @Test func onsetsAreWhereSoundsBegin() {
        let times = [0.3, 0.52, 1.1, 1.17, 1.9]
        let signal = bursts(at: times, seconds: 2.5)
        let rhythm = RhythmAnalysis(sampleRate: 16000).analyse(signal)
        #expect(rhythm.envelope.values.count == 251 && rhythm.envelope.frameRate == 100)
        #expect(rhythm.onsets.count == times.count, "\(rhythm.onsets)")
        for (onset, time) in zip(rhythm.onsets, times) { #expect(abs(onset - time) <= 0.03) }
    }

    @Test func strengthIsTheMeanRiseOfBands() {
        let strength = OnsetStrength(sampleRate: 8000, fftSize: 256, hopLength: 64, bands: 20, range: 60)
        var stream = RandomStream(seed: 6, "rhythm test")
        let signal = (0..<6000).map { n in (n > 3000 ? 0.3 : 0.01) * stream.gaussian() }
        let transform = ShortTimeFourierTransform(fftSize: 256, hopLength: 64, padding: .zero)
        let bank = MelFilterbank(sampleRate: 8000, fftSize: 256, bands: 20)
        var levels = bank.bands(of: transform.analyse(signal).power).map { Decibel.power($0) }
        let floor = (levels.max() ?? 0) - 60
        levels = levels.map { max($0, floor) }
        // Shifted by 256 / 128 frames; the first frame has none before it.
        var expected = [Double](repeating: 0, count: 94)
        for frame in 3..<94 {
            var sum = 0.0
            for band in 0..<20 {
                sum += max(0, levels[(frame - 2) * 20 + band] - levels[(frame - 3) * 20 + band])
            }
            expected[frame] = sum / 20
        }
        expectClose(strength.envelope(of: signal).values, expected, absolute: 1e-4, "strength")
    }

    @Test func pickerObeysItsParameters() {
        let envelope = OnsetEnvelope(
            values: [0, 0, 1, 0, 0, 0, 0.5, 0.8, 0, 0, 0.04, 0, 0, 0, 0.6, 0, 0.7, 0], frameRate: 10)
        var picker = OnsetPicker()
        picker.maximumBefore = 0.2
        picker.maximumAfter = 0.1
        picker.meanBefore = 0.2
        picker.meanAfter = 0.2
        picker.wait = 0.2
        // 0.5 has a larger neighbour, 0.04 stands out too little, 0.7 comes too soon.
        #expect(picker.frames(in: envelope) == [2, 7, 14])
        #expect(picker.onsets(in: envelope) == [0.2, 0.7, 1.4])
        picker.threshold = 0
        #expect(picker.frames(in: envelope) == [2, 7, 10, 14])
        picker.wait = 0.1
        #expect(picker.frames(in: envelope) == [2, 7, 10, 14, 16])
    }

    @Test(arguments: [66.0, 90, 120, 143]) func tempoAndBeatsOfBursts(tempo: Double) throws {
        let times = beats(tempo, seconds: 10)
        let rhythm = RhythmAnalysis(sampleRate: 16000).analyse(bursts(at: times, seconds: 10))
        let found = try #require(rhythm.tempo)
        #expect(abs(found.beatsPerMinute / tempo - 1) < 0.01 && found.strength > 0.5, "\(found)")
        #expect(abs(found.period - 60 / tempo) < 0.01)
        #expect(rhythm.beats.count == times.count, "\(rhythm.beats)")
        for (beat, time) in zip(rhythm.beats, times) { #expect(abs(beat - time) < 0.05) }
    }

    @Test func beatsGoOnWhereOneIsMissing() throws {
        var times = beats(100, seconds: 8)
        times.remove(at: 5)
        let rhythm = RhythmAnalysis(sampleRate: 16000).analyse(bursts(at: times, seconds: 8))
        #expect(rhythm.beats.count == times.count + 1)
        #expect(rhythm.onsets.count == times.count)
        let missing = try #require(rhythm.beats.dropFirst(5).first)
        #expect(abs(missing - (0.4 + 5 * 0.6)) < 0.06)
    }

    @Test func whatDoesNotBeatHasNoTempo() {
        let analysis = RhythmAnalysis(sampleRate: 16000)
        for signal in [[], [0.5], [Double](repeating: 0, count: 40000)] {
            let rhythm = analysis.analyse(signal)
            #expect(rhythm.tempo == nil && rhythm.beats.isEmpty && rhythm.onsets.isEmpty)
            #expect(rhythm.envelope.values.allSatisfy { $0 == 0 })
        }
    }

    @Test func resultsDoNotDependOnThreads() {
        let before = ThreadPool.shared.threadCount
        defer { ThreadPool.shared.threadCount = before }
        let signal = bursts(at: beats(110, seconds: 6), seconds: 6)
        let rhythms = [1, 3].map { count in
            ThreadPool.shared.threadCount = count
            return RhythmAnalysis(sampleRate: 16000).analyse(signal)
        }
        let areEqual = rhythms[0] == rhythms[1]
        #expect(areEqual)
    }
}
