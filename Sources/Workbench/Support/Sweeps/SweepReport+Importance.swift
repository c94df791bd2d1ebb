import Experiments
import StrictJSON

/// What the parameters of a search explain.
extension SweepReport {
    /// nil for an ablation, and while too few configurations have a value.
    var importanceSection: Section? {
        let rows = importance
        guard !rows.isEmpty else { return nil }
        var text = Table([
            .init("parameter"), .init("n", .right), .init("explains", .right), .init("by chance", .right),
            .init("p", .right), .init("Holm p", .right), .init("best at", shrinks: true),
        ])
        for row in rows {
            let isShown = row.adjustedP <= AblationTable.level
            text.add([
                .init(row.name), .init("\(row.count)"),
                .init(NumberText.fixed(100 * row.share, decimals: 0) + " %", isShown ? .green : .dim),
                .init("< " + NumberText.fixed(100 * row.chance, decimals: 0) + " %"),
                .init(Self.probability(row.p)), .init(Self.probability(row.adjustedP)),
                .init(Self.text(of: row.best)),
            ])
        }
        let method =
            "of the ranks of the configurations, each parameter by itself (what two do together is not in it); by chance: "
            + "19 of 20 shuffled searches; best at: the group of values with the best mean rank"
        let isChosen = plan.spec.method == .tpe
        return Section(
            title: "what the parameters explain", table: text,
            remarks: [method]
                + (isChosen ? ["tpe tried mostly what was good before: this is true of where it looked"] : [])
        )
    }

    private static func text(of range: (JSONValue, JSONValue)) -> String {
        func text(_ value: JSONValue) -> String {
            // Whole numbers and names as the file has them; others with as many digits as can be read.
            if case .number(let number) = value { return NumberText.value(number) }
            return value.stringValue ?? value.compactText
        }
        return range.0 == range.1 ? text(range.0) : "\(text(range.0)) to \(text(range.1))"
    }

    static func object(_ row: ParameterImportance) -> JSONObject {
        [
            "parameter": .string(row.name), "configurations": .integer(row.count),
            "share": .number(row.share),
            "by_chance": .number(row.chance), "p": .number(row.p), "holm_p": .number(row.adjustedP),
            "best": [row.best.0, row.best.1],
        ]
    }
}
