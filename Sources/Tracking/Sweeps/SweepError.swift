/// What can go wrong with sweeps, told in one line.
public enum SweepError: Error, Equatable, CustomStringConvertible {
    /// No sweep has this address. `nearest` holds the nearest name, else the latest sweeps.
    case unknownSweep(address: String, nearest: [String])
    /// The workspace has no sweep at all.
    case noSweeps(address: String, path: String)
    /// Several sweeps have this name.
    case ambiguousSweep(address: String, candidates: [String])
    /// The sweep has no such trial.
    case unknownTrial(address: String, sweep: String, count: Int)
    /// Another process has taken the trial over.
    case trialLost(address: String)
    /// What a driver tells does not fit what is known of the trial; nothing was changed.
    case tellRefused(address: String, reason: String)

    public var description: String {
        switch self {
        case .unknownSweep(let address, let nearest):
            "no sweep '\(address)'; there is \(nearest.joined(separator: ", ")) "
                + "(`workbench sweep status` lists all)"
        case .noSweeps(let address, let path):
            "no sweep '\(address)': the workspace \(path) has no sweeps yet; `workbench sweep FILE` makes one"
        case .ambiguousSweep(let address, let candidates):
            "several sweeps are named '\(address)': \(candidates.joined(separator: ", ")); give one of these"
        case .unknownTrial(let address, let sweep, let count):
            count == 0
                ? "no trial '\(address)': \(sweep) has none yet"
                : "no trial '\(address)'; \(sweep) has the trials 0 to \(count - 1)"
        case .trialLost(let address):
            "\(address) is worked on by another process; this one stops"
        case .tellRefused(let address, let reason): "\(address) \(reason); nothing was changed"
        }
    }
}
