import Foundation
import StrictJSON
import Tensor
import Tracking

/// Records a training in its run: points, checkpoints, events.
final class RunObserver: TrainingObserver {
    private let recorder: RunRecorder
    private let reporter: any RunReporter
    private let folder: CheckpointFolder
    private let clips: Int
    private var validation = ""
    private var lastStep = 0
    private(set) var clock: TrainingClock
    private let startedSeconds: Double
    private let start = DispatchTime.now().uptimeNanoseconds

    /// - Parameters:
    ///   - clips: clips in a step.
    ///   - observed: what an earlier attempt stored with the checkpoint that the training goes on from.
    init(
        _ recorder: RunRecorder, reporter: any RunReporter, clips: Int, observed: JSONObject? = nil
    ) throws {
        self.recorder = recorder
        self.reporter = reporter
        self.clips = clips
        folder = Self.checkpoints(of: recorder)
        clock =
            try observed.map { try TrainingClock.decode(.object($0), at: "observed", onto: nil) }
            ?? TrainingClock()
        startedSeconds = clock.totalSeconds
    }

    /// The checkpoints of a run that is being written.
    static func checkpoints(of recorder: RunRecorder) -> CheckpointFolder {
        CheckpointFolder(recorder.directory.appending(path: "checkpoints"))
    }

    func handle(_ event: TrainingEvent) throws {
        switch event {
        case .started(let started):
            try declareMetrics()
            lastStep = max(0, started.first - 1)
            reporter.begin("train", total: started.steps, unit: "steps", done: started.first)
        case .step(let step): try handle(step)
        case .validated(let step, let metrics, _):
            for metric in metrics { try recorder.log(metric.name, step: step, value: metric.value) }
            func value(_ name: String) -> Double { metrics.first { $0.name == name }?.value ?? .nan }
            clock.validationSeconds += value("time/validation_seconds")
            if let memory = Resources.residentMemoryMiB {
                try recorder.log("memory/resident_mib", step: step, value: memory)
            }
            validation = String(
                format: "validation: loss %.3f, SI-SDR %.2f dB, LSD %.2f dB", value("validation/loss"),
                value("validation/si_sdr"), value("validation/lsd_db"))
        case .checkpoint(let roles, let checkpoint):
            // The log must never end before the checkpoint: training goes on from it, and what came before would
            // be missing for good.
            try recorder.flush()
            clock.totalSeconds = totalSeconds
            let written = try folder.write(
                checkpoint, as: roles, observed: clock.json.objectValue ?? [:])
            try register(written)
        case .nonFinite(let step, let inARow):
            let text = "step \(step) skipped: a loss or gradient is not finite (\(inARow) in a row)"
            try recorder.event(.warning, text)
            reporter.message("warning: " + text)
        case .endedEarly(let step, let validations):
            let text = "training ends with step \(step): \(validations) validations without a lower loss"
            try recorder.event(.info, text)
            reporter.message(text)
        }
    }

    private func declareMetrics() throws {
        try recorder.declare("train/loss", goal: .min)
        try recorder.declare("validation/loss", goal: .min)
        try recorder.declare("validation/si_sdr", unit: "dB", goal: .max)
        try recorder.declare("validation/lsd_db", unit: "dB", goal: .min)
        try recorder.declare("data_wait", unit: "%", goal: .none)
        try recorder.declare("memory/resident_mib", unit: "MiB", goal: .none)
        try recorder.declare("memory/peak_mib", unit: "MiB", goal: .min)
        try recorder.declare("memory/peak_tensors_mib", unit: "MiB", goal: .min)
    }

    private func handle(_ step: TrainingEvent.Step) throws {
        for metric in step.metrics {
            try recorder.log(metric.name, step: step.number, value: metric.value)
        }
        let loss = step.metrics.first?.value ?? .nan
        clock.add(loss: loss, seconds: step.seconds, waited: step.waited)
        try recorder.log("time/step_seconds", step: step.number, value: step.seconds)
        try recorder.log("time/wait_seconds", step: step.number, value: step.waited)
        try recorder.log("data_wait", step: step.number, value: clock.waitShare)
        try recorder.setLastStep(step.number)
        lastStep = step.number
        reporter.update(
            step.number + 1,
            TrainingView(
                loss: loss, smoothedLoss: clock.smoothedLoss, clips: clips, waitShare: clock.waitShare,
                validation: validation))
    }

    /// Seconds of training over all attempts.
    private var totalSeconds: Double {
        startedSeconds + Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
    }

    /// Notes what the training took when it is over, whatever its end was: time, and the largest memory of the
    /// process and of tensors that were alive at once. Errors are left to whoever closes the run, which needs
    /// the same database.
    func recordCost() {
        let tensors = BufferPool.shared.statistics.peakLiveBytes.mebibytes
        try? recorder.log("time/training_minutes", step: lastStep, value: totalSeconds / 60)
        try? recorder.log("memory/peak_mib", step: lastStep, value: Double(Resources.peakMemoryMiB))
        try? recorder.log("memory/peak_tensors_mib", step: lastStep, value: tensors)
    }

    /// Enters the files of checkpoints in place of those that they replace.
    private func register(_ written: [CheckpointFolder.Written]) throws {
        for checkpoint in written {
            try recorder.replaceArtifacts(
                kind: "checkpoint", role: checkpoint.role.rawValue, step: checkpoint.step,
                with: checkpoint.files.map { file in
                    RunFileFacts(
                        path: "checkpoints/" + file.name, name: file.name, sha256: file.sha256 ?? "",
                        bytes: file.bytes,
                        mime: file.name.hasSuffix(".json") ? "application/json" : "application/octet-stream")
                })
        }
    }

    /// Enters all checkpoints there are and takes out those there are no more, after an attempt was cut short.
    func registerAll() throws {
        let written = try folder.listed()
        try recorder.removeArtifacts(kind: "checkpoint", except: written.map(\.role.rawValue))
        try register(written)
    }
}
