import Foundation
import Tensor
import Testing

@testable import Audio

@Suite struct PitchTests {
    private let frames = PitchFrames(
        sampleRate: 16000, frameLength: 1024, hopLength: 160, minimumFrequency: 65, maximumFrequency: 1000)

    private func noise(_ count: Int, _ seed: Int = 0) -> [Double] {
        var stream = RandomStream(seed: 3, "pitch test", seed)
        return (0..<count).map { _ in 0.1 * stream.gaussian() }
    }

    /// A tone with five harmonics.
    private func tone(_ frequency: Double, seconds: Double = 0.5) -> [Double] {
        (0..<Int(16000 * seconds)).map { n in
            let phase = 2 * Double.pi * frequency * Double(n) / 16000
            var sum = 0.0
            for harmonic in 1...5 { sum += 0.1 / Double(harmonic) * sin(Double(harmonic) * phase) }
            return sum
        }
    }

    private func cents(_ frequency: Double, _ reference: Double) -> Double {
        1200 * log2(frequency / reference)
    }

    // MARK: The difference function

    @Test func differenceEqualsItsDefinition() {
        let signal = noise(500).map { $0 + 0.3 }
        for start in [100, -60, 300] {
            var difference = NormalisedDifference(frameLength: 256, maximumLag: 90)
            difference.load(signal, from: start)
            let frame = (start..<start + 256).map { signal.indices.contains($0) ? signal[$0] : 0 }
            var sum = 0.0
            var (worst, worstNormalised) = (0.0, 0.0)
            for lag in 1...91 {
                var expected = 0.0
                for j in 0..<256 - lag { expected += pow(frame[j] - frame[j + lag], 2) }
                expected /= Double(256 - lag)
                sum += expected
                worst = max(worst, abs(difference.absolute[lag] - expected))
                worstNormalised = max(
                    worstNormalised, abs(difference.normalised[lag] - expected * Double(lag) / sum))
            }
            #expect(worst < 1e-12 && worstNormalised < 1e-10, "\(start): \(worst), \(worstNormalised)")
        }
    }

    @Test func transformsHaveFastLengths() {
        #expect(RealFFT.fastLength(atLeast: 1) == 1 && RealFFT.fastLength(atLeast: 1271) == 1280)
        #expect(RealFFT.fastLength(atLeast: 2731) == 3072 && RealFFT.fastLength(atLeast: 4096) == 4096)
    }

    // MARK: Tones

    @Test(arguments: [66.0, 110, 233.08, 440, 987.77]) func tonesHaveTheirPitch(frequency: Double) {
        let signal = tone(frequency)
        for track in [YIN(frames).track(signal), ProbabilisticYIN(frames).track(signal)] {
            #expect(track.frameCount == 51 && abs(track.times[50] - 0.5) < 1e-12)
            for frame in 4...46 {
                #expect(track.isVoiced[frame] && abs(cents(track.frequencies[frame], frequency)) < 3)
            }
            #expect(abs(cents(track.medianFrequency ?? 1, frequency)) < 3)
        }
    }

    @Test func noiseAroundAToneDoesNotMoveIt() {
        let signal = zip(tone(196), noise(8000)).map { $0 + 0.3 * $1 }
        let track = ProbabilisticYIN(frames).track(signal)
        for frame in 4...46 {
            #expect(track.isVoiced[frame] && abs(cents(track.frequencies[frame], 196)) < 15, "\(frame)")
        }
    }

    @Test func voicingFollowsTheSound() {
        let silence = [Double](repeating: 0, count: 8000)
        let track = ProbabilisticYIN(frames).track(silence + tone(150) + noise(8000))
        // Two frames' length away from the borders.
        #expect(!track.isVoiced[0..<44].contains(true) && !track.isVoiced[56..<94].contains(false))
        let falselyVoiced = track.isVoiced[106...].count { $0 }
        #expect(falselyVoiced <= 2)
        #expect(track.voicingProbabilities[20] == 0 && track.voicingProbabilities[75] > 0.9)
        #expect(track.voicedFrequencies[20] == 0 && track.voicedFrequencies[75] > 0)
        #expect(abs(track.voicedShare - 50 / 151) < 0.1)
    }

