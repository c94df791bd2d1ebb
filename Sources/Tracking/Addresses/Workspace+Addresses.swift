import Foundation
import GRDB
import StrictJSON

extension Workspace {
    /// Finds one run.
    ///
    /// - Parameter address: `run12`, `12`, `last`, `last~1`, `best:val/pesq`, the beginning of a `uuid`, a run's name,
    ///   or any other address (`RunAddress`) that names one run.
    /// - Throws: `TrackingError.unknownRun`, `.noRuns`, `.ambiguousRun` when several runs are meant,
    ///   `.invalidAddress`, `.unknownMetric`.
    public func run(_ address: String, now: Date = Date()) throws -> Run {
        let found = try ids(at: address, includingArchived: false)
        guard found.count == 1, let id = found.first else {
            throw TrackingError.ambiguousRun(address: address, candidates: found.map(Run.address))
        }
        return try run(id: id, now: now)
    }

    /// Finds all runs that some addresses name: each once, in the order of the addresses.
    ///
    /// - Parameters:
    ///   - addresses: anything that `run(_:)` takes, and `12..15`, `sweep3/*`.
    ///   - includingArchived: whether ranges, sweeps and `last` see archived runs. Numbers, identities and names always do.
    /// - Throws: as `run(_:)`; also when an address names nothing.
    public func runs(
        at addresses: [String], includingArchived: Bool = false, now: Date = Date()
    ) throws -> [Run] {
        var seen: Set<Run.ID> = []
        var runs: [Run] = []
        for address in addresses {
            let found = try ids(at: address, includingArchived: includingArchived)
            if found.count > 1, try !RunAddress(address).isPlural {
                throw TrackingError.ambiguousRun(address: address, candidates: found.map(Run.address))
            }
            for id in found where seen.insert(id).inserted { runs.append(try run(id: id, now: now)) }
        }
        return runs
    }

    /// The numbers of the runs at an address, at least one.
    private func ids(at address: String, includingArchived: Bool) throws -> [Run.ID] {
        let parsed = try RunAddress(address)
        let found = try read { database -> [Run.ID] in
            let visible = includingArchived ? "1" : "archived_us IS NULL"
            switch parsed {
            case .number(let id):
                let found = try Run.ID.fetchAll(
                    database, sql: "SELECT id FROM runs WHERE id = ?", arguments: [id])
                return found.isEmpty ? try Self.ids(named: address, in: database) : found
            case .latest(let before):
                return try Run.ID.fetchAll(
                    database, sql: "SELECT id FROM runs WHERE \(visible) ORDER BY id DESC LIMIT 1 OFFSET ?",
                    arguments: [before])
            case .range(let first, let last):
                return try Run.ID.fetchAll(
                    database, sql: "SELECT id FROM runs WHERE id BETWEEN ? AND ? AND \(visible) ORDER BY id",
                    arguments: [first, last])
            case .sweep(let sweep, let trial):
                let named = try Self.ids(named: address, in: database)
                if !named.isEmpty { return named }
                return try Self.ids(ofSweep: sweep, trial: trial, visible: visible, in: database)
            case .best(let name):
                return try Self.best(name, address: address, visible: visible, in: database).map { [$0] }
                    ?? []
            case .name:
                return try Self.ids(named: address, in: database)
            }
        }
        if found.isEmpty {
            if case .sweep(let sweep, let trial) = parsed { throw try unknownTrial(address, sweep, trial) }
            throw try unknownRun(address)
        }
        return found
    }

    /// Runs of that name; those that are not archived are preferred. Without any, runs whose identity begins so.
    private static func ids(named name: String, in database: Database) throws -> [Run.ID] {
        for condition in ["name = ? AND archived_us IS NULL", "name = ?"] {
            let named = try Run.ID.fetchAll(
                database, sql: "SELECT id FROM runs WHERE \(condition) ORDER BY id", arguments: [name])
            if !named.isEmpty { return named }
        }
        let prefix = name.lowercased()
        guard prefix.count >= 4, prefix.allSatisfy({ "0123456789abcdef".contains($0) }) else { return [] }
        // A range of texts, which the index of identities answers.
        return try Run.ID.fetchAll(
            database, sql: "SELECT id FROM runs WHERE uuid >= ? AND uuid < ? ORDER BY id",
            arguments: [prefix, prefix + "g"])
    }

