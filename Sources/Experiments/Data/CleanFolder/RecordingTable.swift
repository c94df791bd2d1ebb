import Audio
import Tensor

/// Recordings to draw from, each as often as it is long.
struct RecordingTable: Sendable {
    let recordings: [Recording]
    private let ends: [Int]
    private let byVoice: [String: [Int]]

    init(_ recordings: [Recording]) {
        self.recordings = recordings
        var total = 0
        ends = recordings.map { recording in
            total += recording.count
            return total
        }
        byVoice = Dictionary(grouping: recordings.indices, by: { recordings[$0].voice })
    }

    var isEmpty: Bool { recordings.isEmpty }
    var voiceCount: Int { byVoice.count }

    /// A recording by its length. The table must not be empty.
    func draw(_ stream: inout RandomStream) -> Recording {
        let place = stream.integer(0..<(ends.last ?? 1))
        var (low, high) = (0, ends.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if ends[middle] > place { high = middle } else { low = middle + 1 }
        }
        return recordings[low]
    }

    /// Any recording of the same voice, itself included.
    func sibling(of recording: Recording, _ stream: inout RandomStream) -> Recording {
        recordings[stream.pick(byVoice[recording.voice] ?? Array(recordings.indices))]
    }
}

/// Tables with weights.
struct WeightedTables: Sendable {
    private(set) var tables: [RecordingTable] = []
    private var weights: [Double] = []

    mutating func add(_ recordings: [Recording], weight: Double) {
        guard !recordings.isEmpty, weight > 0 else { return }
        tables.append(RecordingTable(recordings))
        weights.append(weight)
    }

    var isEmpty: Bool { tables.isEmpty }

    /// The index of a table. There must be one.
    func drawIndex(_ stream: inout RandomStream) -> Int { stream.weighted(weights) }

    /// A recording of a drawn table.
    func draw(_ stream: inout RandomStream) -> Recording { tables[drawIndex(&stream)].draw(&stream) }
}
