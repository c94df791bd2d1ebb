import Foundation
import Tensor

/// References and estimates of one mixture, checked, with the projections between them.
struct SeparationSources {
    /// [source][channel][sample]
    private let references: [[[Double]]]
    private let estimates: [[[Double]]]
    let length: Int
    private let channelCount: Int

    init(_ references: [[[Float]]], _ estimates: [[[Float]]]) throws(SeparationError) {
        guard let first = references.first?.first, !first.isEmpty else {
            throw SeparationError(description: "there are no sources")
        }
        guard references.count == estimates.count else {
            throw SeparationError(
                description: "\(references.count) references, but \(estimates.count) estimates")
        }
        length = first.count
        channelCount = references[0].count
        for (role, signals) in [("reference", references), ("estimate", estimates)] {
            for (index, signal) in signals.enumerated() {
                guard signal.count == channelCount, signal.allSatisfy({ $0.count == first.count }) else {
                    throw SeparationError(
                        description: "\(role) \(index) has another shape than the first reference")
                }
                guard signal.allSatisfy({ $0.allSatisfy(\.isFinite) }) else {
                    throw SeparationError(description: "\(role) \(index) has samples that are not finite")
                }
                guard signal.contains(where: { $0.contains { $0 != 0 } }) else {
                    throw SeparationError(description: "\(role) \(index) is silent")
                }
            }
        }
        self.references = references.map { $0.map { $0.map(Double.init) } }
        self.estimates = estimates.map { $0.map { $0.map(Double.init) } }
    }

    /// The filters that make each estimate of its own source and of all sources.
    struct Projection {
        /// [channel of the estimate][channel of the source][tap]
        let own: [[[Double]]]
        /// [channel of the estimate][source and channel][tap]
        let all: [[[Double]]]
        let source: Int
    }

    /// For each estimate; `own` says which reference is its source.
    func projections(own: (Int) -> Int) -> [Projection] {
        let equations = FilterEquations(references.flatMap { $0 }, taps: SeparationEvaluation.taps)
        let outputs = estimates.flatMap { $0 }
        let everything = equations.solve(inputs: Array(0..<references.count * channelCount), outputs: outputs)
        return estimates.indices.map { index in
            let source = own(index)
            let inputs = Array(source * channelCount..<(source + 1) * channelCount)
            return Projection(
                own: equations.solve(inputs: inputs, outputs: estimates[index]),
                all: Array(everything[index * channelCount..<(index + 1) * channelCount]), source: source)
        }
    }

    /// A stretch of an estimate with the references it is measured against.
    struct Stretch {
        /// [channel][sample]
        let estimate: [[Double]]
        /// [source][channel][sample]
        let references: [[[Double]]]
    }

    func frame(_ index: Int, _ range: Range<Int>) -> Stretch {
        Stretch(
            estimate: estimates[index].map { Array($0[range]) },
            references: references.map { $0.map { Array($0[range]) } })
    }

    func whole(_ reference: Int, estimate: Int? = nil) -> Stretch { frame(estimate ?? reference, 0..<length) }
}

extension SeparationSources.Projection {
    /// Splits a stretch of the estimate and compares the powers of its parts.
    func score(_ stretch: SeparationSources.Stretch, version3: Bool) -> SeparationScores.Frame {
        let truth = stretch.references[source]
        func isSilent(_ signals: [[Double]]) -> Bool { !signals.contains { $0.contains { $0 != 0 } } }
        if isSilent(truth) || isSilent(stretch.estimate) {
            let role = isSilent(truth) ? "reference" : "estimate"
            let result = MetricResult.undefined(reason: "the \(role) is silent here")
            return SeparationScores.Frame(
                sdr: result, isr: version3 ? nil : result, sir: result, sar: result)
        }
        let length = stretch.estimate[0].count + SeparationEvaluation.taps - 1
        let filterBank = Convolver(length: length)
        let ownSpectra = truth.map(filterBank.spectrum)
        let allSpectra = stretch.references.flatMap { $0.map(filterBank.spectrum) }
        var powers = (truth: 0.0, target: 0.0, spatial: 0.0, interference: 0.0, together: 0.0, artefacts: 0.0)
        var total = (v3: 0.0, v4: 0.0)
        for (channel, samples) in stretch.estimate.enumerated() {
            let target = filterBank.sum(ownSpectra, own[channel])
            let together = filterBank.sum(allSpectra, all[channel])
            for t in 0..<length {
                let e = t < samples.count ? samples[t] : 0
                let s = t < samples.count ? truth[channel][t] : 0
                powers.truth += s * s
                powers.target += target[t] * target[t]
                powers.spatial += (target[t] - s) * (target[t] - s)
                powers.interference += (together[t] - target[t]) * (together[t] - target[t])
                powers.together += together[t] * together[t]
                powers.artefacts += (e - together[t]) * (e - together[t])
                total.v3 += (e - target[t]) * (e - target[t])
                total.v4 += (e - s) * (e - s)
            }
        }
        func ratio(_ signal: Double, _ noise: Double) -> MetricResult {
            .number(10 * log10(signal / noise), orElse: "both powers are zero")
        }
        let alone = stretch.references.count == 1
        return SeparationScores.Frame(
            sdr: version3 ? ratio(powers.target, total.v3) : ratio(powers.truth, total.v4),
            isr: version3 ? nil : ratio(powers.truth, powers.spatial),
            sir: alone
                ? .undefined(reason: "there is only one source")
                : ratio(powers.target, powers.interference),
            sar: ratio(powers.together, powers.artefacts))
    }
}

/// Filters signals with short filters by way of their spectra.
private struct Convolver {
    private let length: Int
    private let size: Int
    private let transform: RealFourierTransform<Double>

    init(length: Int) {
        self.length = length
        var size = 1
        while size < length { size *= 2 }
        self.size = size
        transform = RealFFT.plan(length: size)
    }

    func spectrum(_ signal: [Double]) -> [Double] {
        var result = [Double](repeating: 0, count: 2 * transform.binCount)
        transform.forward(signal + [Double](repeating: 0, count: size - signal.count), interleaved: &result)
        return result
    }

    /// The filtered signals added up.
    func sum(_ spectra: [[Double]], _ filters: [[Double]]) -> [Double] {
        var total = [Double](repeating: 0, count: 2 * transform.binCount)
        let scale = 1 / Double(size)
        for (x, filter) in zip(spectra, filters) {
            let h = spectrum(filter)
            for k in 0..<transform.binCount {
                total[2 * k] += scale * (x[2 * k] * h[2 * k] - x[2 * k + 1] * h[2 * k + 1])
                total[2 * k + 1] += scale * (x[2 * k] * h[2 * k + 1] + x[2 * k + 1] * h[2 * k])
            }
        }
        var result = [Double](repeating: 0, count: size)
        transform.inverse(interleaved: total, &result)
        return Array(result[0..<length])
    }
}
