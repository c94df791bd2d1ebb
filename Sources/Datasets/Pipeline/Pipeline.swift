import Audio
import Foundation
import Hashing
import StrictJSON
import Tensor

/// Prepares a folder of recordings: decode, mono, normalise, resample, features, each of them or some.
///
/// Results lie in `audio/` under the names of their sources, features in `features/` (`FeatureCache`), and
/// `preparation.json` tells what every stage did with every recording. It may be interrupted at any moment; the next
/// call does only what is missing or has changed. Nothing is ever written into the folder of recordings.
public struct Pipeline {
    let config: PipelineConfig
    let observer: any PreparationObserver
    private let processing: PipelineProcessing
    private let source: URL
    private let folder: URL

    /// - Parameter config: its `path` names the folder of recordings.
    /// - Throws: `DatasetError` for folders that cannot be used.
    public init(_ config: PipelineConfig, observer: any PreparationObserver) throws {
        guard !config.path.isEmpty else {
            throw DatasetError.recipe("path: no folder of recordings is named")
        }
        var config = config
        let source = URL(fileURLWithPath: config.path).standardizedFileURL
        if config.into.isEmpty {
            // A prepared set gets features of its own; raw recordings are never written beside.
            let isAtHome = PreparedSet.exists(at: source) && config.stages == [.features]
            config.into = isAtHome ? config.path : "datasets/prepared/\(fileName(source.lastPathComponent))"
        }
        let folder = URL(fileURLWithPath: config.into).standardizedFileURL
        let isInside = (folder.path + "/").hasPrefix(source.path + "/")
        guard !isInside || config.stages == [.features] else {
            throw DatasetError.recipe(
                "\(config.into): lies in the folder of recordings; choose a folder outside with --into")
        }
        guard !PreparedSet.exists(at: folder) || folder.path == source.path else {
            throw DatasetError.recipe(
                "\(config.into): holds a set that was made of a recipe; choose another folder with --into")
        }
        self.config = config
        self.observer = observer
        processing = PipelineProcessing(config: config)
        (self.source, self.folder) = (source, folder)
    }

    /// What was done, and how often nothing had to be.
    public struct Report: Sendable {
        public let manifest: PipelineManifest
        /// The folder of the results.
        public let folder: URL
        /// Recordings that were as they should be.
        public let unchanged: Int
        /// How features were come by.
        public let features: [FeatureCache.Origin: Int]

        public var skipped: [PipelineItem] { manifest.items.filter { !$0.skipped.isEmpty } }
    }

