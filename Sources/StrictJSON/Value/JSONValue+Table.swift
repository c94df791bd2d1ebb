extension JSONValue {
    /// One line of the table form of a value: where, and what.
    public struct Entry: Sendable, Hashable {
        /// The dotted path, for example `model.stages.0.depth`.
        public let path: String
        /// A scalar, an array of scalars, or an empty object.
        public let value: JSONValue
    }

    /// The leaves of this value with their paths, in document order.
    ///
    /// Leaves are scalars, arrays of scalars, which read better whole (`model.kernel` is `[3,5]`), and empty
    /// objects, so that nothing is lost. Other arrays are entered by index.
    public func flatten() -> [Entry] {
        var entries: [Entry] = []
        collect(at: JSONPath(), into: &entries)
        return entries
    }

    private func collect(at path: JSONPath, into entries: inout [Entry]) {
        switch self {
        case .array(let elements) where !elements.allSatisfy(\.isScalar):
            for (index, element) in elements.enumerated() {
                element.collect(at: path.appending(index), into: &entries)
            }
        case .object(let object) where !object.isEmpty:
            for member in object.members {
                member.value.collect(at: path.appending(member.key), into: &entries)
            }
        default:
            entries.append(Entry(path: path.components.joined(separator: "."), value: self))
        }
    }

    /// This value without the members at the given paths; paths that lead nowhere are ignored.
    public func removing(_ paths: [JSONPath]) -> JSONValue {
        paths.reduce(self) { $0.removing($1.components[...]) }
    }

    private func removing(_ steps: ArraySlice<String>) -> JSONValue {
        guard case .object(var object) = self, let key = steps.first, let member = object[key] else {
            return self
        }
        object[key] = steps.count == 1 ? nil : member.removing(steps.dropFirst())
        return .object(object)
    }

    /// A number of 16 hexadecimal digits that depends on the content alone: FNV-1a-64 of the canonical text
    /// (draft-eastlake-fnv). The same on every machine and in every process; not for secrets.
    ///
    /// - Parameter paths: object members to leave out, such as the name of a run.
    public func stableHash(leavingOut paths: [JSONPath] = []) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in removing(paths).canonicalText.utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
