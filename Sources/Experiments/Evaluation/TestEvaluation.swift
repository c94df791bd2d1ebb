import Audio
import Foundation
import Metrics
import Tensor

/// Something whose result is scored on the test list, a row of the closing table.
public enum TestSubject: Sendable, Hashable {
    /// The degraded recording as it is.
    case input
    /// The classical baseline.
    case spectralSubtraction
    /// A checkpoint's stage 1 alone, or all its stages.
    case model(CheckpointRole, ResultStage)

    /// The key under which scores are stored.
    public var key: String {
        switch self {
        case .input: "input"
        case .spectralSubtraction: "spectral_subtraction"
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
    /// By metric name.
    public let results: [(metric: String, result: MetricResult)]
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
        [.input, .spectralSubtraction]
            + models.flatMap { role, model -> [TestSubject] in
                (model.stage2 == nil ? [] : [.model(role, .stage1)]) + [.model(role, .final)]
            }
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
        let baseline = SpectralSubtraction()
        let rate = frontEnd.config.sampleRate
        for (index, item) in dataset.items(split).enumerated() {
            if shouldStop() { throw CancellationError() }
            let pair = try dataset.pair(item, of: split)
            let digest = pair.sha256(sampleRate: rate)
            var results: [(subject: TestSubject, samples: [Float])] = []
            for subject in subjects {
                let samples: [Float]
                switch subject {
                case .input: samples = pair.degraded
                case .spectralSubtraction: samples = baseline.enhance(pair.degraded, sampleRate: rate)
                case .model(let role, let stage):
                    guard let model = models.first(where: { $0.role == role })?.model else { continue }
                    samples = StreamEnhancer.enhance(
                        pair.degraded, model: model, frontEnd: frontEnd, stage: stage)
                }
                results.append((subject, samples))
            }
            // Metrics are independent of each other and run in parallel; the order of results is fixed.
            let scored = Self.parallelMap(results) { result in
                TestScore(
                    subject: result.subject, item: item, seconds: Double(pair.clean.count) / Double(rate),
                    sha256: digest,
                    results: ObjectiveMetrics.ofRuns.map {
                        ($0.name, $0.score(reference: pair.clean, estimate: result.samples, sampleRate: rate))
                    })
            }
            scores += scored
            try onExample(Example(item: item, pair: pair, results: results))
            progress(index + 1)
        }
        return scores
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
