/// Everything that is known about a run when it starts, so that it can be understood and repeated later.
public struct RunDescription: Sendable {
    /// A free name chosen by the user (`--name`); names may repeat, `run12` addresses never do.
    public var name: String?
    /// What kind of work it is: "train", "evaluate".
    public var kind: String
    /// The seed that every random choice of the run derives from.
    public var seed: UInt64
    /// The resolved configuration (all defaults filled in) as a JSON object.
    public var configJSON: String
    /// The hash of the resolved configuration.
    public var configHash: String?
    /// What repeats of the configuration share (`ConfigurationGroup`). Default: `configHash`.
    public var groupHash: String?
    /// Which program computes it (`ProgramIdentity`).
    public var codeHash: String?
    /// The artifact that holds what the working folder differs in from the commit.
    public var gitDiffSHA: String?
    /// The sweep and the trial within it that the run was started for.
    public var sweepID: Int64?
    public var trialNumber: Int?
    /// The run that this one derives from.
    public var parentID: Run.ID?
    /// SHA-256 of what identifies the training data.
    public var datasetHash: String?
    /// SHA-256 of what identifies the test set: scores of two runs compare only when it is the same.
    public var evalHash: String?
    /// The commit that the program or working folder stands at.
    public var gitCommit: String?
    /// Whether the working folder differs from that commit.
    public var gitDirty: Bool?
    /// The machine's name.
    public var host: String
    /// The processor's model name.
    public var cpu: String?
    /// The number of threads that compute, at least 1.
    public var threads: Int?
    /// The command as typed.
    public var commandLine: String?
    /// The version of the program that writes the run.
    public var programVersion: String
    /// Environment variables and versions of libraries that may change the result.
    public var environment: [String: String]
    /// The metric that decides which checkpoint is best, such as "val/loss"; listed by `workbench ls`.
    public var mainMetric: String?

    public init(
        name: String? = nil, kind: String = "train", seed: UInt64, configJSON: String,
        configHash: String? = nil, datasetHash: String? = nil, evalHash: String? = nil,
        gitCommit: String? = nil, gitDirty: Bool? = nil,
        host: String = HostFacts.hostName, cpu: String? = HostFacts.cpu, threads: Int? = nil,
        commandLine: String? = nil, programVersion: String = "0", environment: [String: String] = [:],
        mainMetric: String? = nil, groupHash: String? = nil, codeHash: String? = nil,
        gitDiffSHA: String? = nil, sweepID: Int64? = nil, trialNumber: Int? = nil, parentID: Run.ID? = nil
    ) {
        self.name = name
        self.kind = kind
        self.seed = seed
        self.configJSON = configJSON
        self.configHash = configHash
        self.datasetHash = datasetHash
        self.evalHash = evalHash
        self.gitCommit = gitCommit
        self.gitDirty = gitDirty
        self.host = host
        self.cpu = cpu
        self.threads = threads
        self.commandLine = commandLine
        self.programVersion = programVersion
        self.environment = environment
        self.mainMetric = mainMetric
        self.groupHash = groupHash
        self.codeHash = codeHash
        self.gitDiffSHA = gitDiffSHA
        self.sweepID = sweepID
        self.trialNumber = trialNumber
        self.parentID = parentID
    }
}
