extension Field {
    /// A field of a config that lies inside another one, shown as if it were the outer one's own: several kinds
    /// share keys this way without sharing a type.
    ///
    /// - Parameters:
    ///   - field: a row of the inner config's table.
    ///   - property: where the outer config keeps the inner one; its value in `Root()` is the default.
    public init<Inner: Configurable>(
        _ field: Field<Inner>, inside property: WritableKeyPath<Root, Inner> & Sendable
    ) {
        key = field.key
        documentation = field.documentation
        accepted = field.accepted
        isRequired = field.isRequired
        decode = { json, path, root in try field.decode(json, path, &root[keyPath: property]) }
        encode = { field.encode($0[keyPath: property]) }
        describe = { root, path in field.describe(root[keyPath: property], path) }
    }

    /// The fields with these keys of a config that lies inside another one, in the order of the keys.
    public static func nested<Inner: Configurable>(
        _ keys: [String], inside property: WritableKeyPath<Root, Inner> & Sendable
    ) -> [Field] {
        keys.compactMap { key in
            Inner.fields.first { $0.key == key }.map { Field($0, inside: property) }
        }
    }
}
