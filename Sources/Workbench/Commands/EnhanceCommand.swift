import ArgumentParser
import Audio
import Experiments
import Foundation
import StrictJSON
import Tracking

/// `workbench enhance`: applies a run's model to a file or to all files of a folder.
struct EnhanceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enhance", abstract: "Enhance a sound file, or every sound file of a folder.",
        discussion: """
            The result has the length, rate, channels, container, sample format and tags of the original and is \
            aligned with it to the sample; 16 and 24 bits are dithered. What lies above the model's band is passed through. With \
            --baseline a classical method does the work, without any training.
            """)

    @Option(
        name: .customLong("run"), help: ArgumentHelp("The run, such as run1 or last.", valueName: "run"),
        completion: .runs)
    var address: String?
    @Option(
        help: "A classical method in place of a run: spectral_subtraction, boll, wiener or iterative_wiener.")
    var baseline: Baseline?
    @Option(
        help: "How a classical method learns the noise: tracked (quietest moments) or leading (first 0.12 s)."
    )
    var noise: NoiseChoice?
    @Argument(help: "A sound file or a folder.")
    var input: String
    @Argument(help: "Where the result goes: a file for a file, a folder for a folder.")
    var output: String
    @Option(help: "The checkpoint: last, best, generator_only, previous, or a kept one such as step-1199.")
    var checkpoint = CheckpointRole.last
    @Option(help: "The result that is wanted: stage1 (denoising alone) or final.")
    var stage = ResultStage.final
    @Flag(help: "Replace results that exist.")
    var overwrite = false
    @OptionGroup var computing: ComputingOptions
    @Flag(help: "Show no progress.")
    var quiet = false
    @Flag(help: "Print one JSON object instead of text.")
    var json = false
    @OptionGroup var workspaceOptions: WorkspaceOptions

    func validate() throws {
        if (address == nil) == (baseline == nil) {
            throw ValidationError("give either --run RUN or --baseline METHOD")
        }
        if noise != nil, baseline == nil {
            throw ValidationError(
                "--noise goes with --baseline: a trained model needs no estimate of the noise")
        }
    }

    private typealias Enhance = (
        _ source: URL, _ destination: URL, _ progress: (Double) -> Void, _ isCancelled: () -> Bool
    ) throws -> FileEnhancer.Report

    /// What enhances a file, and how the JSON object names it.
    private func method() throws -> (key: String, name: String, enhance: Enhance) {
        if let baseline {
            let enhancer = BlockFileEnhancer(baseline.enhancer(noise: noise?.estimator))
            return ("baseline", baseline.rawValue, enhancer.enhance)
        }
        let stored = try StoredRun.open(
            address ?? "last", role: checkpoint, in: try workspaceOptions.openReadOnly())
        let enhancer = FileEnhancer(model: stored.model, frontEnd: stored.frontEnd, stage: stage)
        return ("run", stored.run.address, enhancer.enhance)
    }

    func run() throws {
        computing.apply()
        let jobs = try FileJobs.plan(input: input, output: output, overwrite: overwrite)
        let method = try method()
        Interruption.watch()
        var files: [JSONValue] = []
        var failures = 0
        var firstFailure: (any Error)?
        var seconds = (audio: 0.0, wall: 0.0)
        for (source, destination) in jobs {
            let reporter = ConsoleReporter(isQuiet: quiet)
            reporter.begin(source.lastPathComponent, total: 100, unit: "%")
            do {
                let report = try method.enhance(
                    source, destination, { reporter.update(Int($0 * 100), tail: nil) },
                    { Interruption.isRequested })
                reporter.end()
                seconds = (seconds.audio + report.audioSeconds, seconds.wall + report.wallSeconds)
                files.append(
                    .object([
                        "input": .string(source.path), "output": .string(destination.path),
                        "audio_seconds": .number(report.audioSeconds),
                        "wall_seconds": .number(report.wallSeconds),
                        "real_time_factor": .number(report.realTimeFactor),
                    ]))
                if !json {
                    Terminal.write(
                        String(
                            format: "%@: %.1f s of audio in %.2f s, real-time factor %.4f\n",
                            destination.path,
                            report.audioSeconds, report.wallSeconds, report.realTimeFactor))
                }
            } catch is CancellationError {
                reporter.end()
                Terminal.note("workbench: stopped; \(destination.path) was not written\n")
                throw ExitCode(Interruption.exitStatus)
            } catch {
                reporter.end()
                // One bad file does not keep the others of a folder from being enhanced.
                failures += 1
                firstFailure = firstFailure ?? error
                if jobs.count > 1 { Terminal.note("workbench: \(error)\n") }
            }
        }
        if json {
            JSONOutput.write([
                method.key: .string(method.name), "files": .array(files),
                "failed": .integer(failures),
                "real_time_factor": .number(seconds.audio > 0 ? seconds.wall / seconds.audio : 0),
            ])
        }
        guard let firstFailure else { return }
        if jobs.count == 1 { throw firstFailure }
        Terminal.note("workbench: \(failures) of \(jobs.count) files could not be enhanced, see above\n")
        throw ExitCode(ExitStatus.of(firstFailure))
    }
}

extension CheckpointRole: ExpressibleByArgument {}
extension Baseline: ExpressibleByArgument {}

/// What `--noise` takes.
enum NoiseChoice: String, ExpressibleByArgument, CaseIterable {
    case tracked, leading

    var estimator: NoiseEstimator { self == .tracked ? .trackedMinimum() : .leadingSilence() }
}
extension ResultStage: ExpressibleByArgument {}

/// Which files become which.
enum FileJobs {
    static func plan(input: String, output: String, overwrite: Bool) throws -> [(
        source: URL, destination: URL
    )] {
        let manager = FileManager.default
        let (source, destination) = (URL(fileURLWithPath: input), URL(fileURLWithPath: output))
        var isFolder: ObjCBool = false
        guard manager.fileExists(atPath: source.path, isDirectory: &isFolder) else {
            throw ExperimentError.notFound("\(input): no such file or folder")
        }
        var outputIsFolder: ObjCBool = false
        let outputExists = manager.fileExists(atPath: destination.path, isDirectory: &outputIsFolder)
        guard isFolder.boolValue else {
            let target =
                outputExists && outputIsFolder.boolValue
                ? destination.appending(path: source.lastPathComponent) : destination
            try check(source, target, overwrite)
            return [(source, target)]
        }
        if outputExists, !outputIsFolder.boolValue {
            throw ExperimentError.config("\(output) is a file; the result of a folder needs a folder")
        }
        let names = try manager.contentsOfDirectory(atPath: source.path).sorted().filter {
            !$0.hasPrefix(".")
                && AudioFormat.writableExtensions.contains(($0 as NSString).pathExtension.lowercased())
        }
        guard !names.isEmpty else {
            throw ExperimentError.data(
                "\(input): no sound files; accepted: \(AudioFormat.writableExtensions.joined(separator: ", "))"
            )
        }
        let jobs = names.map {
            (source: source.appending(path: $0), destination: destination.appending(path: $0))
        }
        for job in jobs { try check(job.source, job.destination, overwrite) }
        try manager.createDirectory(at: destination, withIntermediateDirectories: true)
        return jobs
    }

    private static func check(_ source: URL, _ target: URL, _ overwrite: Bool) throws {
        if source.standardizedFileURL == target.standardizedFileURL {
            throw ExperimentError.config(
                "\(target.path): input and output are the same file; name another output")
        }
        if !overwrite, FileManager.default.fileExists(atPath: target.path) {
            throw ExperimentError.config("\(target.path) exists; add --overwrite to replace it")
        }
    }
}
