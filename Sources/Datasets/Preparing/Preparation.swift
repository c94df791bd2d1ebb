import Audio
import Foundation
import Hashing
import StrictJSON
import Tensor

/// Makes a prepared set from a recipe: download, unpack, decode, select, resample, level, split, write.
///
/// It may be interrupted at any moment and goes on where it was at the next call; the manifest is written last, so a
/// folder with a manifest is complete. Equal packages and recipes give equal files and an equal content hash,
/// whatever the number of threads and interruptions.
public struct Preparation {
    /// Where a set goes and what it is made with.
    public struct Options: Sendable {
        public var folder: URL
        /// Where downloaded packages are kept; nil: the folder `packages` beside the set.
        public var downloads: URL?
        /// A folder of package files to use instead of downloads.
        public var packages: URL?
        public var acceptsAnyVersion = false
        /// Replaces a set in the folder that another recipe made.
        public var overwrites = false

        public init(folder: URL) { self.folder = folder }
    }

    let recipe: Recipe
    let options: Options
    let observer: any PreparationObserver

    public init(_ recipe: Recipe, options: Options, observer: any PreparationObserver) {
        self.recipe = recipe
        self.options = options
        self.observer = observer
    }

    private var folder: URL { options.folder }
    private var unpacked: URL { folder.appending(path: ".unpacked") }

    /// Does all of it.
    ///
    /// - Throws: `DatasetError`; `AudioFileError` and `FileWriteError` when the disk does not take the files;
    ///   `CancellationError` when the observer asked to stop.
    public func run() throws -> PreparationReport {
        let files = FileManager.default
        let earlier = try earlierSet()
        let downloads = options.downloads ?? folder.deletingLastPathComponent().appending(path: "packages")
        do {
            try files.createDirectory(at: folder, withIntermediateDirectories: true)
            if options.packages == nil {
                try files.createDirectory(at: downloads, withIntermediateDirectories: true)
            }
        } catch {
            throw DatasetError.writing("\(folder.path): cannot be created (\(error.localizedDescription))")
        }
        let lock = try FolderLock(folder)
        defer { lock.release() }

        let store = PackageStore(
            downloads: downloads, local: options.packages, acceptsAnyVersion: options.acceptsAnyVersion)
        if let earlier, isMade(earlier), isIntact(earlier) {
            return PreparationReport(set: earlier, skipped: [], wasComplete: true, downloadedBytes: 0)
        }
        let (packages, bytes) = try fetch(store)
        let identity = ([recipe.hash] + packages.map { "\($0.name)=\($0.sha256)" }).joined(separator: " ")
        try clearOtherWork(identity: identity, earlier: earlier, packages: packages)
        let journal = try Journal(in: folder, identity: identity)
        if let earlier = try? PreparedSet(path: folder.path) {
            try journal.adopt(earlier)
            // From here on the folder is unfinished.
            try? files.removeItem(at: folder.appending(path: PreparedSet.manifestName))
        }
        let contents = try unpack(packages)
        var sources: [SourceFile] = []
        for (package, content) in zip(recipe.packages, contents) {
            sources += try SourceFile.select(package, among: content.paths)
        }
        try checkNames(sources)
        try process(sources, contents, journal)
        let set = try finish(sources, contents, packages, journal)
        return PreparationReport(
            set: set, skipped: skipped(sources, journal), wasComplete: false, downloadedBytes: bytes)
    }

    // MARK: What is there already

