import Foundation

@testable import Tracking

/// A folder of one test, removed with the test.
final class TemporaryFolder {
    let url: URL

    init(_ name: String = #function) {
        let name = name.filter { $0.isLetter || $0.isNumber }
        url = FileManager.default.temporaryDirectory.appendingPathComponent(
            "tracking-\(ProcessInfo.processInfo.processIdentifier)-\(name)", isDirectory: true)
        try? FileManager.default.removeItem(at: url)
    }

    var database: URL { url.appendingPathComponent("workbench.sqlite") }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }
}

extension RunDescription {
    /// A run with no more than it must have.
    static func plain(name: String? = nil, config: String = "{}") -> RunDescription {
        RunDescription(name: name, seed: 1, configJSON: config)
    }
}
