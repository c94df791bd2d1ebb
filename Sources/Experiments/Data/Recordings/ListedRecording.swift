import Audio
import Foundation

/// A file that a dataset uses, as `workbench data list`, `check` and `stats` show it.
public struct ListedRecording: Sendable, Hashable {
    /// What belongs together has one name: both files of a pair, all stems of a song.
    public let name: String
    public let url: URL
    public let split: DataSplit
    /// `clean`, `degraded`, `noise`, `mixture` or the name of a stem.
    public private(set) var role: String
    /// Talker, song or whatever else belongs together; empty if unknown.
    public let voice: String
    public let seconds: Double
    /// The file's own rate, Hz.
    public let sampleRate: Int

    /// - Parameter rate: that of the dataset, at which the recording's samples are counted.
    init(_ recording: Recording, name: String, split: DataSplit, role: String, datasetRate rate: Int) {
        self.name = name
        url = recording.url
        self.split = split
        self.role = role
        voice = recording.voice
        seconds = Double(recording.count) / Double(rate)
        sampleRate = recording.sampleRate
    }

    /// The same file under another role.
    func with(role: String) -> ListedRecording {
        var copy = self
        copy.role = role
        return copy
    }
}
