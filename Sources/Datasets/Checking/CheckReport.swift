/// One thing that is wrong with a recording.
public struct Finding: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        /// Listed, and not there.
        case missing
        /// Another content than the manifest says.
        case changed
        /// Cannot be read to its end as sound.
        case corrupt
        /// Not at the rate of the set, or of its partner.
        case wrongRate = "wrong_rate"
        /// Other channels than the manifest or its partner says.
        case wrongChannels = "wrong_channels"
        /// Another duration than the manifest or its partner says.
        case wrongLength = "wrong_length"
        /// A file of a pair, or a stem of a mixture, without partner.
        case unpaired
        /// Nothing above -60 dBFS.
        case silent
        /// The same recording in several splits.
        case leaked
        /// More than one sample of ten thousand at full scale.
        case clipped
        /// The same content under two names.
        case duplicate
        /// Files of several rates in one folder.
        case mixedRates = "mixed_rates"
        /// What the dataset itself leaves out, for a reason of its own.
        case leftOut = "left_out"
        /// In the set's folder, and not in the manifest.
        case unlisted

        /// Whether training on it would be wrong, as opposed to worth a look.
        public var isError: Bool {
            switch self {
            case .clipped, .duplicate, .mixedRates, .unlisted: false
            default: true
            }
        }
    }

    public let kind: Kind
    /// Relative to the folder.
    public let path: String
    public let detail: String

    init(_ kind: Kind, _ path: String, _ detail: String) {
        self.kind = kind
        self.path = path
        self.detail = detail
    }
}

/// What a check found.
public struct CheckReport: Sendable {
    /// How many files were looked at.
    public let files: Int
    public let seconds: Double
    /// Errors first, by kind, then by path.
    public let findings: [Finding]

    public var errors: Int { findings.count { $0.kind.isError } }
    public var warnings: Int { findings.count - errors }

    /// The same with what a dataset leaves out.
    public func adding(leftOut: [(path: String, reason: String)]) -> CheckReport {
        let told = Set(findings.map(\.path))
        let more = leftOut.filter { !told.contains($0.path) }.map { Finding(.leftOut, $0.path, $0.reason) }
        return CheckReport(files: files, seconds: seconds, findings: findings + more)
    }

    init(files: Int, seconds: Double, findings: [Finding]) {
        self.files = files
        self.seconds = seconds
        let order = Finding.Kind.allCases
        func rank(_ finding: Finding) -> Int {
            (finding.kind.isError ? 0 : order.count) + (order.firstIndex(of: finding.kind) ?? 0)
        }
        self.findings = findings.sorted { (rank($0), $0.path) < (rank($1), $1.path) }
    }
}
