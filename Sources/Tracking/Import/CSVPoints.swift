import Foundation

/// Points in a table.
struct CSVPoints {
    /// The points of each metric of each run; a table without a column `run` has one run without a name.
    private(set) var runs: [(name: String, series: [String: [Point]])] = []

    private static let timeColumns = ["time", "wall_time", "timestamp"]

    private var places: [String: Int] = [:]
    private let path: String
    private let now = Date()

    init(_ bytes: [UInt8], path: String, stepColumn: String) throws {
        self.path = path
        var reader = CSVReader(bytes)
        guard let header = try next(&reader) else { throw ImportError(path, "it is empty") }
        var names: [String: Int] = [:]
        for (index, field) in header.enumerated() {
            let name = field.text.trimmingCharacters(in: .whitespaces)
            guard !name.isEmpty, names[name] == nil else {
                throw error(
                    field, name.isEmpty ? "a column has no name" : "the column '\(name)' is there twice")
            }
            names[name] = index
        }
        guard let step = names[stepColumn] else {
            throw ImportError(
                path, place: "line 1",
                "there is no column '\(stepColumn)' (--step-column names another); there are "
                    + header.map(\.text).joined(separator: ", "))
        }
        let isLong = names["metric"] != nil && names["value"] != nil
        while let row = try next(&reader) {
            guard row.count == header.count else {
                throw error(row[0], "\(row.count) fields; the head of the table has \(header.count)")
            }
            guard let number = Int(row[step].text.trimmingCharacters(in: .whitespaces)), number >= 0 else {
                throw error(row[step], "'\(row[step].text)' is no step; steps are whole numbers from 0")
            }
            let run = names["run"].map { row[$0].text } ?? ""
            let time = try Self.timeColumns.compactMap { names[$0] }.first.map { try moment(row[$0]) } ?? now
            if isLong, let metric = names["metric"], let value = names["value"] {
                guard !row[metric].text.isEmpty else { throw error(row[metric], "the metric has no name") }
                try add(row[value], run: run, metric: row[metric].text, step: number, time: time)
                continue
            }
            for (name, index) in names
            where index != step && name != "run" && !Self.timeColumns.contains(name) {
                // Wide tables leave open what was not measured at a step.
                if !row[index].text.isEmpty {
                    try add(row[index], run: run, metric: name, step: number, time: time)
                }
            }
        }
        guard !runs.isEmpty else { throw ImportError(path, "it holds no points") }
        for index in runs.indices {
            runs[index].series = runs[index].series.mapValues { points in
                // Of equal steps the last line counts; the sort keeps the order of lines.
                let order = points.indices.sorted { (points[$0].step, $0) < (points[$1].step, $1) }
                return order.enumerated().compactMap { place, index in
                    let isReplaced =
                        place + 1 < order.count && points[order[place + 1]].step == points[index].step
                    return isReplaced ? nil : points[index]
                }
            }
        }
    }

    private func next(_ reader: inout CSVReader) throws -> [CSVReader.Field]? {
        do {
            return try reader.next()
        } catch {
            throw ImportError(path, place: "line \(error.line), column \(error.column)", error.reason)
        }
    }

    private func error(_ field: CSVReader.Field, _ reason: String) -> ImportError {
        ImportError(path, place: "line \(field.line), column \(field.column)", reason)
    }

    private func moment(_ field: CSVReader.Field) throws -> Date {
        if let seconds = FilterLiteral.number(field.text), seconds.isFinite, abs(seconds) < 1e11 {
            return Date(timeIntervalSince1970: seconds)
        }
        if let moment = FilterLiteral.moment(field.text, now: now), field.text.contains("-") {
            return Date(microseconds: moment.lowerBound)
        }
        throw error(
            field, "'\(field.text)' is no time; seconds since 1970 and 2026-03-01T12:30:00Z are accepted")
    }

    private mutating func add(
        _ field: CSVReader.Field, run: String, metric: String, step: Int, time: Date
    ) throws {
        let text = field.text.trimmingCharacters(in: .whitespaces)
        guard let value = FilterLiteral.number(text) else {
            throw error(field, "'\(field.text)' is no number (metric '\(metric)')")
        }
        let place: Int
        if let known = places[run] {
            place = known
        } else {
            place = runs.count
            places[run] = place
            runs.append((run, [:]))
        }
        runs[place].series[metric, default: []].append(Point(step: step, value: value, time: time))
    }
}