    /// Does all of it.
    ///
    /// - Throws: `DatasetError`; `AudioFileError` and `FileWriteError` when the disk does not take the files;
    ///   `CancellationError` when the observer asked to stop.
    public func run() throws -> Report {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: source.path, isDirectory: &isFolder), isFolder.boolValue
        else {
            throw DatasetError.notFound("\(config.path): no such folder; expected a folder of recordings")
        }
        let paths = try RecordingFolder(source, clean: "", degraded: "").paths.filter {
            // Where results lie inside, for features of a prepared set.
            folder.path != source.path || !$0.hasPrefix("audio/") && !$0.hasPrefix("stages/")
        }
        try checkNames(paths)
        try checkFolder()
        try createFolder(folder)
        let lock = try FolderLock(folder)
        defer { lock.release() }
        let before = earlierManifest()
        let isSameSound = before?.soundHash == config.soundHash
        let earlier = Dictionary(
            (isSameSound ? before?.items ?? [] : []).map { ($0.source, $0) },
            uniquingKeysWith: { first, _ in first })
        var manifest = PipelineManifest()
        manifest.pipeline = config
        manifest.soundHash = config.soundHash
        var unchanged = 0
        var origins: [FeatureCache.Origin: Int] = [:]
        observer.begin("prepare", total: paths.count, unit: "files")
        defer { observer.end() }
        for start in stride(from: 0, to: paths.count, by: 8) {
            let batch = Array(paths[start..<min(start + 8, paths.count)])
            for outcome in try batch.concurrentMap({ try make($0, earlier: earlier[$0]) }) {
                manifest.items.append(outcome.item)
                if outcome.isUnchanged { unchanged += 1 }
                for origin in outcome.origins { origins[origin, default: 0] += 1 }
            }
            observer.advance(to: start + batch.count, detail: batch[0])
            let isCancelled = observer.isCancelled
            // What was done is kept, so that the next call goes on from here.
            if isCancelled || start / 8 % 16 == 15 { try write(manifest, keeping: earlier) }
            if isCancelled { throw CancellationError() }
        }
        manifest.isComplete = true
        try write(manifest, keeping: [:])
        removeLeft(before, manifest)
        return Report(manifest: manifest, folder: folder, unchanged: unchanged, features: origins)
    }

    // MARK: Files

    private struct Outcome: Sendable {
        var item = PipelineItem()
        var isUnchanged = false
        var origins: [FeatureCache.Origin] = []
    }

    private func make(_ path: String, earlier: PipelineItem?) throws -> Outcome {
        let file = source.appending(path: path)
        var outcome = Outcome()
        outcome.item.source = path
        do {
            outcome.item.sourceHash = try hash(file)
            if let earlier, earlier.sourceHash == outcome.item.sourceHash, isIntact(earlier) {
                outcome.item = earlier
                outcome.item.features = []
                outcome.isUnchanged = true
            } else {
                try makeSound(file, &outcome.item)
            }
            if config.does(.features), outcome.item.skipped.isEmpty { try makeFeatures(file, &outcome) }
        } catch let skip as PipelineProcessing.Skip {
            outcome.item.skipped = skip.reason
            outcome.isUnchanged = earlier?.skipped == skip.reason
        }
        return outcome
    }

    private func hash(_ file: URL) throws -> String {
        do {
            return try SHA256.hex(ofFile: file)
        } catch {
            throw PipelineProcessing.Skip(reason: "cannot be read")
        }
    }

    /// Whether what was made of a recording is still there.
    private func isIntact(_ item: PipelineItem) -> Bool {
        guard item.skipped.isEmpty, item.path.isEmpty != config.does(.decode) else { return false }
        if item.path.isEmpty { return true }
        return !config.keepStages
            && (try? SHA256.hex(ofFile: folder.appending(path: item.path))) == item.sha256
    }

    private func makeSound(_ file: URL, _ item: inout PipelineItem) throws {
        guard config.does(.decode) else { return }
        let name = Self.stem(item.source) + ".wav"
        let (sound, steps) = try processing.sound(of: file) { stage, sound in
            guard config.keepStages else { return }
            let place = PipelineStage.allCases.firstIndex(of: stage) ?? 0
            let kept = folder.appending(path: "stages/\(place + 1)-\(stage.rawValue)/\(name)")
            try createFolder(kept.deletingLastPathComponent())
            try AudioFile.write(sound, to: kept, format: AudioFormat(.wav, .float32))
        }
        let result = folder.appending(path: "audio/\(name)")
        try createFolder(result.deletingLastPathComponent())
        try AudioFile.write(sound, to: result, format: AudioFormat(.wav, .pcm16))
        item.path = "audio/\(name)"
        item.sha256 = try SHA256.hex(ofFile: result)
        item.seconds = sound.duration
        item.steps = steps
    }

    /// Of the sound as it was written: whoever reads that file finds the features by its samples.
    private func makeFeatures(_ file: URL, _ outcome: inout Outcome) throws {
        let read = outcome.item.path.isEmpty ? file : folder.appending(path: outcome.item.path)
        let sound = try processing.decode(read).sound
        let mono = sound.mono
        let digest = FeatureCache.digest(mono, sampleRate: sound.sampleRate)
        let cache = FeatureCache(folder: folder.appending(path: "features"))
        outcome.item.seconds = sound.duration
        for choice in config.features {
            let entry = try cache.entry(choice.item, of: mono, sampleRate: sound.sampleRate, digest: digest)
            var feature = PipelineFeature()
            (feature.kind, feature.path, feature.shape) = (
                choice.kind, "features/\(entry.path)", entry.array.shape
            )
            outcome.item.features.append(feature)
            outcome.origins.append(entry.origin)
        }
        outcome.isUnchanged = outcome.isUnchanged && !outcome.origins.contains { $0 != .found }
    }

    private static func stem(_ path: String) -> String {
        guard let point = path.lastIndex(of: "."), !path[point...].contains("/") else { return path }
        return String(path[..<point])
    }

    private func checkNames(_ paths: [String]) throws {
        var owners: [String: String] = [:]
        for path in paths {
            if let other = owners.updateValue(path, forKey: Self.stem(path)), config.does(.decode) {
                throw DatasetError.recipe(
                    "\(config.path): \(other) and \(path) would both become \(Self.stem(path)).wav; names must differ "
                        + "before the ending")
            }
        }
    }

    private func createFolder(_ place: URL) throws {
        do {
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        } catch {
            throw DatasetError.writing("\(place.path): cannot be created (\(error.localizedDescription))")
        }
    }

    // MARK: The manifest

    /// What the folder's manifest says; nil without a readable one.
    private func earlierManifest() -> PipelineManifest? {
        let file = folder.appending(path: PipelineManifest.name)
        return try? JSONDocument(contentsOf: file.path).decode(PipelineManifest.self)
    }

    /// A folder of somebody else's files is not written into.
    private func checkFolder() throws {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        let isOurs =
            names.contains(PipelineManifest.name) || PreparedSet.exists(at: folder)
            || names.allSatisfy { $0.hasPrefix(".") }
            // What a call that was killed before its first manifest leaves.
            || names.allSatisfy { $0.hasPrefix(".") || ["audio", "features", "stages"].contains($0) }
        guard isOurs else {
            throw DatasetError.recipe(
                "\(config.into): is not empty, and nothing in it was prepared here; choose another folder with --into"
            )
        }
    }

    /// Removes the sounds of recordings that are gone: who trains on the folder would train on them still.
    private func removeLeft(_ before: PipelineManifest?, _ now: PipelineManifest) {
        let kept = Set(now.items.map(\.path))
        for item in before?.items ?? [] where !item.path.isEmpty && !kept.contains(item.path) {
            // The manifest may have been edited: nothing outside is touched.
            guard item.path.hasPrefix("audio/"), !item.path.contains("..") else { continue }
            try? FileManager.default.removeItem(at: folder.appending(path: item.path))
        }
    }

    /// - Parameter keeping: items that are not done anew yet.
    private func write(_ manifest: PipelineManifest, keeping earlier: [String: PipelineItem]) throws {
        var manifest = manifest
        let done = Set(manifest.items.map(\.source))
        manifest.items += earlier.values.filter { !done.contains($0.source) }
        manifest.items.sort { $0.source.utf8.lexicographicallyPrecedes($1.source.utf8) }
        try AtomicFile.write(
            Array((manifest.json.prettyText + "\n").utf8),
            to: folder.appending(path: PipelineManifest.name).path)
    }
}
