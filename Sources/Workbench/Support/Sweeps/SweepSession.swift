import ArgumentParser
import Experiments
import Foundation
import StrictJSON
import Tensor
import Tracking

/// A sweep that this process is about to work on.
struct SweepSession {
    let workspace: Workspace
    let sweep: Sweep
    let plan: SweepPlan

    /// The sweep of a file: a new one, or the one that the file began earlier.
    static func enter(_ plan: SweepPlan, in workspace: Workspace) throws -> (
        session: SweepSession, isNew: Bool
    ) {
        // Everything is decoded before anything is written.
        _ = try plan.configurations()
        let (sweep, isNew) = try workspace.enterSweep(
            name: plan.spec.name, specJSON: plan.stored.compactText, specHash: plan.identity)
        return (SweepSession(workspace: workspace, sweep: sweep, plan: plan), isNew)
    }

    /// A sweep of the workspace, from what the workspace keeps of it.
    static func open(_ address: String, in workspace: Workspace) throws -> SweepSession {
        let sweep = try workspace.sweep(address)
        return SweepSession(
            workspace: workspace, sweep: sweep,
            plan: try SweepPlan(storedAs: JSONValue(parsing: sweep.specJSON)))
    }

    /// The sweep for those who run its trials themselves.
    var driven: DrivenSweep { DrivenSweep(workspace: workspace, sweep: sweep, plan: plan) }

    /// Works on it until it is over, prints its result, and ends the program with the status that says how it went.
    func work(_ options: SweepWorkOptions, json: Bool) throws {
        Interruption.watch()
        let program = try Self.ownProgram()
        let base = workspace.directory(ofSweep: sweep.id).appending(path: SweepRunner.baseFile)
        let runner = SweepRunner(
            workspace: workspace, sweep: sweep, plan: plan, jobs: options.jobs ?? plan.spec.jobs,
            cores: options.computing.threads ?? ThreadPool.shared.threadCount,
            launcher: .workbench(
                program: program, base: base, workspace: workspace.directory, sweepName: sweep.name),
            reporter: ConsoleReporter(isQuiet: options.quiet))
        let end = try runner.run(shouldStop: { Interruption.isRequested })
        let report = try SweepReport(workspace.sweep(sweep.id), in: workspace)
        if json {
            JSONOutput.write(report.json)
        } else {
            Terminal.write(
                SweepReport.text(
                    report.result, width: Terminal.outputIsTerminal ? Terminal.width : nil,
                    color: Terminal.usesColor))
        }
        try leave(end, report)
    }

    private func leave(_ end: SweepEnd, _ report: SweepReport) throws {
        let address = sweep.address
        switch end {
        case .finished:
            let failed = report.count(.failed)
            guard failed > 0 else { return }
            Terminal.note(
                "workbench: \(failed) of \(report.entries.count) trials failed; "
                    + "workbench sweep status \(address) says why, workbench sweep retry \(address) tries again\n"
            )
            throw ExitCode(ExitStatus.runFailed)
        case .paused:
            Terminal.note("\(address) is paused; workbench sweep resume \(address) goes on with it\n")
            throw ExitCode(ExitStatus.resumable)
        case .budgetSpent:
            Terminal.note(
                "\(address): the budget is spent; raise it in the file and run that again to go on\n")
        case .stopped:
            Terminal.note("\(address) was stopped\n")
        case .failed(let reason):
            Terminal.note("workbench: \(address) ended at its first failure: \(reason)\n")
            throw ExitCode(ExitStatus.runFailed)
        }
    }

    /// The file of this program, to start it again for a trial.
    private static func ownProgram() throws -> URL {
        #if os(Linux)
            if let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"),
                FileManager.default.isExecutableFile(atPath: path)
            {
                return URL(fileURLWithPath: path)
            }
        #endif
        guard let url = Bundle.main.executableURL else {
            throw ExperimentError.notFound("cannot find the program's own file, which every trial starts")
        }
        return url
    }
}

/// How a sweep is worked on.
struct SweepWorkOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Trials at the same time; they share the threads. Default: the file's.", valueName: "n"))
    var jobs: Int?
    @OptionGroup var computing: ComputingOptions
    @Flag(help: "Show no progress.")
    var quiet = false

    func validate() throws {
        if let jobs, !(1...256).contains(jobs) {
            throw ValidationError("--jobs \(jobs): give a number from 1 to 256")
        }
    }
}
