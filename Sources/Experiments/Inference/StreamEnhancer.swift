import Audio
import Tensor

/// Which stage's result is wanted.
public enum ResultStage: String, Sendable, CaseIterable {
    /// Denoising alone.
    case stage1
    /// All stages of the model.
    case final
}

/// Enhances a signal of any length at the model's rate, in pieces, with bounded memory.
///
/// The network runs over `coreFrames` frames at a time with enough context on both sides that the result equals
/// that of the whole signal at once: there are no seams. Channels share their gains, which come from their mean.
public final class StreamEnhancer {
    private let model: DualStageModel
    private let frontEnd: FrontEnd
    private let stage: ResultStage
    private let levelGain: Double
    private let totalSamples: Int
    private let totalFrames: Int
    private let coreFrames: Int
    private let context: Int
    private let fft: RealFFT
    private let window: [Double]

    /// Samples from `inputStart` on, per channel.
    private var input: [[Float]]
    private var inputStart = 0
    private var received = 0
    /// Output not yet given out, from `outputStart` on, per channel.
    private var sums: [[Double]]
    private var outputStart = 0
    /// The next frame to be enhanced.
    private var nextFrame = 0
    /// Log-mel of frames `featureStart` and on.
    private var features: [Float] = []
    private var featureStart = 0
    private var featureEnd = 0

    /// - Parameters:
    ///   - totalSamples: the length of the signal.
    ///   - levelGain: brings the signal to the reference level (`ActiveLevelMeter`).
    ///   - coreFrames: frames enhanced at a time; rounded up to what the model takes.
    public init(
        model: DualStageModel, frontEnd: FrontEnd, channels: Int, totalSamples: Int, levelGain: Double,
        stage: ResultStage = .final, coreFrames: Int = 2048
    ) {
        self.model = model
        self.frontEnd = frontEnd
        self.stage = stage
        self.levelGain = levelGain
        self.totalSamples = totalSamples
        let multiple = model.frameMultiple
        totalFrames = totalSamples / frontEnd.config.hopLength + 1
        self.coreFrames = (max(1, coreFrames) + multiple - 1) / multiple * multiple
        context = (model.context + multiple - 1) / multiple * multiple
        fft = RealFFT.plan(length: frontEnd.config.fftSize)
        window = frontEnd.stft.window
        input = [[Float]](repeating: [], count: channels)
        sums = [[Double]](repeating: [], count: channels)
    }

    private var hop: Int { frontEnd.config.hopLength }
    private var size: Int { frontEnd.config.fftSize }

    /// Takes samples per channel and gives those of the output that are complete.
    public func push(_ samples: [[Float]]) -> [[Float]] {
        for channel in input.indices { input[channel] += samples[channel] }
        received += samples.first?.count ?? 0
        var output = [[Float]](repeating: [], count: input.count)
        while let piece = enhanceNext() {
            for channel in output.indices { output[channel] += piece[channel] }
        }
        return output
    }

    /// The next piece of output, if the samples it needs have come.
    private func enhanceNext() -> [[Float]]? {
        guard nextFrame < totalFrames else { return nil }
        let coreEnd = min(nextFrame + coreFrames, totalFrames)
        let lastNeeded = min(coreEnd + context, totalFrames)
        let samplesNeeded = min(totalSamples, (lastNeeded - 1) * hop + size / 2)
        guard received >= samplesNeeded else { return nil }

        // Features, with mirrored frames to fill up the last multiple.
        let start = max(0, nextFrame - context)
        analyseFeatures(upTo: lastNeeded, from: start)
        let multiple = model.frameMultiple
        let count = (lastNeeded - start + multiple - 1) / multiple * multiple
        let bands = frontEnd.bands
        var mel = Array(features[((start - featureStart) * bands)...])
        for frame in (lastNeeded - start)..<count {
            let mirrored = max(0, 2 * (lastNeeded - start - 1) - frame)
            mel += mel[mirrored * bands..<(mirrored + 1) * bands]
        }
        let gains = Tape.withoutRecording { () -> Tensor in
            let output = model(Tensor(mel, shape: [1, count, bands, 1]), mode: .evaluation)
            let logGain = stage == .stage1 ? output.logGain1 : output.logGain
            let core = logGain.slice(axis: 1, nextFrame - start..<coreEnd - start)
            return model.binGains(core, interpolation: frontEnd.interpolation)
        }
        synthesise(nextFrame..<coreEnd, gains: gains)
        nextFrame = coreEnd
        return takeOutput()
    }

