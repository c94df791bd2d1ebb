import Foundation

/// Durations, rates, levels, clipping and silence of recordings, in groups.
public struct RecordingStatistics: Sendable {
    /// What is in one group.
    public struct Group: Sendable {
        /// Empty in plain folders, which have none of these.
        public let split: String
        public let role: String
        /// The voice, or in plain folders the subfolder.
        public let voice: String
        public let files: Int
        public let seconds: Double
        /// Shortest, median and longest, s.
        public let shortest: Double
        public let median: Double
        public let longest: Double
        /// In hertz, ascending.
        public let sampleRates: [Int]
        public let channels: [Int]
        /// Mean and standard deviation of the active level of files that are not silent, dBFS.
        public let level: Double
        public let levelDeviation: Double
        /// The largest peak of all files.
        public let peak: Double
        /// Files with more than one sample of ten thousand at full scale.
        public let clipped: Int
        /// Share of silence (25 ms frames below -60 dBFS) in the whole duration.
        public let silentShare: Double
    }

    public let groups: [Group]
    /// Of each readable file, s.
    public let durations: [Double]
    /// Of each file that is not silent, dBFS.
    public let levels: [Double]
    /// Files that could not be read.
    public let unreadable: [String]

    /// Measures every file.
    ///
    /// - Throws: `CancellationError` when the observer asked to stop.
    public init(of source: RecordingSource, observer: any PreparationObserver) throws {
        let files: [(path: String, split: String, role: String, voice: String)]
        let folder: URL
        switch source {
        case .prepared(let set):
            folder = set.folder
            files = set.items.map { ($0.path, $0.split.rawValue, $0.role.rawValue, $0.voice) }
        case .folder(let recordings):
            folder = recordings.folder
            files = recordings.paths.map { path in
                let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
                return (path, "", "", parent)
            }
        case .listed(let listed):
            folder = URL(fileURLWithPath: ".")
            var seen: Set<String> = []
            files = listed.filter { seen.insert($0.path).inserted }
                .map { ($0.path, $0.split.rawValue, $0.role, $0.voice) }
        }
        observer.begin("measure", total: files.count, unit: "files")
        defer { observer.end() }
        var measures: [RecordingMeasure?] = []
        for start in stride(from: 0, to: files.count, by: 32) {
            let batch = files[start..<min(start + 32, files.count)].map(\.path)
            measures += try batch.concurrentMap { try? RecordingMeasure(ListedFile.place($0, in: folder)) }
            observer.advance(to: measures.count, detail: "")
            if observer.isCancelled { throw CancellationError() }
        }
        var order: [[String]] = []
        var grouped: [[String]: [RecordingMeasure]] = [:]
        for (file, measure) in zip(files, measures) {
            guard let measure else { continue }
            let key = [file.split, file.role, file.voice]
            if grouped[key] == nil { order.append(key) }
            grouped[key, default: []].append(measure)
        }
        groups = order.compactMap { key in grouped[key].map { Group(key, $0) } }
        let readable = measures.compactMap { $0 }
        durations = readable.map(\.seconds)
        levels = readable.filter { !$0.isSilent }.map(\.activeLevel)
        unreadable = zip(files, measures).filter { $0.1 == nil }.map(\.0.path)
    }

    /// The duration of everything, s.
    public var seconds: Double { groups.reduce(0) { $0 + $1.seconds } }
}

extension RecordingStatistics.Group {
    fileprivate init(_ key: [String], _ measures: [RecordingMeasure]) {
        (split, role, voice) = (key[0], key[1], key[2])
        files = measures.count
        let durations = measures.map(\.seconds).sorted()
        seconds = durations.reduce(0, +)
        shortest = durations.first ?? 0
        median = durations.isEmpty ? 0 : durations[durations.count / 2]
        longest = durations.last ?? 0
        sampleRates = Set(measures.map(\.sampleRate)).sorted()
        channels = Set(measures.map(\.channels)).sorted()
        let levels = measures.filter { !$0.isSilent }.map(\.activeLevel)
        let count = Double(max(1, levels.count))
        let mean = levels.reduce(0, +) / count
        level = levels.isEmpty ? -.infinity : mean
        levelDeviation = (levels.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
        peak = measures.map(\.peak).max() ?? 0
        clipped = measures.count { $0.isClipped }
        silentShare = measures.reduce(0) { $0 + $1.silentShare * $1.seconds } / max(1e-9, seconds)
    }
}
