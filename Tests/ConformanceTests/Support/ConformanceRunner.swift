import Synchronization
import Tensor

/// How a case ended.
enum ConformanceOutcome: Sendable {
    case passed
    case failed(String)
    case unsupported(String)
}

enum ConformanceRunner {
    /// How to run each kind of case.
    static let kinds: [String: @Sendable (CaseRun) throws -> Void] = [
        "op": OperationKind.run, "double_backward": DoubleBackwardKind.run, "module": ModuleKind.run,
        "error": RefusalKind.run, "graph": GraphKind.run, "optimizer": OptimiserKind.run,
        "lr_scheduler": ScheduleKind.run, "gradient_penalty": GradientPenaltyKind.run,
        "stats": StatisticsKind.run, "train": TrainingKind.run,
    ]

    static func outcome(_ instance: ConformanceCase, _ tensors: SafetensorsFile) -> ConformanceOutcome {
        guard let kind = kinds[instance.kind] else {
            return .unsupported("there is no kind \(instance.kind)")
        }
        do {
            try CaseThread.run { try kind(CaseRun(instance: instance, tensors: tensors)) }
            return .passed
        } catch let reason as Unsupported {
            return .unsupported(reason.description)
        } catch {
            return .failed("\(error)")
        }
    }
}
