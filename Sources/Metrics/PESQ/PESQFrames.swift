/// The frames of both signals as the perceptual model compares them.
///
/// Source: ITU-T P.862 (02/2001), clauses 10.2.3 to 10.2.12.
struct PESQFrames {
    private let input: PESQInput
    private let model: PESQPerceptualModel
    private var powers: PESQPitchPowers
    private let bandCount: Int
    /// Samples from frame to frame.
    let hop: Int
    /// Frames from the beginning of the signals, those before and behind all sound left out.
    let frames: Range<Int>
    /// Densities of the reference after compensation of its spectrum, [frame][band].
    private var reference: [Double]
    /// Densities of the estimate, as they are.
    private var estimate: [Double]
    /// Disturbances before their weighting by level.
    private(set) var disturbances: [PESQPerceptualModel.Disturbance] = []

    /// - Parameter delay: of the estimate, in samples, at a sample of the padded reference.
    /// - Returns: nil when the reference has no sound.
    init?(_ input: PESQInput, delay: (Int) -> Int) {
        self.input = input
        powers = PESQPitchPowers(sampleRate: input.sampleRate)
        model = PESQPerceptualModel(bands: powers.bands)
        bandCount = powers.bands.count
        hop = powers.frameLength / 2
        guard let frames = Self.activeFrames(input, hop: hop) else { return nil }
        self.frames = frames
        reference = [Double](repeating: 0, count: frames.count * bandCount)
        estimate = reference
        for index in 0..<frames.count {
            let start = self.start(of: index)
            powers.analyse(input.reference, from: start, into: &reference, at: index * bandCount)
            powers.analyse(input.estimate, from: start + delay(start), into: &estimate, at: index * bandCount)
        }
        compensateSpectrum()
        disturbances = compare(0..<frames.count, estimate: estimate)
    }

    /// The first sample of a frame in the padded reference.
    func start(of index: Int) -> Int { input.padding + (frames.lowerBound + index) * hop }

    /// The frames between the first and the last five samples that are sound.
    private static func activeFrames(_ input: PESQInput, hop: Int) -> Range<Int>? {
        let samples = input.reference[input.padding..<input.padding + input.length]
        func isSound(_ start: Int) -> Bool {
            var sum = 0.0
            for i in start..<start + 5 { sum += abs(samples[i]) }
            return sum >= 500
        }
        let starts = samples.startIndex..<samples.endIndex - 5
        guard let first = starts.first(where: isSound), let last = starts.last(where: isSound) else {
            return nil
        }
        let from = (first - input.padding) / hop
        let to = (last + 5 - input.padding) / hop
        return from < to ? from..<to : nil
    }

    /// Gives the reference the long-term spectrum of the estimate, as far as listeners get used to it.
    private mutating func compensateSpectrum() {
        let speech = (0..<frames.count).filter { index in
            reference.withUnsafeBufferPointer { buffer in
                buffer.baseAddress.map { model.isSpeech($0 + index * bandCount) } ?? false
            }
        }
        let compensation = model.spectrumCompensation(
            reference: reference, estimate: estimate, speech: speech, frameCount: frames.count)
        for index in 0..<frames.count {
            for band in 0..<bandCount { reference[index * bandCount + band] *= compensation[band] }
        }
    }

    /// The disturbances of some frames, the gain of the estimate followed from the first one on.
    ///
    /// - Parameter estimate: densities of these frames only.
    private func compare(
        _ range: Range<Int>, estimate: [Double], previous first: Double? = nil
    ) -> [PESQPerceptualModel.Disturbance] {
        var previous = first
        var result: [PESQPerceptualModel.Disturbance] = []
        result.reserveCapacity(range.count)
        var compensated = [Double](repeating: 0, count: bandCount)
        reference.withUnsafeBufferPointer { reference in
            estimate.withUnsafeBufferPointer { estimate in
                guard let third = reference.baseAddress, let second = estimate.baseAddress else { return }
                for index in range {
                    let x = third + index * bandCount
                    let y = second + (index - range.lowerBound) * bandCount
                    let gain = model.gain(reference: x, estimate: y, previous: &previous)
                    for band in 0..<bandCount { compensated[band] = gain * y[band] }
                    result.append(model.disturbance(reference: x, estimate: compensated))
                }
            }
        }
        return result
    }

    /// Compares some frames again with another delay, and keeps what disturbs less.
    mutating func retry(_ range: Range<Int>, delay: (Int) -> Int) {
        var shifted = [Double](repeating: 0, count: range.count * bandCount)
        for index in range {
            let start = self.start(of: index)
            powers.analyse(
                input.estimate, from: start + delay(start), into: &shifted,
                at: (index - range.lowerBound) * bandCount)
        }
        for (index, candidate) in zip(range, compare(range, estimate: shifted, previous: 1))
        where candidate.symmetric < disturbances[index].symmetric {
            disturbances[index] = candidate
        }
    }

    /// Disturbances matter more in soft frames: divided by a power of the level, and limited.
    func weighted() -> (symmetric: [Double], asymmetric: [Double]) {
        var symmetric: [Double] = []
        var asymmetric: [Double] = []
        reference.withUnsafeBufferPointer { reference in
            guard let base = reference.baseAddress else { return }
            for (index, disturbance) in disturbances.enumerated() {
                let scale = model.levelWeight(base + index * bandCount)
                symmetric.append(min(45, disturbance.symmetric / scale))
                asymmetric.append(min(45, disturbance.asymmetric / scale))
            }
        }
        return (symmetric, asymmetric)
    }
}
