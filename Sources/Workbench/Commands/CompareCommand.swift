import ArgumentParser
import Comparison
import Foundation
import StrictJSON
import Tracking

/// `workbench compare`: what differs between runs, in configuration and in results, and how sure that is.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compare runs: configuration, metrics, test scores by file, seeds, curves.",
        discussion: """
            The first run is the reference of all differences. Runs that differ in their seed alone form a group, \
            and groups are compared over seeds; see docs/compare.md for what each figure means.

            A gate holds or ends with exit code 4: --gate 'b.test/pesq >= a.test/pesq - 0.02 and p(b.test/pesq) < 0.05'. \
            a, b, ... are the runs (or groups) in order, run12 a run; diff, low, high and p are what a figure shows \
            against a.
            """)

    @Argument(
        help: "Two or more runs: run12, 12, 12..15, last, last~1, sweep3/*, best:val/loss, or a name.",
        completion: .runs)
    var runs: [String]

    @Option(
        help: ArgumentHelp("Only this metric, such as test/pesq; repeat for several.", valueName: "name"),
        completion: .metrics)
    var metric: [String] = []

    @Option(help: "Whose test scores to test. Default: last, else best.")
    var checkpoint: String?

    @Option(help: "What to pair: files, seeds or both. Default: seeds where runs form groups, else files.")
    var paired: Pairing?

    @Option(
        help: ArgumentHelp(
            "Which runs belong together: '!seed' (all keys but these agree), keys that agree, or none.",
            discussion: "Default: runs that differ in their seed alone.", valueName: "keys"))
    var groupBy: String?

    @Option(help: "Which value of a logged metric stands for a run: best, last, min, max or mean.")
    var at: LoggedMetric.Figure = .best

    @Flag(help: "Leave out metrics and scores that do not differ, and curves.")
    var onlyDiff = false

    @Flag(help: "Compare runs with different test sets, on the files that they share.")
    var force = false

    @Option(
        help: ArgumentHelp(
            "A condition on the figures; exit code 4 when it does not hold. May be repeated.",
            valueName: "expr"))
    var gate: [String] = []

    @Option(help: ArgumentHelp("Write a self-contained page with curves and audio.", valueName: "file"))
    var html: String?

    @Option(help: "How many files with audio to put in the page.")
    var examples = 6

    @OptionGroup var workspaceOptions: WorkspaceOptions
    @OptionGroup var output: TableOptions

    func validate() throws {
        if examples < 0 { throw ValidationError("--examples must not be negative") }
        if html?.isEmpty == true { throw ValidationError("--html needs the path of a file") }
    }

    func run() throws {
        // Mistakes on the command line are told before anything is read.
        let gates = try gate.map { text throws(GateError) in try GateExpression(text) }
        let options = try comparisonOptions()
        let workspace = try workspaceOptions.openReadOnly()
        let found = try workspace.runs(at: runs)
        if found.count < 2 {
            throw ValidationError(
                "give two or more runs to compare; \(runs.joined(separator: " ")) "
                    + "is \(found.map(\.address).joined(separator: ", ")) alone")
        }
        let comparison = try RunComparison(ComparedRun.load(found, in: workspace, options), options)
        let verdicts = try gates.map { gate throws(GateError) in try gate.verdict(on: comparison) }

        try write(comparison, found, zip(gate, verdicts).map { $1.object($0) }, workspace)
        if let html {
            let report = try ComparisonReport(comparison, found, examples: examples, in: workspace)
            try report.write(to: html)
        }
        for (text, verdict) in zip(gate, verdicts) { Self.tell(text, verdict) }
        if verdicts.contains(where: { !$0.holds }) { throw ExitCode(ExitStatus.gateFailed) }
    }

    private func comparisonOptions() throws -> ComparisonOptions {
        var options = ComparisonOptions()
        options.metrics = metric
        options.checkpoint = checkpoint
        options.pairing = paired
        options.grouping = try groupBy.map { try Grouping($0) } ?? .automatic
        options.figure = at
        options.force = force
        options.isFixed = { ScoreTable.isFixed($0) }
        options.ordered = { ScoreTable.ordered($0) }
        return options
    }

    private func write(
        _ comparison: RunComparison, _ found: [Run], _ gates: [JSONValue], _ workspace: Workspace
    ) throws {
        if output.json {
            var members = comparison.jsonMembers()
            members["gates"] = .array(gates)
            if !onlyDiff {
                let curves = try ComparisonCurves(
                    comparison, found, metrics: comparison.curveMetrics, places: Self.curvePlaces,
                    in: workspace)
                members["curves"] = curves.json
            }
            JSONOutput.write(members)
            return
        }
        if output.csv {
            Terminal.write(comparison.csv)
            return
        }
        let sections = ComparisonSections(comparison: comparison, onlyDifferences: onlyDiff).all
        if output.md {
            Terminal.write(sections.map { $0.markdown() }.joined())
            return
        }
        let width = Terminal.outputIsTerminal ? Terminal.width : nil
        let color = Terminal.usesColor
        Terminal.write(sections.map { $0.rendered(width: width, color: color) }.joined(separator: "\n"))
        if onlyDiff { return }
        let curves = try ComparisonCurves(
            comparison, found, metrics: comparison.curveMetrics, places: 2 * Terminal.width, in: workspace)
        Terminal.write(curves.rendered(width: Terminal.width, color: color))
    }

    /// In how many places at most `--json` gives a curve.
    private static let curvePlaces = 200

    private static func tell(_ text: String, _ verdict: GateVerdict) {
        let figures = verdict.figures.map { "\($0.text) = \(NumberText.value($0.value))" }
        let result =
            verdict.holds
            ? TextStyle.green.applied(to: "holds", when: Terminal.errorUsesColor)
            : TextStyle.red.applied(
                to: verdict.isUndefined ? "does not hold (a figure is not a number)" : "does not hold",
                when: Terminal.errorUsesColor)
        Terminal.note("gate \(result): \(text)  (\(figures.joined(separator: ", ")))\n")
    }
}

extension Pairing: ExpressibleByArgument {}
extension LoggedMetric.Figure: ExpressibleByArgument {}
