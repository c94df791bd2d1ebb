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
            // Components have sections of their own; their whole default would hide the rest.
            let isLarge = field.defaultValue.map {
                $0.objectValue != nil || $0.arrayValue?.first?.objectValue != nil
            }
            defaultValue = isLarge == true ? .string("see its kinds") : field.defaultValue
            accepted = field.accepted.isEmpty ? field.typeName : field.accepted
            meaning = field.documentation
        }
    }

    private static var rows: [Row] {
        func section(
            _ name: String, _ kinds: [(kind: String, summary: String, fields: [FieldDescription])]
        ) -> [Row] {
            kinds.flatMap { kind in
                kind.fields.map { Row("\(name)(\(kind.kind)).\($0.path)", $0) }
            }
        }
        return ExperimentConfig.descriptions.map { Row("\($0.path)", $0) }
            + section("dataset", DatasetRegistry.descriptions) + section("losses", LossRegistry.descriptions)
            + section("task", TaskRegistry.descriptions)
    }
}
