import Foundation

/// Facts about this machine that a run records.
public enum HostFacts {
    /// The machine's name.
    public static let hostName = ProcessInfo.processInfo.hostName

    /// The processor's model name, where the system tells it.
    public static let cpu: String? = {
        guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8) else { return nil }
        let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
        guard let value = line?.split(separator: ":", maxSplits: 1).last else { return nil }
        return value.trimmingCharacters(in: .whitespaces)
    }()
}
