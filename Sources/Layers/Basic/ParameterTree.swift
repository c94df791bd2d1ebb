import Tensor

/// The parameters and buffers below an object, with their paths (`stage1.down.0.convolution.weight`).
public struct ParameterTree {
    public private(set) var parameters: [(path: String, parameter: Parameter)] = []
    public private(set) var buffers: [(path: String, buffer: Buffer)] = []

    /// Walks the stored properties of a layer or of any object or structure made of layers, in the order of
    /// their declaration.
    public init(_ root: Any) { visit(root, path: "") }

    private mutating func visit(_ value: Any, path: String) {
        switch value {
        case let parameter as Parameter: parameters.append((path, parameter))
        case let buffer as Buffer: buffers.append((path, buffer))
        default:
            for (name, child) in Self.children(of: value) {
                visit(child, path: name.isEmpty ? path : join(path, name))
            }
        }
    }

    /// What a value is made of, with the names that paths use; an optional's content has none.
    static func children(of value: Any) -> [(name: String, value: Any)] {
        let mirror = Mirror(reflecting: value)
        switch mirror.displayStyle {
        case .optional: return mirror.children.map { ("", $0.value) }
        case .collection: return mirror.children.enumerated().map { ("\($0)", $1.value) }
        case .class, .struct, .tuple:
            if value is Tensor { return [] }
            var result: [(name: String, value: Any)] = []
            var ancestor: Mirror? = mirror
            while let level = ancestor {
                result += level.children.compactMap { child in child.label.map { ($0, child.value) } }
                ancestor = level.superclassMirror
            }
            return result
        default: return []
        }
    }

    private func join(_ path: String, _ name: String) -> String { path.isEmpty ? name : path + "." + name }

    /// The number of trained numbers.
    public var parameterCount: Int { parameters.reduce(0) { $0 + $1.parameter.value.count } }

    /// All values by path, parameters and buffers.
    public var state: [String: Tensor] {
        var result: [String: Tensor] = [:]
        for (path, parameter) in parameters { result[path] = parameter.value }
        for (path, buffer) in buffers { result[path] = buffer.value }
        return result
    }

    /// Replaces every value. Nothing is changed if a path is missing or unknown, or a shape differs.
    public func load(_ state: [String: Tensor]) throws(StateError) {
        let expected = self.state
        for (path, value) in expected.sorted(by: { $0.key < $1.key }) {
            guard let new = state[path] else { throw StateError("\(path) is missing") }
            guard new.shape == value.shape else {
                throw StateError("\(path) has shape \(new.shape), the model expects \(value.shape)")
            }
        }
        for path in state.keys.sorted() where expected[path] == nil {
            throw StateError("\(path) is not part of the model")
        }
        for (path, parameter) in parameters { if let new = state[path] { parameter.value = new.detached } }
        for (path, buffer) in buffers { if let new = state[path] { buffer.value = new.detached } }
    }
}

/// A stored state that does not fit a model.
public struct StateError: Error, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}
