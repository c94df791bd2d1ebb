import Audio
import Foundation
import Hashing

/// Looks at every file of a prepared set or a folder and lists what is wrong.
public struct RecordingCheck {
    let source: RecordingSource
    let observer: any PreparationObserver

    public init(_ source: RecordingSource, observer: any PreparationObserver) {
        self.source = source
        self.observer = observer
    }

    /// - Throws: `CancellationError` when the observer asked to stop. What is wrong with files is in the report.
    public func run() throws -> CheckReport {
        switch source {
        case .prepared(let set): try check(set)
        case .folder(let folder): try check(folder)
        case .listed(let files): try check(files)
        }
    }

    /// What is known of a file.
    private struct Looked: Sendable {
        let path: String
        let digest: String
        let measure: RecordingMeasure?
        let finding: Finding?
    }

    /// Reads files, several at a time.
    private func look(at paths: [String], in folder: URL) throws -> [Looked] {
        observer.begin("check", total: paths.count, unit: "files")
        defer { observer.end() }
        var result: [Looked] = []
        for start in stride(from: 0, to: paths.count, by: 32) {
            let batch = Array(paths[start..<min(start + 32, paths.count)])
            result += try batch.concurrentMap { path in
                let file = ListedFile.place(path, in: folder)
                do {
                    let measure = try RecordingMeasure(file)
                    return Looked(
                        path: path, digest: try SHA256.hex(ofFile: file), measure: measure, finding: nil)
                } catch let error as AudioFileError {
                    let text = "\(error)"
                    let reason =
                        text.hasPrefix(file.path + ": ") ? String(text.dropFirst(file.path.count + 2)) : text
                    let finding = Finding(error.isNotFound ? .missing : .corrupt, path, reason)
                    return Looked(path: path, digest: "", measure: nil, finding: finding)
                } catch {
                    let finding = Finding(.corrupt, path, "cannot be read: \(error.localizedDescription)")
                    return Looked(path: path, digest: "", measure: nil, finding: finding)
                }
            }
            observer.advance(to: result.count, detail: "")
            if observer.isCancelled { throw CancellationError() }
        }
        return result
    }

    // MARK: What a dataset uses

    private func check(_ files: [ListedFile]) throws -> CheckReport {
        // A file may have several uses: the clean recording of several devices' pairs.
        var uses: [String: [ListedFile]] = [:]
        for file in files { uses[file.path, default: []].append(file) }
        let looked = try look(at: uses.keys.sorted(), in: URL(fileURLWithPath: "."))
        var findings: [Finding] = []
        for found in looked {
            let own = uses[found.path] ?? []
            // Clipping is what degraded recordings may be about.
            findings += sound(found).filter {
                switch $0.kind {
                case .silent: own.contains(where: \.mustSound)
                case .clipped: own.contains { $0.role == "clean" || $0.role == "recording" }
                default: true
                }
            }
        }
        let groups = Dictionary(grouping: looked.filter { !$0.digest.isEmpty }, by: \.digest)
        for group in groups.values {
            let splits = Set(group.flatMap { uses[$0.path] ?? [] }.filter(\.mustSound).map(\.split))
            guard let first = group.map(\.path).min(), splits.count > 1 || group.count > 1 else { continue }
            for path in group.map(\.path) where path != first || group.count == 1 {
                // Stems that pause for a whole song are alike and mean nothing.
                guard uses[path]?.contains(where: \.mustSound) == true else { continue }
                findings.append(
                    splits.count > 1
                        ? Finding(
                            .leaked, path,
                            "used for \(splits.map(\.rawValue).sorted().joined(separator: " and "))"
                                + (path == first ? "" : ", as is its copy \(first)"))
                        : Finding(.duplicate, path, "the same as \(first)"))
            }
        }
        return CheckReport(
            files: looked.count, seconds: looked.reduce(0) { $0 + ($1.measure?.seconds ?? 0) },
            findings: findings)
    }

    private func sound(_ looked: Looked) -> [Finding] {
        guard let measure = looked.measure else { return looked.finding.map { [$0] } ?? [] }
        if measure.isSilent {
            return [Finding(.silent, looked.path, "its loudest sample is below -60 dBFS")]
        }
        guard measure.isClipped else { return [] }
        let share = (measure.clippedShare * 1e4).rounded() / 100
        return [Finding(.clipped, looked.path, "\(share) % of its samples are at full scale")]
    }

    // MARK: Prepared sets

    private func check(_ set: PreparedSet) throws -> CheckReport {
        let looked = try look(at: set.items.map(\.path), in: set.folder)
        var findings: [Finding] = []
        for (item, found) in zip(set.items, looked) {
            // A stem may pause for a whole piece.
            findings += sound(found).filter { $0.kind != .silent || item.role != .stem }
            guard let measure = found.measure else { continue }
            if found.digest != item.sha256 {
                findings.append(Finding(.changed, item.path, "its SHA-256 is not that of the manifest"))
            }
            if measure.sampleRate != set.sampleRate {
                findings.append(
                    Finding(
                        .wrongRate, item.path, "\(measure.sampleRate) Hz, the set has \(set.sampleRate) Hz"))
            }
            if measure.channels != item.channels {
                findings.append(
                    Finding(
                        .wrongChannels, item.path, "\(measure.channels) channels, expected \(item.channels)"))
            }
            if measure.frames != set.frames(of: item) {
                findings.append(
                    Finding(
                        .wrongLength, item.path, "\(measure.frames) samples, expected \(set.frames(of: item))"
                    ))
            }
        }
        findings += unpairedStems(set) + repeated(set) + unlisted(set)
        return CheckReport(
            files: looked.count, seconds: looked.reduce(0) { $0 + ($1.measure?.seconds ?? 0) },
            findings: findings)
    }

