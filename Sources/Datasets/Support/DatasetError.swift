/// What can go wrong with recordings that is the user's to mend. Each text is one line: what, where, and what
/// would be accepted.
public enum DatasetError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A file, folder or set that does not exist.
    case notFound(String)
    /// Arguments or a recipe that ask for something impossible.
    case recipe(String)
    /// A package that cannot be had or is not what the recipe says.
    case package(String)
    /// A file that is damaged.
    case corrupt(String)
    /// The disk does not take what is written.
    case writing(String)

    public var description: String {
        switch self {
        case .notFound(let text), .recipe(let text), .package(let text), .corrupt(let text),
            .writing(let text):
            text
        }
    }
}
