/// Every measure of one recording against another that the workbench knows. Measures of several sources
/// (`SeparationScores`), of melodies (`MelodyScores`) and of events (`EventScores`) stand by themselves.
public enum ObjectiveMetrics {
    public static let all: [any ObjectiveMetric] =
        [
            SignalToNoiseRatio(),
            SegmentalSignalToNoiseRatio(),
            RectangularSegmentalSignalToNoiseRatio(),
            ScaleInvariantDistortionRatio(),
            ZeroMeanDistortionRatio(),
            FilteredDistortionRatio(),
            LogSpectralDistance(),
            LogMagnitudeDistance(),
            HighLogMagnitudeDistance(),
            MelCepstralDistortion(),
            FrequencyWeightedSegmentalRatio(),
            LogLikelihoodRatio(),
            LimitedLogLikelihoodRatio(),
            WeightedSpectralSlope(),
            ShortTimeIntelligibility(),
            ExtendedShortTimeIntelligibility(),
            NarrowBandSpeechQuality(),
            WideBandSpeechQuality(),
            RawSpeechQuality(),
            CompositeMeasure.signal,
            CompositeMeasure.background,
            CompositeMeasure.overall,
            LoudnessDifference(),
            OnsetMeasure(),
        ] + PitchMeasure.all

    /// What training runs report and store for every test file.
    public static let ofRuns: [any ObjectiveMetric] = [
        SignalToNoiseRatio(),
        ScaleInvariantDistortionRatio(),
        LogSpectralDistance(),
        WideBandSpeechQuality(),
        ShortTimeIntelligibility(),
        ExtendedShortTimeIntelligibility(),
    ]

    /// The measure of this name, or nil. Names with a frequency may have any, as in `lsd_log10_above_8000`.
    public static func named(_ name: String) -> (any ObjectiveMetric)? {
        all.first { $0.name == name } ?? HighLogMagnitudeDistance(named: name)
    }
}
