import StrictJSON

/// Files of a package that are used alike.
public struct Selection: Configurable {
    /// A folder of the package, or an archive in it and a folder in there.
    public var folder = ""
    /// Patterns relative to the folder.
    public var files: [String] = ["**"]
    public var leaveOut: [String] = []
    public var role = DataRole.speech
    /// A name; `{name}` stands for the file's name, `{folder}` for that of the folder it is in.
    public var voice = ""
    /// Begins the names of the results.
    public var prefix = ""
    public var split = Choice<SplitRuleRegistry>(FixedSplit())

    public init() {}

    public static let fields: [Field<Self>] = [
        Field("folder", \.folder, "folder in the package; it may lead into an archive (.pk3, .zip, .cat)"),
        Field(
            "files", \.files, count: 1...,
            "patterns of paths in the folder: * any text without /, ** any text, ? one sign"),
        Field("leave_out", \.leaveOut, "patterns of paths that are not used"),
        Field("role", \.role, required: true, "what the files are"),
        Field(
            "voice", \.voice, required: true,
            "talker, track or group; {name} is the file's name, {folder} that of its folder"),
        Field("prefix", \.prefix, "what the names of the results begin with"),
        Field("split", \.split, "how files are split"),
    ]

    public func validate() throws {
        guard !voice.isEmpty else { throw JSONError(at: "voice", "a name is needed, or {name} or {folder}") }
    }
}

/// A licence of a package's files.
public struct LicenceRule: Configurable {
    public var name = ""
    public var holder = ""
    /// Patterns of whole paths in the package; the first licence that fits a file holds for it.
    public var files: [String] = ["**"]

    public init() {}

    public static let fields: [Field<Self>] = [
        Field("name", \.name, required: true, "name of the licence"),
        Field("holder", \.holder, required: true, "who holds the rights"),
        Field(
            "files", \.files, count: 1...,
            "patterns of paths in the package; the first licence that fits counts"),
    ]
}

/// A Debian package and what is taken of it.
public struct RecipePackage: Configurable {
    public var name = ""
    /// Any version if empty.
    public var version = ""
    /// Of the package file; not checked against the recipe if empty.
    public var sha256 = ""
    public var licences: [LicenceRule] = []
    /// A file goes to the first selection that names it.
    public var selections: [Selection] = []

    public init() {}

    public static let fields: [Field<Self>] = [
        Field("name", \.name, required: true, "name of the package"),
        Field("version", \.version, "the version; empty: the one that is offered"),
        Field("sha256", \.sha256, "SHA-256 of the package file; empty: the package index's word is taken"),
        Field("licences", \.licences, count: 1..., required: true, "licences of its files"),
        Field("selections", \.selections, count: 1..., required: true, "what is taken of it"),
    ]

    public func validate() throws {
        let allowed = Set("abcdefghijklmnopqrstuvwxyz0123456789+-.")
        guard name.count >= 2, name.allSatisfy(allowed.contains), name.first?.isPunctuation == false else {
            throw JSONError(
                at: "name",
                "\(quoted(name)) is no name of a package; accepted: small letters, digits and + - .")
        }
        let inVersion = allowed.union("ABCDEFGHIJKLMNOPQRSTUVWXYZ~:")
        guard version.allSatisfy(inVersion.contains), !version.hasPrefix("-") else {
            throw JSONError(at: "version", "\(quoted(version)) is no version of a package, as in 1:1.16.9-1")
        }
        guard sha256.isEmpty || isDigest(sha256) else {
            throw JSONError(
                at: "sha256", "\(quoted(sha256)) is no SHA-256; accepted: 64 lower-case hexadecimal digits")
        }
    }
}
