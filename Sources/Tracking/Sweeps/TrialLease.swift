import Foundation

/// Who works on a trial, and until when that holds without a renewal.
///
/// A lease whose owner has died on this machine is free at once; one of another machine, or of a container that cannot
/// be looked into, when its time is over.
struct TrialLease: Sendable {
    /// Seconds for which a lease holds. Renewed every few seconds, so that a busy machine loses none.
    static let duration: TimeInterval = 30

    /// This process as the owner of leases.
    static let mine = ProcessIdentity.current.leaseText

    let owner: ProcessIdentity
    let until: Date

    /// Reads a row's columns; nil where nobody works on the trial.
    init?(owner text: String?, until: Int64?) {
        guard let text, let until, let owner = ProcessIdentity(lease: text) else { return nil }
        self.owner = owner
        self.until = Date(microseconds: until)
    }

    func isFree(now: Date, here: String = HostFacts.hostName) -> Bool {
        // The end of a lease of this machine says nothing: its owner may have been asleep with the whole machine.
        owner.host == here && !owner.isHidden ? owner.isGone : now > until
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
