import ArgumentParser
import Audio
import Foundation
import StrictJSON

/// `workbench features`: what a sound file sounds like, in numbers.
struct FeaturesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "features",
        abstract: "Summarise the features of a sound file: level, spectrum, pitch, rhythm, loudness ...",
        discussion: """
            The rate stays. Channels are mixed, but for programme loudness and true peak. Statistics are over \
            frames of 10 ms (loudness and sharpness: 2 ms), those of pitch over voiced ones. The JSON object has \
            the parameters of each feature, so that other programs can repeat it. docs/features.md explains them.
            """)

    @Argument(help: "A sound file.")
    var file: String
    @Option(help: ArgumentHelp("The lowest pitch that is looked for.", valueName: "Hz"))
    var lowestPitch = 65.0
    @Option(help: ArgumentHelp("The highest pitch that is looked for.", valueName: "Hz"))
    var highestPitch = 1000.0
    @Option(
        help: ArgumentHelp(
            "The sound pressure level of a sine of full scale, on which loudness and sharpness depend.",
            valueName: "dB SPL"))
    var fullScale = 94.0
    @Option(help: ArgumentHelp("Only these features, separated by commas.", valueName: "names"))
    var only: String?
    @Option(
        help: ArgumentHelp(
            "Also write a PNG of each feature into this folder, which is made.", valueName: "dir"))
    var pictures: String?
    @OptionGroup var output: OutputOptions

    func validate() throws {
        _ = try chosen()
        if pictures?.isEmpty == true { throw ValidationError("--pictures needs the path of a folder") }
        guard (0...200).contains(fullScale) else {
            throw ValidationError("--full-scale \(fullScale): give a level of 0 to 200 dB SPL")
        }
        guard lowestPitch >= 20, lowestPitch < highestPitch, highestPitch <= 10_000 else {
            throw ValidationError(
                "--lowest-pitch \(lowestPitch) --highest-pitch \(highestPitch): "
                    + "give 20 <= lowest < highest <= 10000")
        }
    }

    /// The features that `--only` names, in the order of the table.
    private func chosen() throws -> [Feature] {
        guard let only else { return Feature.all }
        let names = Feature.all.map(\.name)
        let wanted = only.split(separator: ",", omittingEmptySubsequences: false).map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        for name in wanted where !names.contains(name) {
            throw ValidationError(
                "--only: no feature '\(name)'; \(suggestion(for: name, among: names, what: "features"))")
        }
        return Feature.all.filter { wanted.contains($0.name) }
    }

    /// The folder for pictures, made before there is anything to lose.
    private func makeFolder(_ path: String) throws -> URL {
        let folder = URL(fileURLWithPath: path)
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw ValidationError("--pictures \(path): cannot be made: \(error.localizedDescription)")
        }
        return folder
    }

    /// Draws what has a summary, into files named after their features.
    private func draw(_ features: [Feature], _ input: FeatureInput, into folder: URL) throws {
        if only == nil {
            try FeaturePicture.spectrogram(input).write(to: folder.appending(path: "spectrogram.png"))
        }
        for feature in features {
            do {
                try feature.picture(input).write(to: folder.appending(path: "\(feature.name).png"))
            } catch let error as SoundMeasurementError {
                Terminal.note("no picture of \(feature.name): \(error)\n")
            }
        }
    }

    func run() throws {
        let sound = try AudioFile.read(URL(fileURLWithPath: file))
        let folder = try pictures.map(makeFolder)
        let input = FeatureInput(
            sound, pitchRange: lowestPitch...highestPitch,
            calibration: Calibration(fullScaleSineLevel: fullScale))
        var found: [(feature: Feature, values: JSONObject)] = []
        var undefined: [(feature: Feature, reason: String)] = []
        for feature in try chosen() {
            do {
                found.append((feature, try feature.summarise(input)))
            } catch let error as Feature.Undefined {
                undefined.append((feature, error.reason))
            } catch let error as SoundMeasurementError {
                undefined.append((feature, error.description))
            }
        }
        if let folder { try draw(found.map(\.feature), input, into: folder) }
        if output.json {
            JSONOutput.write([
                "file": .string(file), "sample_rate": .integer(sound.sampleRate),
                "channels": .integer(sound.channelCount), "samples": .integer(sound.frameCount),
                "seconds": .number(sound.duration),
                "features": .object(
                    JSONObject(
                        found.map { feature, values in
                            var values = values
                            values["unit"] = .string(feature.unit)
                            return (key: feature.name, value: .object(values))
                        })),
                "undefined": .object(
                    JSONObject(undefined.map { (key: $0.feature.name, value: .string($0.reason)) })),
            ])
            return
        }
        var table = Table([.init("feature"), .init("unit"), .init("values", shrinks: true)])
        for (feature, values) in found { table.add([feature.name, feature.unit, Self.text(values)]) }
        for (feature, reason) in undefined {
            table.add([feature.name, feature.unit, "undefined: \(reason)"])
        }
        Terminal.write(
            "\(file): \(NumberText.value(sound.duration)) s, \(sound.sampleRate) Hz, "
                + "\(sound.channelCount) channel\(sound.channelCount == 1 ? "" : "s")\n")
        Terminal.write(table.rendered(color: Terminal.usesColor))
    }

    /// The single numbers of a summary in a row; of long lists their count is enough.
    private static func text(_ values: JSONObject) -> String {
        values.members.compactMap { key, value in
            guard let number = value.doubleValue else { return nil }
            let text = value.intValue.map { "\($0)" } ?? NumberText.value(number)
            return key == "value" ? text : "\(key.replacing("_", with: " ")) \(text)"
        }.joined(separator: ", ")
    }
}
