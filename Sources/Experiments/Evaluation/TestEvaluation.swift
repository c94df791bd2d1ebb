import Audio
import Foundation
import Metrics
import Tensor

/// Something whose result is scored on the test list, a row of the closing table.
public enum TestSubject: Sendable, Hashable {
    /// The degraded recording as it is.
    case input
    /// A classical method.
    case baseline(Baseline)
    /// The best that a mask on the spectrogram could reach, made with the clean signal.
    case oracle(OracleMask.Kind)
    /// A checkpoint's stage 1 alone, or all its stages.
    case model(CheckpointRole, ResultStage)

    /// The key under which scores are stored.
    public var key: String {
        switch self {
        case .input: "input"
        case .baseline(let baseline): baseline.rawValue
        case .oracle(let kind): "oracle_\(kind.rawValue)"
        case .model(let role, let stage): stage == .final ? role.rawValue : "\(role.rawValue)/stage1"
        }
    }
}

/// The scores of one subject on one item.
public struct TestScore: Sendable {
    public let subject: TestSubject
    public let item: EvaluationItem
    public let seconds: Double
    /// Of the item's samples, clean and degraded: equal items have it whatever list they stand in.
    public let sha256: String
    /// In the order of `ObjectiveMetrics.ofRuns`.
    public let results: [(metric: any ObjectiveMetric, result: MetricResult)]
}

/// Scores enhancers on a dataset's frozen test list.
public struct TestEvaluation {
    public let dataset: any Dataset
    public let frontEnd: FrontEnd
    /// Checkpoints by role.
    public let models: [(role: CheckpointRole, model: DualStageModel)]

    public init(
        dataset: any Dataset, frontEnd: FrontEnd, models: [(role: CheckpointRole, model: DualStageModel)]
    ) {
        self.dataset = dataset
        self.frontEnd = frontEnd
        self.models = models
    }

    /// The rows of the table, in order.
    public var subjects: [TestSubject] {
        [.input, .baseline(.spectralSubtraction), .baseline(.wiener)]
            + models.flatMap { role, model -> [TestSubject] in
                (model.stage2 == nil ? [] : [.model(role, .stage1)]) + [.model(role, .final)]
            }
            + [.oracle(.phaseSensitive)]
    }

    /// What is made of one test item.
    public struct Example {
        public let item: EvaluationItem
        public let pair: AlignedPair
        /// Results by subject.
        public let results: [(subject: TestSubject, samples: [Float])]
    }

    /// Enhances and scores every item.
    /// - Parameters:
    ///   - onExample: sees every item with its results, for example to keep audio of some.
    ///   - progress: called with the number of items done.
    public func run(
        split: EvaluationSplit = .test, onExample: (Example) throws -> Void = { _ in },
        progress: (Int) -> Void = { _ in }, shouldStop: () -> Bool = { false }
    ) throws -> [TestScore] {
        var scores: [TestScore] = []
        let rate = frontEnd.config.sampleRate
        for (index, item) in dataset.items(split).enumerated() {
            if shouldStop() { throw CancellationError() }
            let pair = try dataset.pair(item, of: split)
            let digest = pair.sha256(sampleRate: rate)
            let results = subjects.map { subject in
                let samples =
                    enhancer(subject, clean: pair.clean)?.enhance(pair.degraded, sampleRate: rate)
                    ?? pair.degraded
                return (
                    subject: subject, samples: samples,
                    pair: MetricPair(reference: pair.clean, estimate: samples, sampleRate: rate)
                )
            }
            // Metrics are independent of each other and run in parallel; the order of results is fixed.
            let metrics = ObjectiveMetrics.ofRuns
            let measured = Self.parallelMap(results.flatMap { result in metrics.map { (result.pair, $0) } }) {
                $1.score($0)
            }
            let scored = results.enumerated().map { place, result in
                TestScore(
                    subject: result.subject, item: item, seconds: Double(pair.clean.count) / Double(rate),
                    sha256: digest,
                    results: metrics.indices.map { (metrics[$0], measured[place * metrics.count + $0]) })
            }
            scores += scored
            try onExample(
                Example(item: item, pair: pair, results: results.map { ($0.subject, $0.samples) }))
            progress(index + 1)
        }
        return scores
    }

    /// What makes a subject's result; nil for the input itself.
    private func enhancer(_ subject: TestSubject, clean: [Float]) -> (any Enhancer)? {
        switch subject {
        case .input: nil
        case .baseline(let baseline): baseline.enhancer()
        case .oracle(let kind): OracleMask(kind, clean: clean)
        case .model(let role, let stage):
            models.first { $0.role == role }.map {
                ModelEnhancer(model: $0.model, frontEnd: frontEnd, stage: stage)
            }
        }
    }

    private static func parallelMap<Element: Sendable, Result: Sendable>(
        _ elements: [Element], _ transform: @Sendable (Element) -> Result
    ) -> [Result] {
        var slots = [Result?](repeating: nil, count: elements.count)
        slots.withUnsafeMutableBufferPointer { buffer in
            nonisolated(unsafe) let places = buffer
            ThreadPool.shared.run(elements.count) { places[$0] = transform(elements[$0]) }
        }
        return slots.compactMap { $0 }
    }
}
