import Foundation
import Hashing
import StrictJSON

/// Imports points that other programs wrote: tables and event files of TensorBoard. What was imported before, file by
/// file and byte by byte, is recognised and left alone.
public struct PointsImport {
    private let workspace: Workspace
    private let programVersion: String

    public init(_ workspace: Workspace, programVersion: String) {
        self.workspace = workspace
        self.programVersion = programVersion
    }

    // MARK: CSV

    /// Reads a table with one point a line (columns metric, step, value, and where there are some run and time), or one
    /// step a line (a column step, every other one a metric).
    ///
    /// - Parameters:
    ///   - name: the name of the run where the table has no column `run`; default: the file's.
    ///   - stepColumn: the name of the column of steps.
    /// - Throws: `ImportError` with line and column.
    public func readCSV(_ url: URL, name: String?, stepColumn: String = "step") throws -> ImportResult {
        let bytes = try contents(of: url)
        let table = try CSVPoints(bytes, path: url.path, stepColumn: stepColumn)
        let digest = SHA256.hex(of: bytes)
        var result = ImportResult()
        for (run, series) in table.runs {
            let own = run.isEmpty ? name ?? url.deletingPathExtension().lastPathComponent : run
            try enter(
                series, name: own, from: url.path, identity: "csv/\(digest)/\(run)", format: "csv", &result)
        }
        return result
    }

    private func contents(of url: URL) throws -> [UInt8] {
        do {
            return [UInt8](try Data(contentsOf: url))
        } catch {
            throw ImportError(
                url.path, plainReason(of: error), isMissing: !FileManager.default.fileExists(atPath: url.path)
            )
        }
    }

    // MARK: TensorBoard

    /// Reads an event file, or every folder below a folder that holds event files as a run.
    ///
    /// - Parameters:
    ///   - name: the name of the run, where there is one only; default: the folder's.
    ///   - takesDamaged: takes what stands before the damage of a damaged file.
    /// - Throws: `EventFileError` with the place of the first damage; nothing has been entered then.
    public func readTensorBoard(
        _ url: URL, name: String?, takesDamaged: Bool, onRun: (Int, Int) throws -> Void = { _, _ in }
    ) throws -> ImportResult {
        let groups = try eventFiles(at: url)
        var result = ImportResult()
        var read: [(name: String, identity: String, contents: EventFileContents)] = []
        for (index, group) in groups.enumerated() {
            try onRun(index, groups.count)
            var contents = EventFileContents()
            var digests = ""
            for file in group.files {
                let next = try EventFileReader.read(file)
                if let damage = next.damage {
                    guard takesDamaged else { throw damage }
                    result.notes.append("\(damage)")
                }
                contents.add(next)
                digests += try SHA256.hex(ofFile: file)
            }
            if contents.skipped > 0 {
                result.notes.append(
                    "\(group.name): \(contents.skipped) values that are no scalars were passed over")
            }
            read.append((group.name, digests, contents))
        }
        for group in read {
            let own = groups.count == 1 ? name ?? group.name : group.name
            guard !group.contents.scalars.isEmpty else {
                result.notes.append("\(own): no scalars, so there is no run to make")
                continue
            }
            let series = group.contents.scalars.mapValues { points in
                points.values.sorted { $0.step < $1.step }
            }
            try enter(
                series, name: own, from: url.path,
                identity: "tensorboard/\(SHA256.hex(of: group.identity))/\(group.name)",
                format: "tensorboard", &result)
        }
        return result
    }

    private func eventFiles(at url: URL) throws -> [(name: String, files: [URL])] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
            throw ImportError(url.path, "there is no such file or folder", isMissing: true)
        }
        let own = url.standardizedFileURL.lastPathComponent
        guard isFolder.boolValue else {
            return [(url.standardizedFileURL.deletingLastPathComponent().lastPathComponent, [url])]
        }
        let found = FileTree.files(in: url).filter { ($0 as NSString).lastPathComponent.contains("tfevents") }
        guard !found.isEmpty else {
            throw ImportError(url.path, "no file in it has \"tfevents\" in its name", isMissing: true)
        }
        let folders = Dictionary(grouping: found) { ($0 as NSString).deletingLastPathComponent }
        // Files of one folder follow one another by name, which begins with the time.
        return folders.sorted { $0.key < $1.key }.map { folder, files in
            (folder.isEmpty ? own : folder, files.sorted().map { url.appendingPathComponent($0) })
        }
    }

    // MARK: Entering

    private func enter(
        _ series: [String: [Point]], name: String, from path: String, identity: String, format: String,
        _ result: inout ImportResult
    ) throws {
        let times = series.values.joined().map(\.time.microseconds)
        let now = Date().microseconds
        let (start, end) = (times.min() ?? now, times.max() ?? now)
        let config: JSONValue = ["imported": ["format": .string(format), "path": .string(path)]]
        let writer = ProcessIdentity.current
        var run = PortableRun(facts: [
            "uuid": .string(String(SHA256.hex(of: identity).prefix(32))), "name": .string(name),
            "kind": "import", "status": .string(RunStatus.finished.rawValue), "exit_code": 0, "seed": 0,
            "config_json": .string(config.canonicalText), "host": .string(writer.host),
            "pid": .integer(writer.processID), "program": .string(programVersion),
            "started_us": .integer(Int(start)), "ended_us": .integer(Int(end)), "beat_us": .integer(Int(end)),
            "beat_every_ms": .integer(Heartbeat.interval),
        ])
        if name.isEmpty { run.facts["name"] = nil }
        if let last = series.values.compactMap({ $0.last?.step }).max() {
            run.facts["last_step"] = .integer(last)
        }
        run.attempts = [
            ["n": 1, "from_step": 0, "started_us": .integer(Int(start)), "ended_us": .integer(Int(end))]
        ]
        run.series = series.sorted { $0.key < $1.key }.map { metric, points in
            var columns = PointColumns()
            for point in points {
                columns.append(step: point.step, time: point.time.microseconds, value: point.value)
            }
            return PortableRun.Series(
                name: metric, unit: "", goal: MetricGoal.suggested(by: metric).rawValue, points: columns)
        }
        let entered = try workspace.enter(run, from: path) { place in
            try Workspace.makeFolder(place, of: workspace.directory)
        }
        let imported = ImportResult.Imported(
            run: entered.run, name: name, points: series.values.reduce(0) { $0 + $1.count },
            metrics: series.count)
        if entered.isNew { result.runs.append(imported) } else { result.present.append(imported) }
    }
}

extension EventFileContents {
    /// Takes in a later file of the same run.
    fileprivate mutating func add(_ next: EventFileContents) {
        for (tag, points) in next.scalars { scalars[tag, default: [:]].merge(points) { $1 } }
        skipped += next.skipped
        records += next.records
    }
}
