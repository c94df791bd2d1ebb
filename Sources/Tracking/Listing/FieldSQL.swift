import GRDB

/// Fields as SQL over the rows of `runs`.
struct FieldSQL {
    /// Runs that the table calls running but whose process is gone, as a list in parentheses.
    private let dead: String
    /// Such whose process exists and does not come to write.
    private let late: String
    /// Why the dead have ended.
    private let reasons: [Run.ID: String]
    /// Microseconds since 1970.
    private let now: Int64

    init(_ liveness: Liveness = Liveness(), now: Int64 = 0) {
        func list(_ runs: [Run.ID]) -> String { "(" + runs.map(String.init).joined(separator: ", ") + ")" }
        dead = list(liveness.dead)
        late = list(liveness.late)
        reasons = liveness.lastWords
        self.now = now
    }

    /// The value of a field; NULL where a run does not have it. Of a key it is the text.
    func value(_ field: RunField) -> SQLPart {
        switch field {
        case .attribute(.error) where !reasons.isEmpty:
            SQLPart(
                "CASE runs.id " + reasons.map { _ in "WHEN ? THEN ? " }.joined() + "ELSE runs.error END",
                reasons.sorted { $0.key < $1.key }.flatMap {
                    [$0.key, $0.value] as [any DatabaseValueConvertible]
                })
        case .attribute(let attribute): SQLPart(attribute.expression(dead: dead, late: late, now: now))
        case .parameter(let key):
            SQLPart("(SELECT txt FROM params WHERE run_id = runs.id AND key = ?)", [key])
        case .metric(let id, _, let statistic, let goal):
            SQLPart(
                "(SELECT \(statistic.expression(goal: goal)) FROM summary"
                    + " WHERE run_id = runs.id AND metric_id = ?)", [id])
        case .score(let id, _, let checkpoint, _):
            SQLPart(
                "(SELECT avg(value) FROM file_scores"
                    + " WHERE run_id = runs.id AND checkpoint = ? AND metric_id = ?)", [checkpoint, id])
        }
    }

    /// What a field is sorted by, first things first.
    func order(_ field: RunField) -> [SQLPart] {
        guard case .parameter(let key) = field else { return [value(field)] }
        return [SQLPart("(SELECT num FROM params WHERE run_id = runs.id AND key = ?)", [key]), value(field)]
    }

    /// Whether a metric's chosen number is NaN, which the value shows as NULL.
    func isNotANumber(_ field: RunField) -> SQLPart? {
        guard case .metric(let id, _, let statistic, let goal) = field,
            statistic == .last || statistic == .best && goal == .none
        else { return nil }
        return SQLPart(
            "EXISTS (SELECT 1 FROM summary WHERE run_id = runs.id AND metric_id = ? AND last_flag = 1)", [id])
    }

    /// Reads what `value` selected.
    static func read(_ value: DatabaseValue, of field: RunField) -> RunValue {
        if value.isNull { return .absent }
        func number() -> RunValue {
            switch value.storage {
            case .int64(let whole): .whole(whole)
            case .double(let number): .number(number)
            default: .text(String.fromDatabaseValue(value) ?? "")
            }
        }
        switch field {
        case .metric, .score: return number()
        case .parameter: return .text(String.fromDatabaseValue(value) ?? "")
        case .attribute(.seed):
            return Int64.fromDatabaseValue(value).map { .unsigned(UInt64(bitPattern: $0)) } ?? .absent
        case .attribute(let attribute):
            switch attribute.kindOfValue {
            case .number: return number()
            case .run: return Int64.fromDatabaseValue(value).map(RunValue.run) ?? .absent
            case .text, .status: return .text(String.fromDatabaseValue(value) ?? "")
            case .flag: return .flag(Bool.fromDatabaseValue(value) ?? false)
            case .moment: return Int64.fromDatabaseValue(value).map(RunValue.moment) ?? .absent
            case .span: return .span(Double.fromDatabaseValue(value) ?? 0)
            case .tags:
                let text = String.fromDatabaseValue(value) ?? ""
                return .tags(text.split(separator: "\u{1f}").map(String.init))
            }
        }
    }
}