    @Test func whatHasNoPeriodIsUnvoiced() {
        let cases: [(String, [Double])] = [
            ("nothing", []), ("one sample", [0.5]), ("silence", [Double](repeating: 0, count: 4000)),
            ("a constant", [Double](repeating: 0.5, count: 4000)),
            ("16-bit rounding", (0..<4000).map { $0 % 2 == 0 ? 1e-7 : 0 }),
        ]
        for (name, signal) in cases {
            let track = ProbabilisticYIN(frames).track(signal)
            #expect(track.frameCount == signal.count / 160 + 1, "\(name)")
            // A constant begins and ends, which a frame or two may take for a pitch.
            let inside = track.isVoiced.indices.filter { $0 * 160 >= 512 && $0 * 160 + 512 <= signal.count }
            let voiced = inside.filter { track.isVoiced[$0] }
            #expect(voiced.isEmpty, "\(name)")
            #expect(track.frequencies.allSatisfy { $0.isFinite }, "\(name)")
            #expect(YIN(frames).track(signal).frequencies.allSatisfy { $0.isFinite }, "\(name)")
        }
        #expect(
            PitchTrack(hopDuration: 1, frequencies: [], isVoiced: [], voicingProbabilities: []).voicedShare
                == 0)
    }

    @Test func resultsDoNotDependOnThreads() {
        let before = ThreadPool.shared.threadCount
        defer { ThreadPool.shared.threadCount = before }
        let signal = zip(tone(120, seconds: 2), noise(32000)).map { $0 + 0.2 * $1 }
        let tracks = [1, 3].map { count in
            ThreadPool.shared.threadCount = count
            return ProbabilisticYIN(frames).track(signal)
        }
        let areEqual = tracks[0] == tracks[1]
        #expect(areEqual)
    }

    // MARK: The probabilistic part

    @Test func priorIsTheBetaDistribution() {
        // With integers, P(s <= x) is the probability of two or more successes of nineteen.
        let prior = ThresholdPrior()
        for x in [0.001, 0.05, 0.1, 0.33, 0.7, 1] {
            let expected = 1 - pow(1 - x, 19) - 19 * x * pow(1 - x, 18)
            #expect(abs(prior.probability(upTo: x) - expected) < 1e-5, "\(x)")
        }
        #expect(prior.probability(upTo: -1) == 0 && prior.probability(upTo: 2) == 1)
    }

    /// Asks YIN itself, threshold by threshold.
    @Test func candidatesAreWhatThresholdsChoose() {
        let prior = ThresholdPrior()
        let signal = zip(tone(170), noise(8000)).map { $0 + 0.6 * $1 }
        let model = ProbabilisticYIN(frames)
        let all = model.candidates(of: signal)
        #expect(all[25].count >= 2)
        for frame in [10, 25, 40] {
            var difference = NormalisedDifference(frameLength: 1024, maximumLag: frames.maximumLag)
            difference.load(signal, from: frame * 160 - 512)
            let troughs = (frames.minimumLag...frames.maximumLag).filter { difference.isTrough($0) }
            var expected: [Int: Double] = [:]
            let count = 20000
            for index in 0..<count {
                let (low, high) = (Double(index) / Double(count), Double(index + 1) / Double(count))
                let mass = prior.probability(upTo: high) - prior.probability(upTo: low)
                if let first = troughs.first(where: { difference.normalised[$0] < (low + high) / 2 }) {
                    expected[first, default: 0] += mass
                } else if let lowest = troughs.min(by: {
                    difference.normalised[$0] < difference.normalised[$1]
                }) {
                    expected[lowest, default: 0] += 0.01 * mass
                }
            }
            let sorted = expected.sorted { $0.key < $1.key }
            #expect(sorted.count == all[frame].count, "frame \(frame)")
            for ((lag, mass), candidate) in zip(sorted, all[frame]) {
                #expect(abs(candidate.frequency - 16000 / difference.refined(lag)) < 1e-9)
                #expect(abs(candidate.probability - mass) < 1e-3)
            }
        }
    }

    /// A dense search over all states in double precision.
    private func reference(_ observations: PitchObservations, _ steps: PitchSteps) -> Double {
        var scores: [Double] = []
        for frame in 0..<observations.frameCount {
            var emissions = [Double](repeating: -.infinity, count: 2 * steps.count)
            for step in 0..<steps.count { emissions[step] = Double(observations.unvoiced[frame]) }
            for entry in observations.entries[observations.starts[frame]..<observations.starts[frame + 1]] {
                emissions[steps.count + entry.step] = Double(entry.weight)
            }
            scores = emissions.indices.map { to in
                frame == 0
                    ? emissions[to]
                    : emissions[to]
                        + emissions.indices.map { scores[$0] + transition($0, to, steps) }.reduce(
                            -.infinity, max)
            }
        }
        return scores.reduce(-.infinity, max)
    }

    private func transition(_ from: Int, _ to: Int, _ steps: PitchSteps) -> Double {
        let move = to % steps.count - from % steps.count
        guard abs(move) <= steps.reach else { return -.infinity }
        let same = (from < steps.count) == (to < steps.count)
        return Double(steps.moves[steps.reach + move]) + Double(same ? steps.stay : steps.change)
    }

    private func score(_ path: [PitchPath.State], _ observations: PitchObservations, _ steps: PitchSteps)
        -> Double
    {
        var sum = 0.0
        for (frame, state) in path.enumerated() {
            let entries = observations.entries[observations.starts[frame]..<observations.starts[frame + 1]]
            sum +=
                state.isVoiced
                ? entries.first { $0.step == state.step }.map { Double($0.weight) } ?? -.infinity
                : Double(observations.unvoiced[frame])
            guard frame > 0 else { continue }
            let index = { (state: PitchPath.State) in state.step + (state.isVoiced ? steps.count : 0) }
            sum += transition(index(path[frame - 1]), index(state), steps)
        }
        return sum
    }

    @Test(arguments: 0..<20) func pathIsTheMostProbable(seed: Int) {
        var stream = RandomStream(seed: 4, "pitch path", seed)
        let steps = PitchSteps(
            minimum: 100, maximum: 200, resolution: 0.5, reach: 2, switchProbability: 0.05)
        #expect(steps.count == 25 && steps.reach == 4)
        let observations = PitchObservations(
            (0..<40).map { _ in
                (0..<stream.integer(0..<4)).map { _ in
                    PitchCandidate(
                        frequency: 100 + 100 * stream.uniform(), probability: 0.33 * stream.uniform())
                }
            }, steps: steps)
        let path = PitchPath(steps: steps, observations: observations).states()
        #expect(path.count == 40)
        #expect(abs(score(path, observations, steps) - reference(observations, steps)) < 1e-3)
        for length in [1, 2, 7, 20, 39, 40] {
            let blocks = PitchPath(steps: steps, observations: observations, blockLength: length).states()
            #expect(blocks == path, "blocks of \(length)")
        }
    }
}
