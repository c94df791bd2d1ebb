/// Checks one entry: computes what it describes and tells the check what differs.
///
/// Throws `Unsupported` for what the workbench does not compute; any other error is a failure of the entry.
typealias SignalHandler = @Sendable (SignalCheck) throws -> Void

/// Who checks which group of `signal.json`.
///
/// To add a group: one file in this folder with an `enum XGroup { static func check(_ check: SignalCheck) throws }`
/// and one line here, under its family. Inside, `check.samples()`, `check.input(role)` and `check.entry` give
/// inputs and parameters; `check.expectClose(values, role)` compares with the stored array at the entry's
/// tolerance, and `check.expect...` says the rest. A group of several functions switches over
/// `check.entry.function` or the start of `check.entry.id`. An entry without a line here counts as unsupported.
let signalGroups: [String: SignalHandler] = [
    // Spectra, features, filters and effects.
    "augment": AugmentationGroup.check,
    "db": DecibelGroup.check,
    "decode": DecodingGroup.check,
    "fft": FourierGroup.check,
    "griffinlim": GriffinLimGroup.check,
    "iir": FilterGroup.check,
    "imel": MelInversionGroup.check,
    "istft": SynthesisGroup.check,
    "mel": MelGroup.check,
    "mel_fb": MelFilterbankGroup.check,
    "melody_eval": MelodySeriesGroup.check,
    "mfcc": CepstrumGroup.check,
    "resample": ResamplingGroup.check,
    "shift": ShiftGroup.check,
    "spectral": SpectralShapeGroup.check,
    "stft": AnalysisGroup.check,
    "stretch": StretchGroup.check,
    "windows": WindowGroup.check,

    // Pitch and rhythm.
    "f0": PitchGroup.check,
    "onset": OnsetGroup.check,

    // Psychoacoustics and levels.
    "bs1770": ProgrammeLoudnessGroup.check,
    "truepeak": TruePeakGroup.check,
    "weighting": WeightingGroup.check,
    "zwicker": LoudnessGroup.check,
    "zwicker_tv": TimeVaryingLoudnessGroup.check,
]

/// Groups whose entries may be unsupported without failing the suite.
let optionalSignalGroups: Set<String> = ["roughness"]