    /// The set that is in the folder; nil if the folder is new, empty or unfinished.
    private func earlierSet() throws -> PreparedSet? {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder) else { return nil }
        guard isFolder.boolValue else {
            throw DatasetError.recipe("\(folder.path): is a file; expected a folder for the set")
        }
        if PreparedSet.exists(at: folder) {
            do {
                let set = try PreparedSet(path: folder.path)
                guard set.manifest.recipeHash == recipe.hash || options.overwrites else {
                    throw DatasetError.recipe(
                        "\(folder.path): holds the set \(set.name), made by another recipe; choose another folder with "
                            + "--into, or --overwrite it")
                }
                return set
            } catch let error as JSONError {
                guard options.overwrites else {
                    throw DatasetError.recipe("\(error); --overwrite makes the set anew")
                }
                return nil
            }
        }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        guard names.allSatisfy({ $0.hasPrefix(".") }) || Journal.exists(in: folder) else {
            throw DatasetError.recipe(
                "\(folder.path): is not empty and no prepared set; choose another folder with --into")
        }
        return nil
    }

    /// Whether a set was made by this recipe from the packages that it names.
    private func isMade(_ set: PreparedSet) -> Bool {
        guard set.manifest.recipeHash == recipe.hash, set.manifest.packages.count == recipe.packages.count
        else {
            return false
        }
        return zip(set.manifest.packages, recipe.packages).allSatisfy { made, wanted in
            made.name == wanted.name
                && (options.acceptsAnyVersion || wanted.sha256.isEmpty || wanted.sha256 == made.sha256)
        }
    }

    private func isIntact(_ set: PreparedSet) -> Bool {
        observer.begin("verify", total: set.items.count, unit: "files")
        defer { observer.end() }
        return set.items.enumerated().allSatisfy { index, item in
            observer.advance(to: index, detail: "")
            return (try? SHA256.hex(ofFile: set.url(of: item))) == item.sha256
        }
    }

    /// Removes what another recipe or other packages made.
    private func clearOtherWork(identity: String, earlier: PreparedSet?, packages: [PackageFile]) throws {
        if let found = Journal.identity(in: folder), found == identity { return }
        let made = earlier.map { set in
            set.manifest.recipeHash == recipe.hash
                && set.manifest.packages.map(\.sha256) == packages.map(\.sha256)
        }
        if made == true { return }
        let names =
            [PreparedSet.manifestName, LicenceText.fileName, ".unpacked"] + DataSplit.allCases.map(\.rawValue)
        for name in names { try? FileManager.default.removeItem(at: folder.appending(path: name)) }
    }

    // MARK: Packages

    private func fetch(_ store: PackageStore) throws -> (packages: [PackageFile], downloadedBytes: Int) {
        let found = try recipe.packages.map(store.find)
        let total = found.reduce(0) { if case .offered(_, _, _, let bytes) = $1 { $0 + bytes } else { $0 } }
        if total > 0 { observer.begin("download", total: total / 1000, unit: "kB") }
        defer { if total > 0 { observer.end() } }
        var done = 0
        var packages: [PackageFile] = []
        for source in found {
            switch source {
            case .present(let file): packages.append(file)
            case .offered(let package, let version, let sha256, let bytes):
                packages.append(
                    try store.download(
                        package, version: version, sha256: sha256,
                        progress: { observer.advance(to: (done + $0) / 1000, detail: package.name) },
                        isCancelled: { observer.isCancelled }))
                done += bytes
                observer.advance(to: done / 1000, detail: package.name)
            }
            if observer.isCancelled { throw CancellationError() }
        }
        return (packages, total)
    }

    private func unpack(_ packages: [PackageFile]) throws -> [PackageContents] {
        do {
            try FileManager.default.createDirectory(at: unpacked, withIntermediateDirectories: true)
        } catch {
            throw DatasetError.writing("\(unpacked.path): cannot be created (\(error.localizedDescription))")
        }
        observer.begin("unpack", total: packages.count, unit: "packages")
        defer { observer.end() }
        return try zip(recipe.packages, packages).enumerated().map { index, pair in
            let place = unpacked.appending(path: pair.1.name)
            try pair.1.unpack(to: place) { observer.isCancelled }
            observer.advance(to: index + 1, detail: pair.1.name)
            return try PackageContents(root: place, used: pair.0.selections.map(\.folder))
        }
    }

    // MARK: Files

    private static func base(of source: SourceFile) -> String {
        "\(source.split.rawValue)/\(source.role.rawValue)/\(source.voice)/\(source.name)"
    }

    private func checkNames(_ sources: [SourceFile]) throws {
        var owners: [String: SourceFile] = [:]
        for source in sources {
            if let other = owners.updateValue(source, forKey: Self.base(of: source)) {
                throw DatasetError.recipe(
                    "\(source.package): \(source.path) and \(other.package): \(other.path) would both become "
                        + "\(Self.base(of: source)).wav; give one selection a prefix or another voice")
            }
        }
    }

    private func process(_ sources: [SourceFile], _ contents: [PackageContents], _ journal: Journal) throws {
        let content = Dictionary(
            uniqueKeysWithValues: zip(recipe.packages.map(\.name), contents))
        observer.begin("prepare", total: sources.count, unit: "files")
        defer { observer.end() }
        var done = 0
        // Small batches: little is lost by a crash, and the memory is that of a few recordings.
        for start in stride(from: 0, to: sources.count, by: 8) {
            let batch = sources[start..<min(start + 8, sources.count)].filter { !journal.isDone($0) }
            let outcomes = try batch.concurrentMap { source in
                guard let place = content[source.package] else {
                    throw DatasetError.package("\(source.package): was not unpacked")
                }
                return try make(source, from: place)
            }
            for outcome in outcomes { try journal.add(outcome) }
            done = min(start + 8, sources.count)
            observer.advance(to: done, detail: sources[start].package)
            if observer.isCancelled { throw CancellationError() }
        }
    }

    /// Makes the pieces of one file.
    private func make(_ source: SourceFile, from content: PackageContents) throws -> SourceOutcome {
        var outcome = SourceOutcome()
        outcome.source = source.package
        outcome.original = source.path
        let processing = Processing(sampleRate: recipe.sampleRate, channels: recipe.channels)
        let treatment = recipe.treatment(source.role)
        let pieces: [(number: Int, channels: [[Float]])]
        do {
            pieces = try content.withFile(source.path) {
                try processing.pieces(of: $0, treatment: treatment, split: source.split)
            }
        } catch let skip as Processing.Skip {
            outcome.skipped = skip.reason
            return outcome
        } catch DatasetError.corrupt(let reason) {
            outcome.skipped = "damaged: \(reason)"
            return outcome
        }
        let base = Self.base(of: source)
        let place = folder.appending(path: base)
        try createFolder(place.deletingLastPathComponent())
        for (index, channels) in pieces {
            let digits = String(index)
            let number =
                treatment.pieceSeconds == 0
                ? "" : "_" + String(repeating: "0", count: max(0, 3 - digits.count)) + digits
            let path = base + number + ".wav"
            let file = folder.appending(path: path)
            try AudioFile.write(
                Waveform(sampleRate: recipe.sampleRate, channels: channels), to: file,
                format: AudioFormat(.wav, .pcm16))
            var item = PreparedItem()
            item.path = path
            item.split = source.split
            item.role = source.role
            item.voice = source.voice
            item.part = source.part
            item.piece = index
            item.source = source.package
            item.original = source.path
            item.licence = source.licence
            item.channels = channels.count
            item.seconds = Double(channels[0].count) / Double(recipe.sampleRate)
            item.sha256 = try SHA256.hex(ofFile: file)
            outcome.items.append(item)
        }
        return outcome
    }

    private func createFolder(_ place: URL) throws {
        do {
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        } catch {
            throw DatasetError.writing("\(place.path): cannot be created (\(error.localizedDescription))")
        }
    }

    // MARK: The end

    private func finish(
        _ sources: [SourceFile], _ contents: [PackageContents], _ packages: [PackageFile], _ journal: Journal
    ) throws -> PreparedSet {
        let outcomes = sources.compactMap { journal.outcomes[Journal.key($0.package, $0.path)] }
        var manifest = PreparedManifest()
        manifest.name = recipe.name
        manifest.sampleRate = recipe.sampleRate
        manifest.recipeHash = recipe.hash
        manifest.packages = packages.map { file in
            var package = PreparedPackage()
            package.name = file.name
            package.version = file.version
            package.sha256 = file.sha256
            return package
        }
        manifest.licences = LicenceText.licences(of: recipe)
        manifest.items = outcomes.flatMap(\.items).sorted {
            $0.path.utf8.lexicographicallyPrecedes($1.path.utf8)
        }
        guard !manifest.items.isEmpty else {
            throw DatasetError.recipe("\(recipe.name): the recipe leaves nothing; every file was skipped")
        }
        manifest.contentHash = manifest.computedContentHash
        let set = PreparedSet(folder: folder, manifest: manifest)
        try LicenceText.write(set, recipe: recipe, contents: contents)
        removeStrangers(set)
        try set.writeManifest()
        journal.remove()
        try? FileManager.default.removeItem(at: unpacked)
        return set
    }

    /// Files in the set's own folders that are not of the set: what a killed process left half-written.
    private func removeStrangers(_ set: PreparedSet) {
        let known = Set(set.items.map(\.path))
        for split in DataSplit.allCases {
            let root = folder.appending(path: split.rawValue)
            for case let path as String in FileManager.default.enumerator(atPath: root.path) ?? .init() {
                let file = root.appending(path: path)
                guard !file.hasDirectoryPath, !known.contains("\(split.rawValue)/\(path)"),
                    (try? file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile) == true
                else { continue }
                try? FileManager.default.removeItem(at: file)
            }
        }
    }

    private func skipped(_ sources: [SourceFile], _ journal: Journal) -> [PreparationReport.Skipped] {
        sources.compactMap { source in
            guard let outcome = journal.outcomes[Journal.key(source.package, source.path)],
                !outcome.skipped.isEmpty
            else { return nil }
            return .init(source: source.package, original: source.path, reason: outcome.skipped)
        }
    }
}
