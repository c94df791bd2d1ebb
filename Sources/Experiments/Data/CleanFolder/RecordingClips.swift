import Audio
import Tensor

/// Clips of one length, drawn from recordings of any length.
struct RecordingClips: Sendable {
    let store: RecordingStore
    let tables: WeightedTables
    let gapSeconds: DegradationConfiguration.Interval

    /// A stretch of a long recording, or short ones of one voice with pauses between them.
    ///
    /// - Throws: `DataIssue` for a recording that cannot be used.
    func draw(_ samples: Int, _ stream: inout RandomStream) throws -> (samples: [Float], voice: String) {
        let table = tables.tables[tables.drawIndex(&stream)]
        let first = table.draw(&stream)
        if first.count >= samples {
            let start = stream.integer(0..<(first.count - samples + 1))
            return (try store.read(first, start..<start + samples, judged: true), first.voice)
        }
        let start = stream.integer(0..<first.count)
        var clip = try store.read(first, start..<first.count, judged: true)
        clip.reserveCapacity(samples)
        while clip.count < samples {
            let pause = Int(
                stream.uniform(gapSeconds.minimum...gapSeconds.maximum) * Double(store.sampleRate))
            clip += [Float](repeating: 0, count: min(pause, samples - clip.count))
            let next = table.sibling(of: first, &stream)
            clip += try store.read(next, 0..<min(next.count, samples - clip.count), judged: true)
        }
        return (clip, first.voice)
    }
}
