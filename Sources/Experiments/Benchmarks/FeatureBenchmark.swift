import Audio
import StrictJSON
import Tensor

/// Features of a sound: how many times faster than the sound itself they are computed.
public enum FeatureBenchmark {
    /// - Parameters:
    ///   - sound: its channels are mixed.
    ///   - seconds: the sound is repeated, and cut, to this length.
    public static func items(_ sound: Waveform, seconds: Double, threads: Int) -> [BenchmarkItem] {
        let rate = sound.sampleRate
        let mono = sound.mono.map(Double.init)
        let samples = (0..<max(1, Int(seconds * Double(rate)))).map { mono[$0 % mono.count] }

        func item(_ operation: String, _ facts: JSONObject, _ body: @escaping () -> Void) -> BenchmarkItem {
            var facts = facts
            facts["sample_rate"] = .integer(rate)
            facts["samples"] = .integer(samples.count)
            return BenchmarkItem(
                operation, size: "\(rate) Hz", facts: facts, threads: threads,
                work: .sound(seconds: Double(samples.count) / Double(rate)), make: { body })
        }

        let strength = OnsetStrength(sampleRate: rate)
        let transform = ShortTimeFourierTransform(
            fftSize: strength.fftSize, hopLength: strength.hopLength, padding: .zero)
        let bank = MelFilterbank(sampleRate: rate, fftSize: strength.fftSize, bands: 80)
        let frames = PitchFrames(
            sampleRate: rate, frameLength: strength.fftSize, minimumFrequency: 65, maximumFrequency: 500)
        let (yin, pyin) = (YIN(frames), ProbabilisticYIN(frames))
        let rhythm = RhythmAnalysis(strength)

        let spectra: JSONObject = [
            "n_fft": .integer(strength.fftSize), "hop_length": .integer(strength.hopLength),
        ]
        var mel = spectra
        mel["n_mels"] = .integer(bank.bandCount)
        var flux = spectra
        flux["n_mels"] = 128
        let pitch: JSONObject = [
            "frame_length": .integer(frames.frameLength), "hop_length": .integer(frames.hopLength),
            "fmin": .number(frames.minimumFrequency), "fmax": .number(frames.maximumFrequency),
        ]
        return [
            item("log mel", mel) {
                _ = bank.bands(of: transform.analyse(samples).power).map { Decibel.power($0) }
            },
            item("yin", pitch) { _ = yin.track(samples) },
            item("pyin", pitch) { _ = pyin.track(samples) },
            item("onset strength", flux) { _ = strength.envelope(of: samples) },
            item("rhythm", flux) { _ = rhythm.analyse(samples) },
        ]
    }
}
