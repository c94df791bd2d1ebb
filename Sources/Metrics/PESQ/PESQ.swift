/// Perceptual evaluation of speech quality: the raw score of one pair.
///
/// Our own implementation of ITU-T P.862 and P.862.2, written from the Recommendations' descriptions.
enum PESQ {
    /// The raw score (up to 4.5) or why there is none; computed once per pair and band.
    static func rawScore(_ pair: MetricPair, band: PESQInput.Band) -> MetricResult {
        pair.shared("pesq \(band)") {
            guard let input = PESQInput(pair, band: band) else {
                return .undefined(reason: "a signal has no power between 300 and 3500 Hz")
            }
            guard let alignment = PESQAlignment(input),
                var frames = PESQFrames(input, delay: alignment.delay)
            else { return .undefined(reason: "no speech was found in the reference") }
            PESQBadIntervals.realign(&frames, input, delay: alignment.delay)
            let disturbances = frames.weighted()
            return .value(
                PESQAggregation.score(
                    symmetric: PESQAggregation.overall(disturbances.symmetric),
                    asymmetric: PESQAggregation.overall(disturbances.asymmetric)))
        }
    }

    /// A quarter of a second.
    @Sendable static func minimumLength(_ sampleRate: Int) -> Int { (sampleRate + 3) / 4 }
}
