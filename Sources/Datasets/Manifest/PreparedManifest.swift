import Hashing
import StrictJSON

/// The content of `manifest.json`: what a prepared set holds, and hashes that tell whether it is that.
public struct PreparedManifest: Configurable, Equatable {
    /// The version of this layout.
    public var format = 1
    public var name = ""
    /// In hertz, of every file.
    public var sampleRate = 16000
    /// Changes when the recipe that the set was made by does.
    public var recipeHash = ""
    /// SHA-256 over everything else in here, and by the items' hashes over every sample of the set.
    public var contentHash = ""
    public var packages: [PreparedPackage] = []
    public var licences: [PreparedLicence] = []
    /// In the order of their paths.
    public var items: [PreparedItem] = []

    public init() {}

    public static let fields: [Field<Self>] = [
        Field("format", \.format, oneOf: [1], required: true, "version of this layout"),
        Field("name", \.name, required: true, "name of the set"),
        Field("sample_rate", \.sampleRate, in: 1000...768_000, required: true, "rate of every file, Hz"),
        Field("recipe_hash", \.recipeHash, required: true, "changes when the recipe does"),
        Field("content_hash", \.contentHash, required: true, "SHA-256 over everything else"),
        Field("packages", \.packages, required: true, "what it was made of"),
        Field("licences", \.licences, required: true, "under which licences"),
        Field("items", \.items, count: 1..., required: true, "the files"),
    ]

    /// What `contentHash` has to be.
    public var computedContentHash: String {
        SHA256.hex(of: json.removing(["content_hash"]).canonicalText)
    }

    public func validate() throws {
        var paths: Set<String> = []
        let licences = Set(licences.map(\.id))
        let packages = Set(packages.map(\.name))
        for (index, item) in items.enumerated() {
            let path = JSONPath("items").appending(index)
            guard paths.insert(item.path).inserted else {
                throw JSONError(at: path.appending("path"), "\(quoted(item.path)) stands there twice")
            }
            guard licences.contains(item.licence) else {
                throw JSONError(
                    at: path.appending("licence"),
                    "\(quoted(item.licence)) is none of the set's licences; accepted: "
                        + licences.sorted().joined(separator: ", "))
            }
            guard packages.contains(item.source) else {
                throw JSONError(
                    at: path.appending("source"),
                    "\(quoted(item.source)) is none of the set's packages; accepted: "
                        + packages.sorted().joined(separator: ", "))
            }
        }
        guard contentHash == computedContentHash else {
            throw JSONError(
                at: "content_hash",
                "the manifest was changed after it was made (its content has the hash \(computedContentHash)); "
                    + "make the set again with `workbench data prepare`")
        }
    }
}
