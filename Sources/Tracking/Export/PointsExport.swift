import Foundation

/// Exports the points of runs for other programs.
public struct PointsExport {
    private let workspace: Workspace

    public init(_ workspace: Workspace) { self.workspace = workspace }

    /// Writes all points of all metrics as CSV with the columns run, metric, step, value, time; numbers read back as
    /// the same ones, times are seconds since 1970.
    ///
    /// - Parameter put: called with a piece of the text.
    public func writeCSV(_ runs: [Run], to put: (String) throws -> Void) throws {
        try put("run,metric,step,value,time\n")
        for run in runs {
            for summary in try workspace.summaries(of: run.id) {
                let start = "\(run.address),\(CSV.quoted(summary.metric)),"
                let points = try workspace.series(of: run.id, metric: summary.metric).points
                for piece in stride(from: 0, to: points.count, by: 10_000) {
                    let lines = points[piece..<min(points.count, piece + 10_000)].map { point in
                        "\(start)\(point.step),\(CSV.number(point.value)),\(CSV.seconds(point.time))\n"
                    }
                    try put(lines.joined())
                }
            }
        }
    }

    /// Writes one event file a run, each in a folder of its own, so that TensorBoard shows each as a run. Values are
    /// single precision there.
    ///
    /// - Parameters:
    ///   - folder: made when absent; files that are there already are replaced.
    ///   - onRun: called before each run with its place from 0.
    /// - Returns: the files.
    @discardableResult
    public func writeTensorBoard(
        _ runs: [Run], to folder: URL, onRun: (Int) throws -> Void = { _ in }
    ) throws -> [URL] {
        try runs.enumerated().map { index, run in
            try onRun(index)
            let place = folder.appendingPathComponent(Self.folderName(of: run), isDirectory: true)
            do {
                try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            } catch {
                throw TrackingError.notWritable(path: place.path, reason: plainReason(of: error))
            }
            let seconds = Int(max(0, run.started.timeIntervalSince1970))
            let url = place.appendingPathComponent("events.out.tfevents.\(seconds).\(run.address)")
            var writer = try EventFileWriter(url, startTime: run.started)
            do {
                try write(run, to: &writer)
                try writer.finish()
            } catch {
                writer.cancel()
                throw error
            }
            return url
        }
    }

    private func write(_ run: Run, to writer: inout EventFileWriter) throws {
        let parameters = try workspace.parameters(of: run.id)
        if !parameters.isEmpty {
            // Four spaces make a block of code, which Markdown leaves as it is.
            let text = parameters.map { "    \($0.key) = \($0.value)\n" }.joined()
            try writer.add(text: text, named: "config", step: 0, time: run.started)
        }
        for summary in try workspace.summaries(of: run.id) {
            for point in try workspace.series(of: run.id, metric: summary.metric).points {
                try writer.add(summary.metric, step: point.step, value: point.value, time: point.time)
            }
        }
    }

    /// The address and the name, as far as it can be part of a path.
    static func folderName(of run: Run) -> String {
        guard let name = run.name else { return run.address }
        let allowed = name.map { character in
            character.isASCII && (character.isLetter || character.isNumber || "-_.".contains(character))
                ? character : "_"
        }
        return run.address + "-" + String(allowed.prefix(60))
    }
}
