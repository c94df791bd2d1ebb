import Foundation

/// Who works on a trial.
public enum TrialWorker: Sendable, Equatable {
    /// This process; what it leaves behind is free as soon as it has died.
    case thisProcess
    /// A program outside the workbench, which asks and tells by commands that end at once: its lease holds for so many
    /// seconds, and for as many again at each sign of life. Who asks again under the same name is given what it has.
    case driver(name: String, seconds: Int)

    /// The worker as the owner of a lease.
    var leaseText: String {
        switch self {
        case .thisProcess: TrialLease.mine
        // A host is never nameless, so no process is mistaken for a driver.
        case .driver(let name, let seconds): "\t\(name)\t\(seconds)"
        }
    }

    /// Reads a driver's text; nil for that of a process.
    init?(driver text: String) {
        let parts = text.split(separator: "\t", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].isEmpty, let seconds = Int(parts[2]) else { return nil }
        self = .driver(name: String(parts[1]), seconds: seconds)
    }

    /// Seconds for which a lease holds without a renewal.
    var leaseSeconds: TimeInterval {
        switch self {
        case .thisProcess: TrialLease.duration
        case .driver(_, let seconds): TimeInterval(seconds)
        }
    }
}

/// Who works on a trial, and until when that holds without a renewal.
///
/// A lease whose owner has died on this machine is free at once; one of another machine, of a container that cannot
/// be looked into, or of a driver, when its time is over.
struct TrialLease: Sendable {
    /// Seconds for which a process holds a lease. Renewed every few seconds, so that a busy machine loses none.
    static let duration: TimeInterval = 30

    /// This process as the owner of leases.
    static let mine = ProcessIdentity.current.leaseText

    /// nil for a driver.
    let owner: ProcessIdentity?
    let until: Date

    /// Reads a row's columns; nil where nobody works on the trial.
    init?(owner text: String?, until: Int64?) {
        guard let text, let until else { return nil }
        owner = ProcessIdentity(lease: text)
        guard owner != nil || TrialWorker(driver: text) != nil else { return nil }
        self.until = Date(microseconds: until)
    }

    func isFree(now: Date, here: String = HostFacts.hostName) -> Bool {
        // The end of a lease of this machine says nothing: its owner may have been asleep with the whole machine.
        if let owner, owner.host == here, !owner.isHidden { return owner.isGone }
        return now > until
    }
}

extension ProcessIdentity {
    /// The process as the owner of a lease: host, boot, number and start, between tabulators.
    var leaseText: String {
        [host, bootID ?? "", "\(processID)", processStart.map { "\($0)" } ?? ""].joined(separator: "\t")
    }

    init?(lease text: String) {
        let parts = text.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 4, let number = Int(parts[2]) else { return nil }
        self.init(
            host: parts[0], bootID: parts[1].isEmpty ? nil : parts[1], processID: number,
            processStart: Int(parts[3]))
    }
}
