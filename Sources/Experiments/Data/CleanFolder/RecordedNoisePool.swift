import Audio
import Tensor

/// Background noises made of recordings.
struct RecordedNoisePool: Sendable {
    let store: RecordingStore
    let log: IssueLog
    /// By kind and part.
    private var tables: [RecordedNoiseKind: [DataSplit: WeightedTables]] = [:]

    /// Voices that sound at once in babble.
    private static let babbleVoices = 6
    /// Where short noises are repeated, end and beginning overlap by so many seconds.
    private static let overlap = 0.02

    init(store: RecordingStore, log: IssueLog) { (self.store, self.log) = (store, log) }

    mutating func add(
        _ recordings: [Recording], kind: RecordedNoiseKind, part: DataSplit, weight: Double
    ) {
        tables[kind, default: [:]][part, default: WeightedTables()].add(recordings, weight: weight)
    }

    func has(_ kind: RecordedNoiseKind, _ part: DataSplit) -> Bool { tables[kind]?[part]?.isEmpty == false }

    /// All recordings of a part.
    func recordings(_ part: DataSplit) -> [Recording] {
        RecordedNoiseKind.allCases.flatMap { tables[$0]?[part]?.tables.flatMap(\.recordings) ?? [] }
    }

    /// A noise of `count` samples, at any level.
    ///
    /// - Parameter voice: whose voice babble should not hold.
    /// - Returns: nil if there are no recordings of the kind.
    /// - Throws: `ExperimentError` by the policy.
    func noise(
        _ kind: NoiseKind, part: DataSplit, count: Int, avoiding voice: String, stream: RandomStream
    ) throws -> (samples: [Float], family: String?)? {
        guard let recorded = RecordedNoiseKind(rawValue: kind.rawValue), has(recorded, part),
            let tables = tables[recorded]?[part]
        else { return nil }
        for attempt in 0..<16 {
            var stream = attempt == 0 ? stream : RandomStream(key: "retry/\(attempt)/\(drawn(stream))")
            do {
                let (samples, name) =
                    switch recorded {
                    case .ambience: try ambience(tables, count, &stream)
                    case .keys: (try keys(tables, count, &stream), "keys")
                    case .babble: (try babble(tables, count, voice, &stream), "babble")
                    }
                // A stretch of silence would make no noise at all.
                if samples.contains(where: { abs($0) > RecordingStore.silence }) { return (samples, name) }
            } catch let issue as DataIssue {
                try log.report(issue)
            }
        }
        return nil
    }

    private func drawn(_ stream: RandomStream) -> UInt64 {
        var stream = stream
        return stream.nextBits()
    }

    // MARK: Kinds

    private func ambience(
        _ tables: WeightedTables, _ count: Int, _ stream: inout RandomStream
    ) throws -> (samples: [Float], name: String) {
        let recording = tables.draw(&stream)
        guard recording.count < count else {
            let start = stream.integer(0..<(recording.count - count + 1))
            return (try store.read(recording, start..<start + count, judged: false), recording.name)
        }
        let samples = try store.read(recording, 0..<recording.count, judged: false)
        let fade = min(samples.count / 4, Int(Self.overlap * Double(store.sampleRate)))
        let period = samples.count - fade
        var loop = Array(samples[0..<period])
        for i in 0..<fade {
            let share = (Float(i) + 0.5) / Float(fade)
            loop[i] = samples[i] * share.squareRoot() + samples[period + i] * (1 - share).squareRoot()
        }
        let start = stream.integer(0..<period)
        return ((0..<count).map { loop[(start + $0) % period] }, recording.name)
    }

    /// A person typing on the recorded keys.
    private func keys(_ tables: WeightedTables, _ count: Int, _ stream: inout RandomStream) throws -> [Float]
    {
        let rate = Double(store.sampleRate)
        var samples = [Float](repeating: 0, count: count)
        let tempo = stream.uniform(3...9)
        var time = stream.uniform(0...0.15)
        while time * rate < Double(count) {
            let key = tables.draw(&stream)
            let gain = decibelGain(stream.uniform(-9...0))
            let start = Int(time * rate)
            let stroke = try store.read(key, 0..<min(key.count, count - start), judged: false)
            for i in stroke.indices { samples[start + i] += gain * stroke[i] }
            time += stream.uniform(0.4...1.7) / tempo
            if stream.chance(0.12) { time += stream.uniform(0.2...0.8) }
        }
        return samples
    }

    /// Six voices within 8 dB of each other.
    private func babble(
        _ tables: WeightedTables, _ count: Int, _ avoided: String, _ stream: inout RandomStream
    ) throws -> [Float] {
        var samples = [Float](repeating: 0, count: count)
        for _ in 0..<Self.babbleVoices {
            var voice: [Float] = []
            voice.reserveCapacity(count)
            while voice.count < count {
                var recording = tables.draw(&stream)
                for _ in 0..<8 where recording.voice == avoided { recording = tables.draw(&stream) }
                let start = voice.isEmpty ? stream.integer(0..<max(1, recording.count / 2)) : 0
                let end = min(recording.count, start + count - voice.count)
                voice += try store.read(recording, start..<end, judged: false)
            }
            let level = ActiveLevel.rms(voice, sampleRate: store.sampleRate)
            guard level > 0 else { continue }
            let gain = decibelGain(stream.uniform(-8...0)) / Float(level)
            for i in 0..<count { samples[i] += gain * voice[i] }
        }
        return samples
    }
}