    /// The samples of a frame, windowed. Beyond its ends the signal is mirrored, as in training: a hard end would
    /// splatter over all frequencies, and large gains would turn that into a click.
    private func frame(_ index: Int, channel: Int?, scale: Double) -> [Double] {
        var result = [Double](repeating: 0, count: size)
        let first = index * hop - size / 2
        for offset in 0..<size {
            var position = abs(first + offset)
            if position >= totalSamples { position = 2 * (totalSamples - 1) - position }
            let at = position - inputStart
            guard at >= 0, at < input[0].count else { continue }
            var sample = 0.0
            if let channel {
                sample = Double(input[channel][at])
            } else {
                for channel in input.indices { sample += Double(input[channel][at]) }
                sample /= Double(input.count)
            }
            result[offset] = sample * scale * window[offset]
        }
        return result
    }

    private func analyseFeatures(upTo end: Int, from start: Int) {
        let drop = start - featureStart
        if drop > 0 {
            features.removeFirst(min(features.count, drop * frontEnd.bands))
            featureStart = start
        }
        while featureEnd < end {
            let spectrum = fft.forward(frame(featureEnd, channel: nil, scale: levelGain))
            let magnitude = spectrum.real.indices.map {
                Float(
                    (spectrum.real[$0] * spectrum.real[$0] + spectrum.imaginary[$0] * spectrum.imaginary[$0])
                        .squareRoot())
            }
            features += frontEnd.logMel(magnitude)
            featureEnd += 1
        }
    }

    /// Adds frames with their gains to the output.
    private func synthesise(_ frames: Range<Int>, gains: Tensor) {
        let bins = frontEnd.bins
        gains.withValues { gains in
            for channel in input.indices {
                for index in frames {
                    var spectrum = fft.forward(frame(index, channel: channel, scale: 1))
                    for bin in 0..<bins {
                        let gain = Double(gains[(index - frames.lowerBound) * bins + bin])
                        spectrum.real[bin] *= gain
                        spectrum.imaginary[bin] *= gain
                    }
                    let signal = fft.inverse(real: spectrum.real, imaginary: spectrum.imaginary)
                    let first = index * hop - size / 2
                    let needed = first + size - outputStart
                    if sums[channel].count < needed {
                        sums[channel] += [Double](repeating: 0, count: needed - sums[channel].count)
                    }
                    for offset in 0..<size where first + offset >= outputStart {
                        sums[channel][first + offset - outputStart] +=
                            signal[offset] * window[offset] / Double(size)
                    }
                }
            }
        }
    }

    /// Samples to which no later frame adds, divided by the sum of squared windows there.
    private func takeOutput() -> [[Float]] {
        let end = nextFrame >= totalFrames ? totalSamples : max(0, nextFrame * hop - size / 2)
        let count = max(0, end - outputStart)
        var result = [[Float]](repeating: [], count: sums.count)
        var weights = [Double](repeating: 0, count: count)
        for position in outputStart..<max(outputStart, end) {
            var frame = max(0, (position - size / 2) / hop)
            while frame < totalFrames, frame * hop - size / 2 <= position {
                let offset = position - (frame * hop - size / 2)
                if offset < size { weights[position - outputStart] += window[offset] * window[offset] }
                frame += 1
            }
        }
        for channel in sums.indices {
            result[channel] = (0..<count).map { index in
                let weight = weights[index]
                return index < sums[channel].count && weight > 1e-9 ? Float(sums[channel][index] / weight) : 0
            }
            sums[channel].removeFirst(min(count, sums[channel].count))
        }
        outputStart += count
        // Later frames start at (nextFrame) and later features at featureEnd, which is not before it.
        let keepFrom = max(0, nextFrame * hop - size / 2)
        if keepFrom > inputStart {
            let drop = min(keepFrom - inputStart, input[0].count)
            for channel in input.indices { input[channel].removeFirst(drop) }
            inputStart += drop
        }
        return result
    }

    /// Enhances a whole mono signal.
    public static func enhance(
        _ samples: [Float], model: DualStageModel, frontEnd: FrontEnd, stage: ResultStage = .final,
        coreFrames: Int = 2048
    ) -> [Float] {
        let enhancer = StreamEnhancer(
            model: model, frontEnd: frontEnd, channels: 1, totalSamples: samples.count,
            levelGain: frontEnd.levelGain(samples), stage: stage, coreFrames: coreFrames)
        return enhancer.push([samples])[0]
    }
}
