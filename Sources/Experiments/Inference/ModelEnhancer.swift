import Audio

/// A trained model as an enhancer of clips in memory.
public struct ModelEnhancer: Enhancer {
    public let model: DualStageModel
    public let frontEnd: FrontEnd
    public let stage: ResultStage

    public var name: String { stage == .final ? "model" : "model, stage 1" }

    public init(model: DualStageModel, frontEnd: FrontEnd, stage: ResultStage = .final) {
        self.model = model
        self.frontEnd = frontEnd
        self.stage = stage
    }

    /// - Parameter sampleRate: must be the model's.
    public func enhance(_ samples: [Float], sampleRate: Int) -> [Float] {
        StreamEnhancer.enhance(samples, model: model, frontEnd: frontEnd, stage: stage)
    }
}
