import ArgumentParser
import Experiments
import StrictJSON

/// `workbench keys`: everything that an experiment file may say.
struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "List the keys of an experiment file, with defaults and what they accept.")

    @Argument(help: "Show only keys that contain this text.")
    var text: String?
    @OptionGroup var output: OutputOptions

    func run() throws {
        let rows = Self.rows.filter { text.map($0.key.contains) ?? true }
        guard !rows.isEmpty else {
            let nearest = suggestion(for: text ?? "", among: Self.rows.map(\.key), what: "keys")
            throw ExperimentError.notFound("no key contains \"\(text ?? "")\"; \(nearest)")
        }
        if output.json {
            JSONOutput.write([
                "keys": .array(
                    rows.map { row in
                        .object([
                            "key": .string(row.key), "default": row.defaultValue ?? .null,
                            "accepted": .string(row.accepted), "meaning": .string(row.meaning),
                        ])
                    })
            ])
            return
        }
        var table = Table([
            .init("key"), .init("default", shrinks: true), .init("accepted", shrinks: true), .init("meaning"),
        ])
        for row in rows {
            table.add([row.key, row.defaultValue?.compactText ?? "(required)", row.accepted, row.meaning])
        }
        Terminal.write(table.rendered(width: nil, color: Terminal.usesColor))
    }

    private struct Row {
        let key: String
        let defaultValue: JSONValue?
        let accepted: String
        let meaning: String

        init(_ key: String, _ field: FieldDescription) {
            self.key = key
            // Components have rows of their own, so their kinds are enough here.
            defaultValue = field.defaultValue.map { value in
                let kinds = (value.arrayValue ?? [value]).compactMap { $0["kind"]?.stringValue }
                return kinds.isEmpty ? value : .string(kinds.joined(separator: ", "))
            }
            accepted = field.accepted.isEmpty ? field.typeName : field.accepted
            meaning = field.documentation
        }
    }

    private static var rows: [Row] {
        func section(
            _ name: String, _ kinds: [(kind: String, summary: String, fields: [FieldDescription])]
        ) -> [Row] {
            kinds.flatMap { kind in
                // A plain object is told by the keys inside it.
                kind.fields.filter { $0.typeName != "an object" }.map { field in
                    Row((name.isEmpty ? "" : "\(name)(\(kind.kind)).") + "\(field.path)", field)
                }
            }
        }
        return section("", [("", "", ExperimentConfig.descriptions)])
            + section("dataset", DatasetRegistry.descriptions)
            + section("augmentation", AugmentationRegistry.descriptions)
            + section("losses", LossRegistry.descriptions)
            + section("task", TaskRegistry.descriptions)
    }
}
