import StrictJSON
import Synchronization

/// What happens with a recording that cannot be used.
public enum DataPolicy: String, ConfigValue, CaseIterable, Sendable {
    /// The run ends with an error that names it.
    case error
    /// It is left out, counted and listed with the run.
    case skip
}

/// A recording that cannot be used, and why.
public struct DataIssue: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file.
    public let path: String
    /// What is wrong with it and what would be accepted, in one line without the path.
    public let problem: String

    public init(path: String, problem: String) {
        self.path = path
        self.problem = problem
    }

    /// An error of reading as an issue; its text usually begins with the path.
    init(path: String, error: any Error) {
        let text = "\(error)"
        self.init(
            path: path, problem: text.hasPrefix(path + ": ") ? String(text.dropFirst(path.count + 2)) : text)
    }

    public var description: String { "\(path): \(problem)" }
}

/// The recordings that a dataset has left out so far, each once, in the order in which they were found.
final class IssueLog: Sendable {
    private let policy: DataPolicy
    private let issues = Mutex<[DataIssue]>([])

    init(_ policy: DataPolicy) { self.policy = policy }

    var all: [DataIssue] { issues.withLock { $0 } }

    /// Notes an issue, or throws it as the policy says.
    func report(_ issue: DataIssue) throws {
        guard policy == .skip else {
            throw ExperimentError.data(
                "\(issue); mend or remove it, or set dataset.policy to \"skip\" to leave such recordings out")
        }
        note(issue)
    }

    /// Notes an issue that ends nothing, whatever the policy.
    func note(_ issue: DataIssue) {
        issues.withLock { issues in
            if !issues.contains(issue) { issues.append(issue) }
        }
    }
}
