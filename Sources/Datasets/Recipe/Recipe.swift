import Hashing
import StrictJSON

/// How a prepared set is made: from which packages, which files, and what is done with them.
public struct Recipe: Configurable {
    public enum Channels: String, Sendable, CaseIterable, ConfigValue {
        /// The mean of all channels.
        case mono
        /// All channels as they are.
        case all
    }

    public var name = ""
    public var summary = ""
    public var sampleRate = 16000
    public var channels = Channels.mono
    public var treatments: [Treatment] = []
    public var packages: [RecipePackage] = []

    public init() {}

    public static let fields: [Field<Self>] = [
        Field("name", \.name, required: true, "name of the set"),
        Field("summary", \.summary, "what it is for"),
        Field("sample_rate", \.sampleRate, in: 1000...192_000, "rate of the results, Hz"),
        Field("channels", \.channels, "channels of the results"),
        Field("treatments", \.treatments, "what is done with recordings, by role"),
        Field("packages", \.packages, count: 1..., required: true, "Debian packages"),
    ]

    public func validate() throws {
        guard !name.isEmpty, name == fileName(name) else {
            throw JSONError(
                at: "name", "\(quoted(name)) cannot name a folder; accepted: letters, digits and _ . - inside"
            )
        }
        for (index, package) in packages.enumerated()
        where packages[..<index].contains(where: { $0.name == package.name }) {
            throw JSONError(
                at: JSONPath("packages").appending(index).appending("name"),
                "\(package.name) stands there twice; a package's selections belong together")
        }
        for (index, treatment) in treatments.enumerated()
        where treatments[..<index].contains(where: { $0.role == treatment.role }) {
            throw JSONError(
                at: JSONPath("treatments").appending(index).appending("role"),
                "\(treatment.role.rawValue) stands there twice")
        }
    }

    /// What is done with recordings of a role.
    func treatment(_ role: DataRole) -> Treatment {
        treatments.first { $0.role == role } ?? Treatment()
    }

    /// The version of the processing: it goes up when the same recipe gives other samples.
    private static let processing = 1

    /// Changes when the recipe or the processing does.
    public var hash: String {
        SHA256.hex(of: "\(Self.processing) " + json.removing(["summary"]).canonicalText)
    }
}

/// A text as part of a path: letters, digits, `.`, `_` and `-` stay, everything else becomes `_`.
func fileName(_ text: String) -> String {
    let kept = text.unicodeScalars.map { scalar -> Character in
        let isKept =
            scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
            || "._-".unicodeScalars.contains(scalar)
        return isKept ? Character(scalar) : "_"
    }
    let name = String(kept)
    return name.hasPrefix(".") ? "_" + name.dropFirst() : name
}
