import GRDB
import StrictJSON

/// Finds out what a name in a filter, a column or a sort key means in a workspace.
///
/// A name is an attribute, else a metric or a key of a configuration. `attr:`, `metric:`, `param:` and `score:` say
/// which; `best:`, `min:`, `max:`, `mean:`, `first:`, `last:` and `count:`, alone or after `metric:`, choose the number
/// that stands for a metric. `score:si_sdr` is a mean over test files, `score:best:si_sdr` that of another checkpoint.
struct FieldResolver {
    let database: Database

    /// - Parameters:
    ///   - word: the name with its place in `expression`.
    ///   - expression: the whole text, for the error.
    func field(_ word: FilterExpression.Word, in expression: String) throws -> RunField {
        func unknown(_ reason: String) -> FilterError {
            FilterError(reason, kind: .unknownName, in: expression, at: word.range)
        }
        let (prefix, rest) = Self.split(word.text)
        switch prefix {
        case "attr":
            if let attribute = RunAttribute(name: rest) { return .attribute(attribute) }
            throw unknown(
                "a run has no attribute '\(rest)'; "
                    + suggestion(for: rest, among: RunAttribute.allCases.map(\.rawValue), what: "attributes"))
        case "param":
            if try isParameter(rest) { return .parameter(rest) }
            throw unknown(
                try nothing(
                    called: rest, what: "configuration has the key", among: parameterNames(), kind: "keys"))
        case "metric":
            let (statistic, name) = Self.statistic(rest)
            if let field = try metric(name, statistic ?? .last) { return field }
            throw unknown(
                try nothing(called: name, what: "run has a metric", among: metricNames(), kind: "metrics"))
        case "score":
            let (checkpoint, name) = Self.split(rest)
            if let field = try score(checkpoint.isEmpty ? rest : name, checkpoint: checkpoint) {
                return field
            }
            throw unknown(
                try nothing(
                    called: checkpoint.isEmpty ? rest : name, what: "test has a score", among: scoreNames(),
                    kind: "scores"))
        default: break
        }
        if let statistic = MetricStatistic(rawValue: prefix) {
            if let field = try metric(rest, statistic) { return field }
            throw unknown(
                try nothing(called: rest, what: "run has a metric", among: metricNames(), kind: "metrics"))
        }
        return try unprefixed(word.text, unknown)
    }

    private func unprefixed(_ name: String, _ unknown: (String) -> FilterError) throws -> RunField {
        if let attribute = RunAttribute(name: name) { return .attribute(attribute) }
        let metric = try metric(name, .last)
        let isParameter = try isParameter(name)
        if metric != nil, isParameter {
            throw unknown("'\(name)' is a metric and a key; write metric:\(name) or param:\(name)")
        }
        if let metric { return metric }
        if isParameter { return .parameter(name) }
        if try score(name, checkpoint: "") != nil {
            throw unknown("'\(name)' is a score of test files; write score:\(name)")
        }
        let known = try RunAttribute.allCases.map(\.rawValue) + metricNames() + parameterNames()
        let advice =
            nearestName(to: name, among: known).map { "did you mean '\($0)'?" }
            ?? "`workbench show RUN` lists metrics and keys"
        throw unknown("no attribute, metric or key is called '\(name)'; \(advice)")
    }

    /// The part before the first colon, and what follows it; without a colon the first part is empty.
    private static func split(_ text: String) -> (String, String) {
        guard let colon = text.firstIndex(of: ":") else { return ("", text) }
        return (String(text[..<colon]), String(text[text.index(after: colon)...]))
    }

    private static func statistic(_ text: String) -> (MetricStatistic?, String) {
        let (prefix, rest) = split(text)
        return MetricStatistic(rawValue: prefix).map { ($0, rest) } ?? (nil, text)
    }

    private func nothing(
        called name: String, what: String, among known: [String], kind: String
    ) throws -> String {
        "no \(what) '\(name)'; " + suggestion(for: name, among: known, what: kind)
    }

    // MARK: What the workspace knows

    /// The metric of that name, if a run has logged it.
    private func metric(_ name: String, _ statistic: MetricStatistic) throws -> RunField? {
        try known(name, in: "summary").map { .metric(id: $0.id, name: name, statistic, $0.goal) }
    }

    private func score(_ name: String, checkpoint: String) throws -> RunField? {
        try known(name, in: "file_scores").map {
            .score(id: $0.id, name: name, checkpoint: checkpoint.isEmpty ? "last" : checkpoint, $0.goal)
        }
    }

    /// The metric of that name, if a table has something of it.
    private func known(_ name: String, in table: String) throws -> (id: Int64, goal: MetricGoal)? {
        let row = try Row.fetchOne(
            database,
            sql: """
                SELECT id, goal FROM metric_names
                WHERE name = ? AND EXISTS (SELECT 1 FROM \(table) WHERE metric_id = metric_names.id)
                """,
            arguments: [name])
        return row.map { ($0[0], MetricGoal(rawValue: $0[1]) ?? .none) }
    }

    private func isParameter(_ key: String) throws -> Bool {
        try Int.fetchOne(database, sql: "SELECT 1 FROM params WHERE key = ? LIMIT 1", arguments: [key]) != nil
    }

    func metricNames() throws -> [String] {
        try String.fetchAll(
            database,
            sql: "SELECT name FROM metric_names WHERE id IN (SELECT metric_id FROM summary) ORDER BY name")
    }

    func scoreNames() throws -> [String] {
        try String.fetchAll(
            database,
            sql: "SELECT name FROM metric_names WHERE id IN (SELECT metric_id FROM file_scores) ORDER BY name"
        )
    }

    /// Each key once; the index is skipped through, so that 2,000 runs of 100 keys cost 100 steps.
    func parameterNames() throws -> [String] {
        try String.fetchAll(
            database,
            sql: """
                WITH RECURSIVE names (key) AS (
                    SELECT min(key) FROM params
                    UNION ALL
                    SELECT (SELECT min(key) FROM params WHERE params.key > names.key) FROM names
                    WHERE names.key IS NOT NULL)
                SELECT key FROM names WHERE key IS NOT NULL
                """)
    }
}
