import Foundation
import Tensor

/// `LICENCES.md` of a prepared set: who made what, and under which terms it may be used.
enum LicenceText {
    static let fileName = "LICENCES.md"

    /// The licences of a recipe, as the manifest holds them.
    static func licences(of recipe: Recipe) -> [PreparedLicence] {
        recipe.packages.flatMap { package in
            package.licences.enumerated().map { index, rule in
                var licence = PreparedLicence()
                licence.id = SourceFile.licenceID(package, index)
                licence.name = rule.name
                licence.holder = rule.holder
                licence.source = package.name
                return licence
            }
        }
    }

    /// Writes the file, all or nothing: a table, then each package's own copyright file.
    ///
    /// - Throws: `DatasetError.package` for a package without that file; `FileWriteError`.
    static func write(_ set: PreparedSet, recipe: Recipe, contents: [PackageContents]) throws {
        var text = """
            # Licences of the set \(set.name)

            The recordings were decoded, cut, resampled and changed in level; nothing else was done to them. Who passes
            them on names their authors and keeps their licences. Which file comes from where stands in
            `\(PreparedSet.manifestName)`.

            | id | licence | holder | package | version | files | minutes |
            |---|---|---|---|---|---|---|

            """
        for licence in set.licences {
            let items = set.items.filter { $0.licence == licence.id }
            guard !items.isEmpty else { continue }
            let version = set.manifest.packages.first { $0.name == licence.source }?.version ?? ""
            let minutes = (items.reduce(0) { $0 + $1.seconds } / 6).rounded() / 10
            text +=
                "| \(licence.id) | \(licence.name) | \(licence.holder) | \(licence.source) | \(version) "
                + "| \(items.count) | \(minutes) |\n"
        }
        for (package, content) in zip(recipe.packages, contents) {
            text += "\n## \(package.name)\n\nThe package's copyright file:\n\n"
            let copyright = try content.copyright(of: package.name)
            for line in copyright.split(separator: "\n", omittingEmptySubsequences: false) {
                text += line.isEmpty ? "\n" : "    \(line)\n"
            }
        }
        try AtomicFile.write(Array(text.utf8), to: set.folder.appending(path: fileName).path)
    }
}
