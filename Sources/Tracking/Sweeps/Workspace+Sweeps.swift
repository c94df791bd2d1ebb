import Foundation
import GRDB
import StrictJSON

extension Workspace {
    /// The sweep of this hash; a new one if there is none.
    public func enterSweep(name: String, specJSON: String, specHash: String) throws -> (
        sweep: Sweep, isNew: Bool
    ) {
        try write { database in
            let row = try Row.fetchOne(
                database, sql: "SELECT * FROM sweeps WHERE spec_hash = ? ORDER BY id LIMIT 1",
                arguments: [specHash])
            if let row {
                // More seeds or another budget: the newest file counts.
                try database.execute(
                    sql: "UPDATE sweeps SET spec_json = ? WHERE id = ?",
                    arguments: [specJSON, row["id"] as Int64])
            } else {
                try database.execute(
                    sql:
                        "INSERT INTO sweeps (name, spec_json, spec_hash, state, created_us) VALUES (?, ?, ?, ?, ?)",
                    arguments: [name, specJSON, specHash, SweepState.running.rawValue, Date().microseconds])
            }
            let id = row?["id"] ?? database.lastInsertedRowID
            guard
                let entered = try Row.fetchOne(
                    database, sql: "SELECT * FROM sweeps WHERE id = ?", arguments: [id])
            else { throw DatabaseError(message: "the sweep was not entered") }
            return (Self.sweep(from: entered), row == nil)
        }
    }

    /// All sweeps, oldest first.
    public func sweeps() throws -> [Sweep] {
        try read { try Row.fetchAll($0, sql: "SELECT * FROM sweeps ORDER BY id") }.map(Self.sweep)
    }

    /// Finds one sweep.
    ///
    /// - Parameter address: `sweep3`, `3`, `last` for the latest, or a sweep's name.
    /// - Throws: `SweepError.unknownSweep`, `.noSweeps`, or `.ambiguousSweep` when several sweeps have the name.
    public func sweep(_ address: String) throws -> Sweep {
        let all = try sweeps()
        guard let last = all.last else { throw SweepError.noSweeps(address: address, path: directory.path) }
        if address == "last" { return last }
        let digits = address.hasPrefix("sweep") ? String(address.dropFirst(5)) : address
        if let id = Int64(digits), let found = all.first(where: { $0.id == id }) { return found }
        let named = all.filter { $0.name == address }
        if named.count > 1 {
            throw SweepError.ambiguousSweep(address: address, candidates: named.map(\.address))
        }
        if let found = named.first { return found }
        let nearest = nearestName(to: address, among: all.map(\.name))
        throw SweepError.unknownSweep(
            address: address, nearest: nearest.map { [$0] } ?? all.suffix(5).reversed().map(\.address))
    }

    /// The sweep as it is now.
    public func sweep(_ id: Sweep.ID) throws -> Sweep {
        let row = try read { try Row.fetchOne($0, sql: "SELECT * FROM sweeps WHERE id = ?", arguments: [id]) }
        guard let row else { throw SweepError.unknownSweep(address: Sweep.address(of: id), nearest: []) }
        return Self.sweep(from: row)
    }

    /// Changes a sweep's state; those who work on it see it within a second.
    public func setState(of sweep: Sweep.ID, to state: SweepState, reason: String? = nil) throws {
        try write { database in
            let ends = state == .finished || state == .stopped || state == .failed
            try database.execute(
                sql: "UPDATE sweeps SET state = ?, fail_reason = ?, ended_us = ? WHERE id = ?",
                arguments: [state.rawValue, reason, ends ? Date().microseconds : nil, sweep])
        }
    }

    /// The folder for a sweep's own files: the base experiment as it was, and what its trials wrote to their error
    /// streams.
    public func directory(ofSweep sweep: Sweep.ID) -> URL {
        directory.appendingPathComponent("sweeps", isDirectory: true)
            .appendingPathComponent(Sweep.address(of: sweep), isDirectory: true)
    }

    private static func sweep(from row: Row) -> Sweep {
        Sweep(
            id: row["id"], name: row["name"], specJSON: row["spec_json"], specHash: row["spec_hash"],
            state: SweepState(rawValue: row["state"]) ?? .failed, reason: row["fail_reason"],
            created: Date(microseconds: row["created_us"]),
            ended: (row["ended_us"] as Int64?).map(Date.init(microseconds:)))
    }
}
