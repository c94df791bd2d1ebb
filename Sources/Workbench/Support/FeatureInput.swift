import Audio
import StrictJSON

/// A sound and what several of its features are made from, each computed at its first use.
final class FeatureInput {
    let waveform: Waveform
    /// The mean of all channels.
    let mono: [Double]
    let pitchFrames: PitchFrames
    let calibration: Calibration
    private let rhythmAnalysis: RhythmAnalysis
    private let transform: ShortTimeFourierTransform

    static let melBands = 80

    /// - Parameters:
    ///   - pitchRange: hertz; cut to what the sound's rate allows.
    ///   - calibration: what the samples mean in the air.
    init(_ waveform: Waveform, pitchRange: ClosedRange<Double>, calibration: Calibration) {
        self.waveform = waveform
        self.calibration = calibration
        mono = waveform.mono.map(Double.init)
        let highest = min(pitchRange.upperBound, Double(waveform.sampleRate) / 4)
        pitchFrames = PitchFrames(
            sampleRate: waveform.sampleRate, minimumFrequency: min(pitchRange.lowerBound, highest / 2),
            maximumFrequency: highest)
        let strength = OnsetStrength(sampleRate: waveform.sampleRate)
        rhythmAnalysis = RhythmAnalysis(strength)
        transform = ShortTimeFourierTransform(
            fftSize: strength.fftSize, hopLength: strength.hopLength, padding: .zero)
    }

    private(set) lazy var spectrogram = transform.analyse(mono)

    private(set) lazy var shape = SpectralShape(
        spectrogram, sampleRate: waveform.sampleRate, fftSize: transform.fftSize)

    private lazy var filterbank = MelFilterbank(
        sampleRate: waveform.sampleRate, fftSize: transform.fftSize, bands: Self.melBands)

    /// Log-mel levels, [frames x bands], dB.
    private(set) lazy var mel = DecibelScale().levels(
        ofPower: MelSpectrogram(transform: transform, filterbank: filterbank).bands(of: spectrogram))

    private(set) lazy var cepstrum = CepstralCoefficients(bands: Self.melBands).coefficients(of: mel)

    private(set) lazy var programme = Result<ProgrammeLoudness, SoundMeasurementError> {
        () throws(SoundMeasurementError) in try ProgrammeLoudness.measure(waveform)
    }

    private(set) lazy var loudness = Result<TimeVaryingLoudness, SoundMeasurementError> {
        () throws(SoundMeasurementError) in
        try TimeVaryingLoudness.measure(
            waveform.mono, sampleRate: waveform.sampleRate, calibration: calibration)
    }

    private(set) lazy var pitch: PitchTrack = ProbabilisticYIN(pitchFrames).track(mono)

    private(set) lazy var rhythm: Rhythm = rhythmAnalysis.analyse(mono)

    // MARK: Frames

    /// Samples per transform.
    var frameLength: Int { transform.fftSize }
    /// Samples from frame to frame.
    var hopLength: Int { transform.hopLength }
    /// Seconds from frame to frame.
    var hopDuration: Double { Double(transform.hopLength) / Double(waveform.sampleRate) }
    /// Hertz from bin to bin.
    var binSpacing: Double { Double(waveform.sampleRate) / Double(transform.fftSize) }
    /// Where each mel band peaks, hertz.
    var melCentres: [Double] { filterbank.centreFrequencies }

    // MARK: What others need to repeat the computation

    var spectrumParameters: JSONObject {
        [
            "n_fft": .integer(transform.fftSize), "hop_length": .integer(transform.hopLength),
            "window": "hann", "center": true, "pad_mode": "constant",
        ]
    }

    var pitchParameters: JSONObject {
        [
            "method": "pyin", "frame_length": .integer(pitchFrames.frameLength),
            "hop_length": .integer(pitchFrames.hopLength),
            "fmin": .number(pitchFrames.minimumFrequency), "fmax": .number(pitchFrames.maximumFrequency),
        ]
    }

    var calibrationParameters: JSONObject {
        [
            "full_scale_sine_db_spl": .number((calibration.fullScaleSineLevel * 1e6).rounded() / 1e6),
            "sound_field": "free",
        ]
    }
}