    /// All stems of a mixture have equally long pieces of the same numbers.
    private func unpairedStems(_ set: PreparedSet) -> [Finding] {
        var findings: [Finding] = []
        let stems = set.items.filter { $0.role == .stem }
        for (_, items) in Dictionary(grouping: stems, by: { "\($0.split.rawValue)/\($0.voice)" }) {
            let parts = Set(items.map(\.part))
            for (_, group) in Dictionary(grouping: items, by: \.piece) {
                let absent = parts.subtracting(group.map(\.part)).sorted()
                for item in group {
                    if !absent.isEmpty {
                        findings.append(
                            Finding(.unpaired, item.path, "no \(absent.joined(separator: ", ")) for it"))
                    } else if item.seconds != group[0].seconds {
                        findings.append(
                            Finding(
                                .wrongLength, item.path,
                                "\(item.seconds) s, its partner \(group[0].path) has \(group[0].seconds) s"))
                    }
                }
            }
        }
        return findings
    }

    private func repeated(_ set: PreparedSet) -> [Finding] {
        Dictionary(grouping: set.items, by: \.sha256).values.flatMap { group -> [Finding] in
            guard let first = group.first, group.count > 1 else { return [] }
            return group.dropFirst().map { item in
                item.split == first.split
                    ? Finding(.duplicate, item.path, "the same as \(first.path)")
                    : Finding(.leaked, item.path, "the same as \(first.path), which is in another split")
            }
        }
    }

    private func unlisted(_ set: PreparedSet) -> [Finding] {
        let known = Set(set.items.map(\.path))
        let walk = FileManager.default.enumerator(atPath: set.folder.path)
        var findings: [Finding] = []
        while let path = walk?.nextObject() as? String {
            let ending = URL(fileURLWithPath: path).pathExtension.lowercased()
            if RecordingFolder.endings.contains(ending), !known.contains(path) {
                findings.append(Finding(.unlisted, path, "not in the manifest; nothing uses it"))
            }
        }
        return findings
    }

    // MARK: Any folder

    private func check(_ folder: RecordingFolder) throws -> CheckReport {
        let looked = try look(at: folder.paths, in: folder.folder)
        var findings = looked.flatMap(sound)
        if let pairs = folder.pairs { findings += checkPairs(looked, pairs) }
        for group in Dictionary(grouping: looked.filter { !$0.digest.isEmpty }, by: \.digest).values {
            guard let first = group.map(\.path).min(), group.count > 1 else { continue }
            for path in group.map(\.path) where path != first {
                findings.append(Finding(.duplicate, path, "the same as \(first)"))
            }
        }
        let rates = Dictionary(grouping: looked.filter { $0.measure != nil }) { $0.measure?.sampleRate ?? 0 }
        if rates.count > 1 {
            let usual = rates.max { ($0.value.count, $1.key) < ($1.value.count, $0.key) }?.key ?? 0
            for (rate, files) in rates where rate != usual {
                for file in files {
                    findings.append(
                        Finding(.mixedRates, file.path, "\(rate) Hz, most files have \(usual) Hz"))
                }
            }
        }
        return CheckReport(
            files: looked.count, seconds: looked.reduce(0) { $0 + ($1.measure?.seconds ?? 0) },
            findings: findings)
    }

    private func checkPairs(_ looked: [Looked], _ pairs: (clean: String, degraded: String)) -> [Finding] {
        func files(_ folder: String) -> [String: Looked] {
            var result: [String: Looked] = [:]
            for file in looked where file.path.hasPrefix(folder + "/") {
                let name = file.path.dropFirst(folder.count + 1)
                result[name.lastIndex(of: ".").map { String(name[..<$0]) } ?? String(name)] = file
            }
            return result
        }
        let (clean, degraded) = (files(pairs.clean), files(pairs.degraded))
        var findings: [Finding] = []
        for name in Set(clean.keys).union(degraded.keys).sorted() {
            guard let one = clean[name], let other = degraded[name] else {
                let path = (clean[name] ?? degraded[name])?.path ?? name
                let absent = clean[name] == nil ? pairs.clean : pairs.degraded
                findings.append(Finding(.unpaired, path, "\(absent)/ has no file of this name"))
                continue
            }
            guard let a = one.measure, let b = other.measure else { continue }
            if a.sampleRate != b.sampleRate {
                findings.append(
                    Finding(
                        .wrongRate, other.path, "\(b.sampleRate) Hz, its clean partner has \(a.sampleRate) Hz"
                    ))
            } else if a.frames != b.frames {
                findings.append(
                    Finding(
                        .wrongLength, other.path, "\(b.frames) samples, its clean partner has \(a.frames)"))
            }
            if a.channels != b.channels {
                findings.append(
                    Finding(
                        .wrongChannels, other.path,
                        "\(b.channels) channels, its clean partner has \(a.channels)"))
            }
        }
        return findings
    }
}
