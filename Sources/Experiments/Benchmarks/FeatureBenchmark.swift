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
        let mel = MelSpectrogram(
            transform: transform,
            filterbank: MelFilterbank(sampleRate: rate, fftSize: strength.fftSize, bands: 80))
        let cepstrum = CepstralCoefficients(count: 20, bands: mel.filterbank.bandCount)
        let single = samples.map(Float.init)
        let frames = PitchFrames(
            sampleRate: rate, frameLength: strength.fftSize, minimumFrequency: 65, maximumFrequency: 500)
        let (yin, pyin) = (YIN(frames), ProbabilisticYIN(frames))
        let rhythm = RhythmAnalysis(strength)

        let spectra: JSONObject = [
            "n_fft": .integer(strength.fftSize), "hop_length": .integer(strength.hopLength),
        ]
        var bands = spectra
        bands["n_mels"] = .integer(mel.filterbank.bandCount)
        var coefficients = bands
        coefficients["n_mfcc"] = .integer(cepstrum.count)
        var flux = spectra
        flux["n_mels"] = 128
        let pitch: JSONObject = [
            "frame_length": .integer(frames.frameLength), "hop_length": .integer(frames.hopLength),
            "fmin": .number(frames.minimumFrequency), "fmax": .number(frames.maximumFrequency),
        ]
        let otherRate = rate == 44100 ? 48000 : 44100
        let resamplers = (Resampler(from: rate, to: otherRate), Resampler(from: otherRate, to: rate))
        let resampled = resamplers.0.resample(single)
        let scale = DecibelScale()
        let waveform = Waveform(sampleRate: rate, mono: single)
        let calibration = Calibration(fullScaleSineLevel: 94)
        return [
            item("log mel", bands) { _ = scale.levels(ofPower: mel.bands(of: single)) },
            item("mfcc", coefficients) {
                _ = cepstrum.coefficients(of: scale.levels(ofPower: mel.bands(of: single)))
            },
            item("yin", pitch) { _ = yin.track(samples) },
            item("pyin", pitch) { _ = pyin.track(samples) },
            item("onset strength", flux) { _ = strength.envelope(of: samples) },
            item("rhythm", flux) { _ = rhythm.analyse(samples) },
            item("resample", ["to_rate": .integer(otherRate)]) { _ = resamplers.0.resample(single) },
            item("resample back", ["to_rate": .integer(otherRate)]) { _ = resamplers.1.resample(resampled) },
            item("programme loudness", [:]) { _ = try? ProgrammeLoudness.measure(waveform) },
            item("true peak", [:]) { _ = try? TruePeak.measure(waveform) },
            item("loudness", [:]) {
                _ = try? TimeVaryingLoudness.measure(single, sampleRate: rate, calibration: calibration)
            },
        ]
    }
}
