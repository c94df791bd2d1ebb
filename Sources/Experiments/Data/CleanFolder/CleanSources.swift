import Audio
import Foundation
import StrictJSON

/// What a `clean_folder` config names, opened and split.
struct CleanSources {
    /// One source of clean recordings.
    struct Source {
        let weight: Double
        let label: String
        let parts: [DataSplit: [Recording]]
        /// Recordings that are music make no babble.
        let music: Set<URL>
    }

    let clean: [Source]
    let noises: RecordedNoisePool
    let rooms: RecordedRoomPool
    let list: SplitList
    /// Every file, clean ones first.
    let recordings: [ListedRecording]

    private struct Opened {
        let folder: String
        var entries: [RecordingSource.Entry]
        var parts: [DataSplit] = []

        func items() -> [SplitRule.Item] {
            entries.map {
                SplitRule.Item(
                    name: "\(folder)/\($0.recording.name)", shortName: $0.recording.name,
                    voice: $0.recording.voice,
                    fixed: $0.recording.fixedSplit)
            }
        }

        /// Forgets the recordings of parts that are not wanted.
        mutating func keep(_ wanted: [DataSplit], of path: String) throws {
            let kept = entries.indices.filter { wanted.contains(parts[$0]) }
            guard !kept.isEmpty else {
                let found = DataSplit.allCases.filter(parts.contains).map(\.rawValue)
                throw ExperimentError.data(
                    "\(path): none of its \(entries.count) recordings is in the wanted parts "
                        + "(\(wanted.map(\.rawValue).joined(separator: ", "))); they are in "
                        + "\(found.joined(separator: ", ")) (key: parts)")
            }
            (entries, parts) = (kept.map { entries[$0] }, kept.map { parts[$0] })
        }

        func recordings(_ part: DataSplit) -> [Recording] {
            zip(entries, parts).filter { $0.1 == part }.map(\.0.recording)
        }
    }

    init(_ config: CleanFolderConfig, store: RecordingStore, log: IssueLog) throws {
        let rate = store.sampleRate
        var names = UniqueNames()
        var clean = try config.clean.map { source in
            Opened(
                folder: names.folder(of: source.path),
                entries: try RecordingSource.open(
                    source.path, roles: source.role.map { [$0] } ?? [.speech, .music], voices: source.voices,
                    voice: config.voiceOf ?? config.recordings.voiceFrom.voice,
                    accepts: source.accepts ?? { _ in true }, sampleRate: rate, use: "clean recordings",
                    issues: log))
        }
        var noise = try config.noise.map { source in
            Opened(
                folder: names.folder(of: source.path) + " (noise)",
                entries: try RecordingSource.open(
                    source.path, roles: source.kind.map { [$0.role] } ?? [.noise, .keys, .babble], voices: [],
                    voice: VoiceRule.file.voice, sampleRate: rate, use: "noises", issues: log))
        }
        for (source, opened) in zip(config.clean.map(\.path) + config.noise.map(\.path), clean + noise)
        where opened.entries.isEmpty {
            throw ExperimentError.data(
                "\(source): no usable recordings of the wanted kind"
                    + (log.all.first.map { "; left out: \(log.all.count), the first: \($0)" } ?? ""))
        }

        let frozen = config.split.file.isEmpty ? nil : try SplitList(contentsOf: config.split.file)
        let items = clean.flatMap { $0.items() }
        try config.split.validateNames(items)
        var cleanParts = try config.split.assign(items, list: frozen)[...]
        for index in clean.indices {
            clean[index].parts = Array(cleanParts.prefix(clean[index].entries.count))
            cleanParts = cleanParts.dropFirst(clean[index].entries.count)
        }
        // Noises are split by file; a few of them are all for training rather than for a part each.
        var noiseRule = SplitRule()
        noiseRule.every = config.split.every
        for index in noise.indices {
            noise[index].parts = try noiseRule.assign(
                noise[index].items(), list: frozen, named: false, fills: noise[index].entries.count >= 6)
        }
        for (index, source) in config.clean.enumerated() {
            try clean[index].keep(source.parts, of: source.path)
        }
        for (index, source) in config.noise.enumerated() {
            try noise[index].keep(source.parts, of: source.path)
        }
        func recordings(_ opened: [Opened]) -> [RecordingOverlap.Entry] {
            opened.flatMap { zip($0.entries, $0.parts).map { ($0.recording, $1) } }
        }
        try RecordingOverlap.refuse(recordings(clean))
        // A noise that is heard in the test as well is no reason to stop: training does without it.
        var doubled: Set<Recording> = []
        for (extra, kept) in RecordingOverlap.find(recordings(noise)) {
            doubled.insert(extra.recording)
            log.note(
                DataIssue(
                    path: extra.recording.path,
                    problem:
                        "the same recording as \(kept.recording.path), which is for \(kept.split.rawValue); not used "
                        + "for \(extra.split.rawValue)"))
        }
        list = SplitList(
            Dictionary(
                (clean + noise).flatMap { zip($0.items().map(\.name), $0.parts) },
                uniquingKeysWith: { first, _ in first }))

        self.recordings = [("clean", clean), ("noise", noise)].flatMap { role, opened in
            opened.flatMap { source in
                zip(zip(source.entries, source.items()), source.parts).map { entry, part in
                    ListedRecording(
                        entry.0.recording, name: entry.1.name, split: part, role: role, datasetRate: rate)
                }
            }
        }
        rooms = try RecordedRoomPool(
            folders: config.impulses, sampleRate: rate, every: config.split.every, log: log)
        self.clean = zip(config.clean, clean).map { source, opened in
            let music = opened.entries.filter { $0.role == .music }.map(\.recording.url)
            return Source(
                weight: source.weight, label: source.label,
                parts: Dictionary(
                    uniqueKeysWithValues: DataSplit.allCases.map { ($0, opened.recordings($0)) }),
                music: Set(music))
        }
        var pool = RecordedNoisePool(store: store, log: log)
        for (source, opened) in zip(config.noise, noise) {
            for kind in RecordedNoiseKind.allCases {
                for part in DataSplit.allCases {
                    let own = zip(opened.entries, opened.parts).filter { entry, entryPart in
                        entryPart == part && !doubled.contains(entry.recording)
                            && (entry.role.map { $0 == kind.role } ?? ((source.kind ?? .ambience) == kind))
                    }
                    pool.add(own.map(\.0.recording), kind: kind, part: part, weight: source.weight)
                }
            }
        }
        Self.addBabble(of: self.clean, to: &pool)
        noises = pool
    }

    /// Without recorded babble, training makes it of its own speech, if there are voices enough.
    private static func addBabble(of clean: [Source], to pool: inout RecordedNoisePool) {
        guard !pool.has(.babble, .train) else { return }
        let speech = clean.map { source in
            (source.parts[.train] ?? []).filter { !source.music.contains($0.url) }
        }
        guard Set(speech.joined().map(\.voice)).count >= 3 else { return }
        for (source, recordings) in zip(clean, speech) {
            pool.add(recordings, kind: .babble, part: .train, weight: source.weight)
        }
    }
}

/// Names of folders, made different by a number where they are equal.
private struct UniqueNames {
    private var counts: [String: Int] = [:]

    mutating func folder(of path: String) -> String {
        let name = URL(fileURLWithPath: path).standardizedFileURL.lastPathComponent
        let count = counts[name, default: 0] + 1
        counts[name] = count
        return count == 1 ? name : "\(name)#\(count)"
    }
}
