import StrictJSON

/// Where the time of a training went, over all attempts, and the loss that people see.
///
/// It is stored with each checkpoint, so that a training that goes on tells of the whole and not of a part.
struct TrainingClock: Configurable {
    /// Seconds of all steps, and those of them spent waiting for data.
    var (stepSeconds, waitSeconds) = (0.0, 0.0)
    var validationSeconds = 0.0
    /// Seconds from beginning to now, whatever they went into.
    var totalSeconds = 0.0
    var smoothedLoss: Double?

    static let fields: [Field<Self>] = [
        Field("step_seconds", \.stepSeconds, "time of all steps"),
        Field("wait_seconds", \.waitSeconds, "part of it that waited for data"),
        Field("validation_seconds", \.validationSeconds, "time of all validations"),
        Field("total_seconds", \.totalSeconds, "time of the training, checkpoints included"),
        Field("smoothed_loss", \.smoothedLoss, "running mean of the loss"),
    ]

    mutating func add(loss: Double, seconds: Double, waited: Double) {
        stepSeconds += seconds
        waitSeconds += waited
        if loss.isFinite { smoothedLoss = smoothedLoss.map { 0.95 * $0 + 0.05 * loss } ?? loss }
    }

    /// The share of the training time that was spent waiting for data, in percent; validation does not count.
    var waitShare: Double { stepSeconds > 0 ? 100 * waitSeconds / stepSeconds : 0 }

    /// What the validations took, in words: it is time that did not train.
    var validationCost: String {
        let share = 100 * validationSeconds / max(1e-9, stepSeconds + validationSeconds)
        return "validations took \(Int(validationSeconds.rounded())) s, "
            + "\((share * 10).rounded() / 10) % of the training time"
    }
}
