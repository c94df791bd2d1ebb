import Audio
import Foundation
import Testing

/// Reads the reference data beside the tests.
enum Fixtures {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures")

    static func audio(_ name: String) throws -> Waveform {
        try AudioFile.read(folder.appending(path: "signal/audio/\(name)"))
    }
}

/// Compares every element, |value - reference| <= absolute + relative |reference|, and reports the worst.
func expectClose(
    _ values: [Double], _ reference: [Double], absolute: Double, relative: Double = 0, _ label: String,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    guard values.count == reference.count else {
        Issue.record(
            "\(label): \(values.count) values, expected \(reference.count)", sourceLocation: sourceLocation)
        return
    }
    var worst = -1.0
    var index = 0
    for i in values.indices {
        let excess = abs(values[i] - reference[i]) / (absolute + relative * abs(reference[i]))
        if !(excess <= worst) { (worst, index) = (excess, i) }
    }
    if !(worst <= 1), !values.isEmpty {
        Issue.record(
            "\(label): element \(index) is \(values[index]), expected \(reference[index])",
            sourceLocation: sourceLocation)
    }
}

/// A folder of its own for one test, removed afterwards.
func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "aural-audio-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
}
