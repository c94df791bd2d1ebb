import StrictJSON

/// A licence under which items of a prepared set may be used. The full texts stand in `LICENCES.md`.
public struct PreparedLicence: Configurable, Equatable {
    /// What items refer to, such as `CC-BY-SA-3.0-allison`.
    public var id = ""
    /// The name of the licence, such as `CC BY-SA 3.0`.
    public var name = ""
    /// Who holds the rights.
    public var holder = ""
    /// The package whose copyright file grants it.
    public var source = ""

    public init() {}

    public static let fields: [Field<Self>] = [
        Field("id", \.id, required: true, "what items refer to"),
        Field("name", \.name, required: true, "name of the licence"),
        Field("holder", \.holder, required: true, "who holds the rights"),
        Field("source", \.source, required: true, "package that grants it"),
    ]
}

/// A package that a prepared set was made of.
public struct PreparedPackage: Configurable, Equatable {
    public var name = ""
    public var version = ""
    /// SHA-256 of the package file, 64 hexadecimal digits.
    public var sha256 = ""

    public init() {}

    public static let fields: [Field<Self>] = [
        Field("name", \.name, required: true, "name of the package"),
        Field("version", \.version, required: true, "its version"),
        Field("sha256", \.sha256, required: true, "SHA-256 of the package file"),
    ]
}
