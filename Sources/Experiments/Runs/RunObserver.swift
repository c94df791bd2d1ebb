import Foundation
import Tensor
import Tracking

/// Records a training in its run: points, checkpoints, events.
final class RunObserver: TrainingObserver {
    private let recorder: RunRecorder
    private let reporter: any RunReporter
    private var lastValidation = ""
    private var lastStep = 0
    private var smoothedLoss: Double?
    /// Seconds of all steps so far, and those of them spent waiting for data.
    private var (stepSeconds, waitSeconds, validationSeconds) = (0.0, 0.0, 0.0)
    private var checkpoints: [CheckpointRole: (step: Int, files: [String])] = [:]

    init(_ recorder: RunRecorder, reporter: any RunReporter) {
        self.recorder = recorder
        self.reporter = reporter
    }

    /// The folder of a run's checkpoints.
    static func checkpoints(of recorder: RunRecorder) -> URL {
        recorder.directory.appending(path: "checkpoints")
    }

    func handle(_ event: TrainingEvent) throws {
        switch event {
        case .started(let started):
            try recorder.declare("train/loss", goal: .min)
            try recorder.declare("validation/loss", goal: .min)
            try recorder.declare("validation/si_sdr", unit: "dB", goal: .max)
            try recorder.declare("validation/lsd_db", unit: "dB", goal: .min)
            try recorder.declare("data_wait", unit: "%", goal: .none)
            try recorder.declare("memory/peak_mib", unit: "MiB", goal: .min)
            try recorder.declare("memory/peak_tensors_mib", unit: "MiB", goal: .min)
            reporter.begin("train", total: started.steps, unit: "steps")
        case .step(let step):
            for metric in step.metrics {
                try recorder.log(metric.name, step: step.number, value: metric.value)
            }
            try recorder.log("time/step_seconds", step: step.number, value: step.seconds)
            try recorder.log("time/wait_seconds", step: step.number, value: step.waited)
            stepSeconds += step.seconds
            waitSeconds += step.waited
            try recorder.log("data_wait", step: step.number, value: waitShare)
            try recorder.setLastStep(step.number)
            lastStep = step.number
            let loss = step.metrics.first?.value ?? .nan
            if loss.isFinite { smoothedLoss = smoothedLoss.map { 0.95 * $0 + 0.05 * loss } ?? loss }
            let shown = smoothedLoss.map { String(format: "loss %.3f", $0) } ?? ""
            reporter.update(step.number + 1, tail: shown + lastValidation)
        case .validated(let step, let metrics, _):
            for metric in metrics { try recorder.log(metric.name, step: step, value: metric.value) }
            validationSeconds += metrics.first { $0.name == "time/validation_seconds" }?.value ?? 0
            func value(_ name: String) -> Double { metrics.first { $0.name == name }?.value ?? .nan }
            lastValidation = String(
                format: "  validation: loss %.3f, SI-SDR %.2f dB, LSD %.2f dB", value("validation/loss"),
                value("validation/si_sdr"), value("validation/lsd_db"))
        case .checkpoint(let role, let checkpoint):
            let folder = Self.checkpoints(of: recorder)
            checkpoints[role] = (
                checkpoint.step, try checkpoint.write(role, to: folder, withTraining: role == .last)
            )
        case .nonFinite(let step, let inARow):
            let text = "step \(step) skipped: a loss or gradient is not finite (\(inARow) in a row)"
            try recorder.event(.warning, text)
            reporter.message("warning: " + text)
        }
    }

    /// The share of the training time so far that was spent waiting for data, in percent; validation does not count.
    var waitShare: Double { stepSeconds > 0 ? 100 * waitSeconds / stepSeconds : 0 }

    /// What the validations took so far, in words: it is time that did not train.
    var validationCost: String {
        String(
            format: "validations took %.0f s, %.1f %% of the training time", validationSeconds,
            100 * validationSeconds / max(1e-9, stepSeconds + validationSeconds))
    }

    /// Notes the largest memory so far: of the process, and of tensors that were alive at once. Errors are left
    /// to whoever closes the run, which needs the same database.
    func recordMemory() {
        let tensors = BufferPool.shared.statistics.peakLiveBytes.mebibytes
        try? recorder.log("memory/peak_mib", step: lastStep, value: Double(Resources.peakMemoryMiB))
        try? recorder.log("memory/peak_tensors_mib", step: lastStep, value: tensors)
    }

    /// Enters the checkpoints that are there, once, when training is over: before, they come and go.
    func registerCheckpoints() throws {
        for role in CheckpointRole.allCases {
            guard let (step, files) = checkpoints[role] else { continue }
            for name in files {
                try recorder.addArtifact(
                    .runFile("checkpoints/" + name), kind: "checkpoint", role: role.rawValue, name: name,
                    step: step,
                    mime: name.hasSuffix(".json") ? "application/json" : "application/octet-stream")
            }
        }
    }
}
