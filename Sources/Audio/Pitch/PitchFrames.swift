import Tensor

/// How a signal is cut into frames, and which periods are looked for in them.
///
/// Frame t is centred on sample t `hopLength`; beyond its ends the signal is silent.
public struct PitchFrames: Sendable, Equatable {
    /// Hertz.
    public let sampleRate: Int
    /// Samples per frame.
    public let frameLength: Int
    /// Samples from frame to frame.
    public let hopLength: Int
    /// Hertz.
    public let minimumFrequency: Double
    /// Hertz.
    public let maximumFrequency: Double

    /// - Parameters:
    ///   - sampleRate: hertz.
    ///   - frameLength: samples, at least twice the longest period. Default: three of them.
    ///   - hopLength: samples, at least 1. Default: 10 ms.
    ///   - minimumFrequency: hertz, above 0; default 65 (the note C2), below most voices.
    ///   - maximumFrequency: hertz, above the minimum and at most a quarter of the rate; default 1000.
    public init(
        sampleRate: Int, frameLength: Int? = nil, hopLength: Int? = nil, minimumFrequency: Double = 65,
        maximumFrequency: Double = 1000
    ) {
        require(
            minimumFrequency > 0 && minimumFrequency < maximumFrequency
                && maximumFrequency <= Double(sampleRate) / 4,
            "[pitch] \(minimumFrequency) to \(maximumFrequency) Hz: expects 0 < minimum < maximum <= "
                + "a quarter of the rate, \(Double(sampleRate) / 4)")
        self.sampleRate = sampleRate
        self.minimumFrequency = minimumFrequency
        self.maximumFrequency = maximumFrequency
        let longest = Int((Double(sampleRate) / minimumFrequency).rounded(.up))
        self.frameLength = frameLength ?? 3 * longest
        self.hopLength = hopLength ?? max(1, sampleRate / 100)
        require(
            self.frameLength >= 2 * (longest + 1),
            "[pitch] frames of \(self.frameLength) samples: \(minimumFrequency) Hz needs \(2 * (longest + 1))"
        )
        require(self.hopLength >= 1, "[pitch] hop of \(self.hopLength) samples: at least 1")
    }

    /// The shortest period, samples.
    public var minimumLag: Int { max(2, Int(Double(sampleRate) / maximumFrequency)) }
    /// The longest period, samples.
    public var maximumLag: Int { Int((Double(sampleRate) / minimumFrequency).rounded(.up)) }
    /// Seconds from frame to frame.
    public var hopDuration: Double { Double(hopLength) / Double(sampleRate) }

    /// Frames of a signal of `length` samples.
    public func frameCount(forLength length: Int) -> Int { length / hopLength + 1 }

    /// Calls `body` for the difference function of every frame, on several threads; the order is open.
    func forEachDifference(
        of signal: [Double], _ body: (_ frame: Int, _ difference: borrowing NormalisedDifference) -> Void
    ) {
        let count = frameCount(forLength: signal.count)
        let half = frameLength / 2
        // Pieces are few enough frames to share the work and enough to pay for a piece's memory.
        ThreadPool.shared.run(count, grain: 32) { range in
            var difference = NormalisedDifference(frameLength: frameLength, maximumLag: maximumLag)
            for frame in range {
                difference.load(signal, from: frame * hopLength - half)
                body(frame, difference)
            }
        }
    }
}