    private static func ids(
        ofSweep sweep: String, trial: Int?, visible: String, in database: Database
    ) throws -> [Run.ID] {
        let digits = sweep.hasPrefix("sweep") ? String(sweep.dropFirst(5)) : ""
        var condition = "sweep_id = ?"
        var arguments: StatementArguments = [Int64(digits) ?? -1]
        if Int64(digits) == nil {
            condition = "sweep_id IN (SELECT id FROM sweeps WHERE name = ?)"
            arguments = [sweep]
        }
        if let trial {
            condition += " AND trial_no = ?"
            arguments += [trial]
        }
        return try Run.ID.fetchAll(
            database, sql: "SELECT id FROM runs WHERE \(condition) AND \(visible) ORDER BY id",
            arguments: arguments)
    }

    /// The run with the best value of a field; of equal ones the oldest.
    private static func best(
        _ name: String, address: String, visible: String, in database: Database
    ) throws -> Run.ID? {
        let word = FilterExpression.Word(text: name, range: 0..<name.count)
        let field: RunField
        do {
            field = try FieldResolver(database: database).field(word, in: name)
        } catch let error as FilterError {
            throw TrackingError.notFound(reason: error.reason)
        }
        let isDescending: Bool
        switch field {
        case .metric(_, _, .min, _): isDescending = false
        case .metric(_, _, .max, _): isDescending = true
        default:
            guard field.goal != .none else {
                let metric = address.drop { $0 != ":" }.dropFirst()
                throw TrackingError.invalidAddress(
                    address: address,
                    reason: "nothing says whether \(metric) should be great or small; "
                        + "write max:\(metric) or min:\(metric)")
            }
            isDescending = field.goal == .max
        }
        let value = FieldSQL().value(field)
        return try Run.ID.fetchOne(
            database,
            sql: """
                SELECT id FROM (SELECT runs.id, \(value.sql) AS value FROM \(RunAttribute.source) WHERE \(visible))
                WHERE value IS NOT NULL ORDER BY value \(isDescending ? "DESC" : "ASC"), id LIMIT 1
                """,
            arguments: StatementArguments(value.arguments))
    }

    /// The error for a trial that has no run, or whose sweep does not exist.
    private func unknownTrial(_ address: String, _ name: String, _ trial: Int?) throws -> TrackingError {
        let sweeps = try sweeps()
        guard let sweep = sweeps.last(where: { $0.address == name || $0.name == name }) else {
            let known = sweeps.suffix(5).reversed().map(\.address).joined(separator: ", ")
            return .notFound(
                reason: "no run '\(address)': there is no sweep '\(name)'; "
                    + (known.isEmpty ? "`workbench sweep FILE` makes one" : "there is \(known)"))
        }
        let count = try read { database in
            try Int.fetchOne(
                database, sql: "SELECT count(*) FROM trials WHERE sweep_id = ?", arguments: [sweep.id]) ?? 0
        }
        return .notFound(
            reason: "no run '\(address)': of the \(count) trials of \(sweep.address) "
                + (trial == nil ? "none has a run" : "this one has no run, or is none of them")
                + "; `workbench sweep status \(sweep.address)` shows them")
    }

    /// The error for an address that names nothing: it gives the nearest name, else the latest runs.
    private func unknownRun(_ address: String) throws -> TrackingError {
        let rows = try read { database in
            try Row.fetchAll(database, sql: "SELECT id, name FROM runs ORDER BY id DESC LIMIT 1000")
        }
        if rows.isEmpty { return .noRuns(address: address, path: directory.path) }
        var names: [String] = []
        for row in rows {
            if let name: String = row["name"], !names.contains(name) { names.append(name) }
        }
        let isNumber = Run.number(fromAddress: address) != nil
        let nearest = isNumber ? nil : nearestName(to: address, among: names)
        let latest = rows.prefix(5).map { Run.address(of: $0["id"]) }
        return .unknownRun(address: address, nearest: nearest.map { [$0] } ?? latest)
    }
}
