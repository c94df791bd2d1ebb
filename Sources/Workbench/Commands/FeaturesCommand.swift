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
            Channels are mixed; the rate stays. Statistics are over frames of 10 ms, those of pitch over voiced ones. \
            The JSON object has the parameters of each feature, so that other programs can repeat it.
            """)

    @Argument(help: "A sound file.")
    var file: String
    @Option(help: ArgumentHelp("The lowest pitch that is looked for.", valueName: "Hz"))
    var lowestPitch = 65.0
    @Option(help: ArgumentHelp("The highest pitch that is looked for.", valueName: "Hz"))
    var highestPitch = 1000.0
    @Option(
        help: ArgumentHelp(
            "The sound pressure level of a sine of full scale, on which loudness, sharpness and roughness depend.",
            valueName: "dB SPL"))
    var fullScale = 94.0
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (0...200).contains(fullScale) else {
            throw ValidationError("--full-scale \(fullScale): give a level of 0 to 200 dB SPL")
        }
        guard lowestPitch >= 20, lowestPitch < highestPitch, highestPitch <= 10_000 else {
            throw ValidationError(
                "--lowest-pitch \(lowestPitch) --highest-pitch \(highestPitch): "
                    + "give 20 <= lowest < highest <= 10000")
        }
    }

    func run() throws {
        let sound = try AudioFile.read(URL(fileURLWithPath: file))
        let input = FeatureInput(
            sound, pitchRange: lowestPitch...highestPitch,
            calibration: Calibration(fullScaleSineLevel: fullScale))
        var found: [(feature: Feature, values: JSONObject)] = []
        var undefined: [(feature: Feature, reason: String)] = []
        for feature in Feature.all {
            do {
                found.append((feature, try feature.summarise(input)))
            } catch let error as Feature.Undefined {
                undefined.append((feature, error.reason))
            } catch let error as SoundMeasurementError {
                undefined.append((feature, error.description))
            }
        }
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
