/// A config that a file picks by its kind, such as one of several datasets or losses.
public protocol Component: Configurable {
    /// The name that the file gives under the key `kind`; the same for all time.
    static var kind: String { get }

    /// One line of help.
    static var summary: String { get }
}

/// The components that can stand in one place of a config: a name and one array.
public protocol Registry: Sendable {
    /// The protocol that the components of this registry share, as in `typealias Item = any Dataset`.
    associatedtype Item = any Component

    /// What the components are called in error texts, in the singular: `dataset`.
    static var name: String { get }

    /// Every component there is. Each conforms to `Item`'s protocol.
    static var kinds: [any Component.Type] { get }
}

extension Registry {
    /// The component type of a kind, or `nil` if there is none.
    public static func type(of kind: String) -> (any Component.Type)? {
        kinds.first { $0.kind == kind }
    }

    /// Help: every kind with its summary and its keys.
    public static var descriptions: [(kind: String, summary: String, fields: [FieldDescription])] {
        kinds.map { ($0.kind, $0.summary, $0.descriptions) }
    }
}
