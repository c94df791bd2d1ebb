/// A component picked from a registry: `{"kind": "synthetic", "count": 200}`.
///
/// An object without `kind` changes the keys of the default component; one that names another kind starts
/// from that kind's own defaults.
public struct Choice<Source: Registry>: ConfigValue {
    /// The picked component.
    public var component: any Component

    /// A choice made in code, usually a default.
    public init(_ component: any Component) {
        self.component = component
    }

    /// The kind of the picked component.
    public var kind: String { type(of: component).kind }

    /// The picked component as what the registry's components have in common. A registry that lists a type
    /// without that conformance is a mistake in the program and stops it.
    public var item: Source.Item {
        guard let item = component as? Source.Item else {
            stop("[\(Source.name)] the registered kind \"\(kind)\" is not \(Source.Item.self)")
        }
        return item
    }

    public static var typeName: String {
        "a \(Source.name): an object whose \"kind\" is one of "
            + Source.kinds.map { quoted($0.kind) }.joined(separator: ", ")
    }

    public static func decode(_ json: JSONValue, at path: JSONPath, onto base: Choice?) throws -> Choice {
        guard let object = json.objectValue else { throw mismatch(typeName, json, at: path) }
        let picked = try pickedType(object, at: path.appending("kind"), default: base?.component)
        return Choice(try decode(json, at: path, as: picked, onto: base?.component))
    }

    /// The component type that the object's `kind` names; without `kind` that of the default.
    private static func pickedType(
        _ object: JSONObject, at path: JSONPath, default base: (any Component)?
    ) throws -> any Component.Type {
        let kinds = Source.kinds.map { $0.kind }
        let list = "\(Source.name) kinds: \(kinds.joined(separator: ", "))"
        guard let value = object["kind"] else {
            guard let base else { throw JSONError(at: path, "this key is required and missing; \(list)") }
            return type(of: base)
        }
        let kind = try String.decode(value, at: path, onto: nil)
        guard let picked = Source.type(of: kind) else {
            let nearest = nearestName(to: kind, among: kinds)
            let hint = nearest.map { "did you mean \(quoted($0))? " } ?? ""
            throw JSONError(at: path, "unknown \(Source.name) \(quoted(kind)); \(hint)\(list)")
        }
        return picked
    }

    /// Decodes a component, completing it from the default if that is of the same type.
    private static func decode<Picked: Component>(
        _ json: JSONValue, at path: JSONPath, as type: Picked.Type, onto base: (any Component)?
    ) throws -> any Component {
        try Picked.decode(json, at: path, onto: base as? Picked, besides: "kind")
    }

    /// The component's object with `kind` as its first key.
    public var json: JSONValue {
        var object: JSONObject = ["kind": .string(kind)]
        for member in component.json.objectValue?.members ?? [] { object[member.key] = member.value }
        return .object(object)
    }
}
