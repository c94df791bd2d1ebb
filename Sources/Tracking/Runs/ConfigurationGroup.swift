import StrictJSON

/// What repeats of one configuration share.
///
/// Left out are the name and the seed, where the data lie (but not whether there are any), and what computes: a training
/// that is moved to another folder or machine is a repeat. Which recordings they were is not in the hash either; that is
/// what the hash of the data set says.
public enum ConfigurationGroup {
    /// The hash of a resolved configuration without what its repeats may differ in: 16 hexadecimal digits.
    public static func hash(of config: JSONValue) -> String {
        shared(config, at: []).stableHash()
    }

    /// Whether repeats of a configuration may differ in a key of its flattened form.
    ///
    /// - Parameters:
    ///   - key: the dotted path, such as `dataset.clean.0.path`.
    ///   - value: the value as text.
    public static func isOutside(_ key: String, value: String) -> Bool {
        let path = key.split(separator: ".").map(String.init)
        if outside.contains(path) { return true }
        return isPlace(path) && value != "true" && value != "false"
    }

    private static let outside: Set<[String]> = [["name"], ["seed"], ["training", "engine"]]

    /// Keys of data and augmentation that hold folders or files.
    private static let places: Set<String> = ["path", "split_file", "impulses"]

    private static func isPlace(_ path: [String]) -> Bool {
        guard let first = path.first, let last = path.last else { return false }
        return path.count > 1 && (first == "dataset" || first == "augmentation") && places.contains(last)
    }

    private static func shared(_ value: JSONValue, at path: [String]) -> JSONValue {
        switch value {
        case .object(let object):
            let members = object.members.compactMap { member -> (key: String, value: JSONValue)? in
                let path = path + [member.key]
                return outside.contains(path) ? nil : (member.key, shared(member.value, at: path))
            }
            return .object(JSONObject(members))
        case .array(let elements):
            return .array(elements.map { shared($0, at: path) })
        case .string(let text) where isPlace(path) && !text.isEmpty:
            return "somewhere"
        default:
            return value
        }
    }
}
