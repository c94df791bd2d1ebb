import ArgumentParser
import Experiments
import Foundation
import StrictJSON

/// `workbench ablate FILE`: the ablation of an experiment without writing a sweep's file first.
struct AblateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ablate", abstract: "Train an experiment without each of its parts: what is each worth?",
        discussion: """
            Makes the sweep of method "ablation" that docs/sweeps.md describes, and works on it as `workbench sweep` \
            does; the same command again goes on with it. Without --off every part is a factor that the experiment has \
            and that can be switched off by itself: second stage, discriminator, augmentation, weight average, each of \
            several losses. --save FILE writes the sweep's file to be changed and run later. A sweep's file of that method \
            is worked on as it is.

            Exit status: that of `workbench sweep`.
            """)

    @Argument(help: "The experiment, such as experiments/gan_unet.json.")
    var file: String
    @Option(
        parsing: .singleValue,
        help: ArgumentHelp(
            "A factor: the name of a known part, PATH=VALUE, or \"NAME: PATH=VALUE\"; may be given several times.",
            valueName: "factor"))
    var off: [String] = []
    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp(
            "Change one key in all trials; may be given several times.", valueName: "path=value"))
    var overrides: [String] = []
    @Option(
        help: ArgumentHelp(
            "The repeats, as 1..7 or 1,2,5. Default: 1.. as many as Holm's p needs to reach 0.05.",
            valueName: "seeds"))
    var seeds: String?
    @Option(help: "leave-one-out, one-at-a-time or full-factorial.")
    var design: String?
    @Option(
        help: ArgumentHelp("A logged metric, or test/NAME. Default: validation/lsd_db.", valueName: "name"))
    var metric: String?
    @Option(help: "Which way the metric gets better: min or max. Default: as its name suggests.")
    var goal: String?
    @Option(help: "Its best value or its last. Default: last.")
    var at: String?
    @Option(help: "The sweep's name. Default: the experiment's with -ablation.")
    var name: String?
    @Option(help: ArgumentHelp("Write the sweep's file and run nothing.", valueName: "file"))
    var save: String?
    @OptionGroup var beginning: SweepBeginning

    func run() throws {
        let document = try JSONDocument(contentsOf: file)
        let plan: SweepPlan
        if document.value["sweep"] != nil {
            plan = try existing()
        } else {
            let (spec, experiment) = try AblationRequest(self, document).sweep()
            if let save {
                try SweepFile.write(spec, base: file, to: save)
                Terminal.note("written: \(save); workbench sweep \(save) runs it\n")
                return
            }
            plan = SweepPlan(spec, experiment)
        }
        try beginning.begin(plan)
    }

    /// The plan of a sweep's file, which says everything itself.
    private func existing() throws -> SweepPlan {
        let own: [(String, Bool)] = [
            ("--off", !off.isEmpty), ("--set", !overrides.isEmpty), ("--seeds", seeds != nil),
            ("--design", design != nil), ("--metric", metric != nil), ("--goal", goal != nil),
            ("--at", at != nil),
            ("--name", name != nil), ("--save", save != nil),
        ]
        if let given = own.first(where: \.1) {
            throw ExperimentError.config(
                "\(file) is a sweep's file and says everything itself; \(given.0) goes with an experiment")
        }
        let plan = try SweepPlan(contentsOf: file)
        guard plan.spec.method == .ablation else {
            throw ExperimentError.config(
                "\(file) is a sweep of method \"\(plan.spec.method.rawValue)\"; `workbench sweep \(file)` runs it"
            )
        }
        return plan
    }
}
