import Tensor

/// Turns clean recordings into what a phone would have recorded, with pairs aligned to the sample.
public struct Degradation: Sendable {
    public let sampleRate: Int
    public let configuration: DegradationConfiguration

    /// - Parameters:
    ///   - sampleRate: Hz, 8000 ... 96000; default 16000.
    ///   - configuration: All distributions.
    public init(sampleRate: Int = 16000, configuration: DegradationConfiguration = .init()) {
        require(
            (8000...96000).contains(sampleRate),
            "[degradation] sample rate must lie in 8000 ... 96000 Hz, is \(sampleRate)")
        self.sampleRate = sampleRate
        self.configuration = configuration
    }

    /// Degrades one signal.
    ///
    /// - Parameters:
    ///   - clean: Mono samples, full scale ±1, any length.
    ///   - degradationClass: The class; drawn by the configured shares when nil.
    ///   - snr: SNR in dB over the active level; drawn when nil; infinity adds no noise.
    ///   - split: Decides which noises and which SNRs may be drawn.
    ///   - stream: The key to everything drawn.
    public func degrade(
        clean: [Float], class degradationClass: DegradationClass? = nil, snr: Double? = nil,
        split: DataSplit, stream: RandomStream
    ) -> DegradedPair {
        DegradedPair(
            clean: clean, degraded: clean,
            record: DegradationRecord(degradationClass: degradationClass ?? .noise, split: split))
    }
}
