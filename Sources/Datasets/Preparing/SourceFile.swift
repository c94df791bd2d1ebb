import Audio

/// One file of a package with all that the recipe says about it.
struct SourceFile: Sendable {
    let package: String
    /// In the package.
    let path: String
    let split: DataSplit
    let role: DataRole
    let voice: String
    /// Which source of a mixture it is, for stems.
    let part: String
    /// The result's name without folder, number of piece and extension.
    let name: String
    let licence: String

    /// The files that a package's selections name, in the order of the recipe, then of their paths.
    ///
    /// - Throws: `DatasetError.recipe` for patterns that name nothing, and for files without a licence.
    static func select(_ package: RecipePackage, among paths: [String]) throws -> [SourceFile] {
        var result: [SourceFile] = []
        var taken: Set<String> = []
        for selection in package.selections {
            let folder = selection.folder.isEmpty ? "" : selection.folder + "/"
            let candidates = paths.filter { $0.hasPrefix(folder) }.map { String($0.dropFirst(folder.count)) }
            var named: Set<String> = []
            for pattern in selection.files.map(PathPattern.init) {
                let matches = candidates.filter(pattern.matches)
                guard !matches.isEmpty else {
                    throw DatasetError.recipe(
                        "\(package.name): no file is called \(folder)\(pattern.text); the package has another "
                            + "content than the recipe expects")
                }
                named.formUnion(matches)
            }
            let left = selection.leaveOut.map(PathPattern.init)
            let chosen = candidates.filter { path in
                named.contains(path) && !taken.contains(folder + path) && !left.contains { $0.matches(path) }
            }
            for (index, path) in chosen.enumerated() {
                taken.insert(folder + path)
                result.append(
                    try SourceFile(package, selection, path: folder + path, relative: path, index: index))
            }
        }
        return result
    }

    private init(
        _ package: RecipePackage, _ selection: Selection, path: String, relative: String, index: Int
    ) throws {
        let segments = path.split(separator: "/").map(String.init)
        let file = segments.last ?? path
        let stem = file.lastIndex(of: ".").map { String(file[..<$0]) } ?? file
        let parent = segments.count > 1 ? segments[segments.count - 2] : ""
        guard
            let licence = package.licences.firstIndex(where: { rule in
                rule.files.contains { PathPattern($0).matches(path) }
            })
        else {
            throw DatasetError.recipe(
                "\(package.name): no licence of the recipe fits \(path); add one whose files are [\"**\"]")
        }
        self.package = package.name
        self.path = path
        role = selection.role
        split = selection.split.item.split(name: file, index: index)
        voice = fileName(
            selection.voice.replacing("{name}", with: stem).replacing("{folder}", with: parent))
        part = role == .stem ? fileName(stem) : ""
        let whole = relative.lastIndex(of: ".").map { String(relative[..<$0]) } ?? relative
        name = fileName(
            selection.prefix + (role == .stem ? stem : whole.replacing("/", with: "-")))
        self.licence = Self.licenceID(package, licence)
    }

    /// What items refer to: the name of the package, with a number where it has several licences.
    static func licenceID(_ package: RecipePackage, _ index: Int) -> String {
        package.licences.count == 1 ? package.name : "\(package.name)-\(index + 1)"
    }
}
