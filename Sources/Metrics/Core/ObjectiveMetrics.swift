/// Every measure the workbench knows.
public enum ObjectiveMetrics {
    public static let all: [any ObjectiveMetric] = [
        SignalToNoiseRatio(),
        SegmentalSignalToNoiseRatio(),
        RectangularSegmentalSignalToNoiseRatio(),
        ScaleInvariantDistortionRatio(),
        ZeroMeanDistortionRatio(),
        LogSpectralDistance(),
        LogMagnitudeDistance(),
        FrequencyWeightedSegmentalRatio(),
        LogLikelihoodRatio(),
        LimitedLogLikelihoodRatio(),
        WeightedSpectralSlope(),
        ShortTimeIntelligibility(),
        ExtendedShortTimeIntelligibility(),
        NarrowBandSpeechQuality(),
        WideBandSpeechQuality(),
        RawSpeechQuality(),
    ]

    /// What training runs report and store for every test file.
    public static let ofRuns: [any ObjectiveMetric] = [
        SignalToNoiseRatio(),
        ScaleInvariantDistortionRatio(),
        LogSpectralDistance(),
    ]

    /// The measure of this name, or nil.
    public static func named(_ name: String) -> (any ObjectiveMetric)? {
        all.first { $0.name == name }
    }
}
