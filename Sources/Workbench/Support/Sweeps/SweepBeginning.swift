import ArgumentParser
import Experiments
import StrictJSON
import Tensor
import Tracking

/// What the commands take that begin a sweep or show what it would do.
struct SweepBeginning: ParsableArguments {
    @OptionGroup var options: SweepWorkOptions
    @Flag(help: "List every trial with an estimate of its time, and do nothing.")
    var preview = false
    @OptionGroup var workspaceOptions: WorkspaceOptions
    @OptionGroup var output: OutputOptions

    /// Begins the sweep or goes on with it; with `--preview` shows it.
    func begin(_ plan: SweepPlan) throws {
        options.computing.apply()
        for warning in plan.warnings { Terminal.note("warning: \(warning)\n") }
        if preview {
            try show(plan)
            return
        }
        // Before a workspace is made for it.
        _ = try plan.configurations()
        let workspace = try workspaceOptions.openOrCreate()
        let (session, isNew) = try SweepSession.enter(plan, in: workspace)
        if !options.quiet {
            Terminal.note("\(session.sweep.address): \(plan.spec.name)\(isNew ? "" : ", continued")\n")
        }
        try session.work(options, json: output.json)
    }

    private func show(_ plan: SweepPlan) throws {
        let workspace: Workspace?
        do {
            workspace = try workspaceOptions.openReadOnly()
        } catch TrackingError.workspaceMissing {
            workspace = nil
        }
        let jobs = options.jobs ?? plan.spec.jobs
        let threads = max(1, ThreadPool.shared.threadCount / jobs)
        let preview = try SweepPreview(plan, workspace: workspace, jobs: jobs, threads: threads)
        if output.json {
            JSONOutput.write(preview.json)
        } else {
            Terminal.write(
                preview.rendered(
                    width: Terminal.outputIsTerminal ? Terminal.width : nil, color: Terminal.usesColor))
        }
    }
}
