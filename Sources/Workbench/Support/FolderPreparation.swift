import ArgumentParser
import Datasets
import Foundation
import StrictJSON

/// `workbench data prepare` for a folder of recordings.
struct FolderPreparation {
    private let config: PipelineConfig

    /// What the arguments ask for; nil for a recipe.
    init?(_ path: String, stages: String?, overrides: [String], into: String?) throws {
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        var document: JSONDocument
        if exists, isFolder.boolValue {
            document = try JSONDocument("{}", file: path)
            try document.apply(Override("path=\(JSONValue.string(path).compactText)"))
        } else {
            document = try JSONDocument(contentsOf: path)
            // Whatever is not plainly a pipeline is judged as a recipe.
            guard document.value["packages"] == nil, document.value["path"] != nil else { return nil }
        }
        for override in overrides { try document.apply(Override(override)) }
        if let into { try document.apply(Override("into=\(JSONValue.string(into).compactText)")) }
        if let stages {
            let names = stages.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            for name in names where PipelineStage(rawValue: name) == nil {
                let known = PipelineStage.allCases.map(\.rawValue)
                throw DatasetError.recipe(
                    "--stages: there is no stage \(quoted(name)); \(suggestion(for: name, among: known, what: "stages"))"
                )
            }
            try document.apply(Override("stages=\(JSONValue(names).compactText)"))
        }
        config = try document.decode(PipelineConfig.self)
    }

    func run(quiet: Bool, showsSteps: Bool, json: Bool) throws {
        Interruption.watch()
        let report: Pipeline.Report
        do {
            report = try Pipeline(config, observer: PhaseProgress(isQuiet: quiet)).run()
        } catch is CancellationError {
            Terminal.note("workbench: stopped; repeat the command to go on\n")
            throw ExitCode(Interruption.exitStatus)
        }
        if json {
            JSONOutput.write([
                "folder": .string(report.folder.relativePath), "files": .integer(report.manifest.items.count),
                "unchanged": .integer(report.unchanged), "skipped": .integer(report.skipped.count),
                "features_computed": .integer(report.features[.computed, default: 0]),
                "features_found": .integer(report.features[.found, default: 0]),
                "features_mended": .integer(report.features[.mended, default: 0]),
                "manifest": .string(report.folder.appending(path: PipelineManifest.name).relativePath),
                "items": .array(report.manifest.items.map(\.json)),
            ])
        } else {
            if showsSteps { writeSteps(report) }
            writeSummary(report)
        }
        if report.skipped.count == report.manifest.items.count { throw ExitCode(ExitStatus.runFailed) }
    }

    private func writeSteps(_ report: Pipeline.Report) {
        var table = Table([
            .init("recording", shrinks: true), .init("stage"), .init("what", shrinks: true),
            .init("rate / Hz", .right),
            .init("channels", .right), .init("seconds", .right), .init("peak", .right),
            .init("level / dBFS", .right),
        ])
        for item in report.manifest.items {
            for step in item.steps {
                table.add([
                    item.source, step.stage.rawValue, step.did, "\(step.sampleRate)", "\(step.channels)",
                    NumberText.fixed(Double(step.frames) / Double(step.sampleRate), decimals: 2),
                    NumberText.fixed(step.peak, decimals: 3), NumberText.fixed(step.level, decimals: 1),
                ])
            }
            for feature in item.features {
                let shape = feature.shape.map(String.init).joined(separator: " x ")
                table.add([item.source, "features", "\(feature.kind), \(shape)", "", "", "", "", ""])
            }
        }
        Terminal.write(table.rendered(width: nil, color: Terminal.usesColor) + "\n")
    }

    private func writeSummary(_ report: Pipeline.Report) {
        let items = report.manifest.items
        let seconds = items.reduce(0) { $0 + $1.seconds }
        for item in report.skipped { Terminal.write("left out: \(item.source): \(item.skipped)\n") }
        let made = items.count - report.skipped.count
        var text = "\(made) of \(items.count) recordings, \(NumberText.duration(seconds)): "
        text += PipelineStage.allCases.filter(config.stages.contains).map(\.rawValue).joined(separator: ", ")
        if report.unchanged > 0 { text += "; \(report.unchanged) were done before" }
        let features = report.features
        if !features.isEmpty {
            text +=
                "; features: \(features[.computed, default: 0]) computed, \(features[.found, default: 0]) found"
            if let mended = features[.mended] { text += ", \(mended) damaged and made anew" }
        }
        Terminal.write("\(text)\n\(report.manifest.pipeline.into)/\(PipelineManifest.name)\n")
    }
}
