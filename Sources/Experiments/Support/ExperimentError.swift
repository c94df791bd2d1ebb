/// What can go wrong with an experiment that is the user's to mend.
public enum ExperimentError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The config or the arguments ask for something impossible.
    case config(String)
    /// A file, folder or run that does not exist.
    case notFound(String)
    /// The data does not fit what the config asks for.
    case data(String)
    /// The training could not go on.
    case trainingFailed(String)
    /// A checkpoint that is damaged or belongs to another model.
    case checkpoint(String)
    /// What was asked for would mix what does not belong together.
    case refused(String)

    public var description: String {
        switch self {
        case .config(let text), .notFound(let text), .data(let text), .trainingFailed(let text),
            .checkpoint(let text), .refused(let text):
            text
        }
    }
}
