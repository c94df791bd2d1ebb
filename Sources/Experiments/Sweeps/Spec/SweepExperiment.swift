import StrictJSON

/// The base experiment of a sweep, ready to be changed.
///
/// It holds the file's text as it was, so that a sweep that goes on tomorrow changes the experiment of today.
public struct SweepExperiment: Sendable {
    /// The file as the sweep names it, for errors.
    public let file: String
    /// The content of the file.
    public let base: JSONValue
    /// The experiment that it describes, defaults filled in.
    public let resolved: JSONValue
    private let document: JSONDocument

    /// - Parameters:
    ///   - file: the experiment, from the working folder.
    ///   - changes: what all trials share.
    /// - Throws: `JSONError` if the file is missing or is no experiment with these changes.
    public init(contentsOf file: String, changes: Assignment = Assignment()) throws {
        try self.init(JSONDocument(contentsOf: file), file: file, changes: changes)
    }

    /// - Parameter base: the content of a file that was read earlier, changes included.
    public init(_ base: JSONValue, file: String) throws {
        try self.init(JSONDocument(base.compactText, file: file), file: file, changes: Assignment())
    }

    private init(_ document: JSONDocument, file: String, changes: Assignment) throws {
        var document = document
        for text in changes.overrides() { try document.apply(Override(text)) }
        self.file = file
        self.document = document
        base = document.value
        resolved = try document.decode(ExperimentConfig.self).json
    }

    /// The whole experiment of a trial.
    ///
    /// - Throws: `JSONError` that names the change that is to blame.
    public func config(_ assignment: Assignment, seed: Int) throws -> ExperimentConfig {
        var document = document
        for text in assignment.overrides(seed: seed) { try document.apply(Override(text)) }
        return try document.decode(ExperimentConfig.self)
    }

    /// What trials of a configuration share, whatever their seed: the `params_hash` of their rows.
    public func hash(_ assignment: Assignment) throws -> String {
        try config(assignment, seed: 0).json.stableHash(leavingOut: ExperimentConfig.pathsOutsideGroup)
    }

    /// Whether every key of a condition has its value, the assignment's changes considered.
    func satisfies(_ condition: NamedValues<JSONValue>, _ assignment: Assignment) -> Bool {
        var changed = document
        for text in assignment.overrides() {
            guard let override = try? Override(text), (try? changed.apply(override)) != nil else {
                return false
            }
        }
        return condition.members.allSatisfy { key, value in
            let path = JSONPath(key)
            return (changed.value[path] ?? resolved[path]) == value
        }
    }

    /// The keys of the resolved experiment, those of whole objects included.
    public var keys: [String] {
        var found: [String] = []
        for entry in resolved.flatten() {
            var path = JSONPath(entry.path)
            var inner: [String] = []
            while !path.isEmpty, !found.contains("\(path)") {
                inner.append(path.components.joined(separator: "."))
                path.components.removeLast()
            }
            found += inner.reversed()
        }
        return found
    }
}
