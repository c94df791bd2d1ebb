import Comparison
import StrictJSON
import Tracking

/// The curves of a comparison: of each run, or the mean over seeds with a band.
struct ComparisonCurves {
    struct Line {
        var name: String
        /// A single run's; nil for a mean over seeds.
        var curve: SampledCurve?
        /// The mean over seeds; nil for a single run.
        var band: BandedCurve?
    }

    struct Chart {
        var metric: String
        var unit: String
        var lines: [Line]
    }

    let charts: [Chart]

    /// - Parameters:
    ///   - metrics: which to draw.
    ///   - places: how many places of a curve to read at most.
    init(_ comparison: RunComparison, _ found: [Run], metrics: [String], places: Int, in workspace: Workspace)
        throws
    {
        charts = try metrics.map { metric in
            func curve(_ run: Int) throws -> SampledCurve? {
                guard comparison.runs[run].metrics[metric] != nil else { return nil }
                return try SampledCurve(found[run].id, metric: metric, places: places, in: workspace)
            }
            let lines = try comparison.sides.compactMap { side -> Line? in
                let curves = try comparison.counted(side).compactMap(curve)
                guard let first = curves.first else { return nil }
                guard side.isGroup else {
                    let run = comparison.runs[side.runs[0]]
                    return Line(name: run.address + (run.name.map { " \($0)" } ?? ""), curve: first)
                }
                let band = BandedCurve(curves, most: places)
                let counts = band.counts
                var name = "\(side.label) \(side.title), n \(counts.first?.count ?? 0)"
                for change in counts.dropFirst() {
                    name += ", from step \(Int(change.step)) \(change.count)"
                }
                return Line(name: name, band: band)
            }
            let unit = comparison.metrics.first { $0.name == metric }?.unit ?? ""
            return Chart(metric: metric, unit: unit, lines: lines)
        }
    }

    /// The charts for the terminal.
    func rendered(width: Int, color: Bool) -> String {
        charts.map { chart in
            var curve = Curve(lines: [], width: min(width, 110), usesColor: color)
            let unit = chart.unit.isEmpty ? "" : " [\(chart.unit)]"
            curve.title = "\n" + TextStyle.bold.applied(to: chart.metric + unit, when: color)
            curve.lines = chart.lines.map { line in
                if let band = line.band {
                    return Curve.Line(
                        name: line.name, points: band.places.map { ($0.step, $0.mean) },
                        band: band.places.compactMap { place in
                            place.halfWidth.map { (place.step, place.mean - $0, place.mean + $0) }
                        })
                }
                return Curve.Line(name: line.name, points: line.curve?.strokes ?? [])
            }
            return curve.rendered()
                + (chart.lines.contains { $0.band != nil } ? "  band: Student's 95 % over seeds\n" : "")
        }.joined()
    }
}

extension ComparisonCurves {
    /// What `compare --json` prints: for a run mean, least and greatest value of each place, for several runs the mean
    /// over seeds with half of Student's interval and how many runs stand behind it.
    var json: JSONValue {
        .array(
            charts.map { chart in
                [
                    "metric": .string(chart.metric), "unit": .string(chart.unit),
                    "lines": .array(chart.lines.map(Self.object)),
                ]
            })
    }

    private static func object(_ line: Line) -> JSONValue {
        var places: [JSONValue] = []
        if let band = line.band {
            places = band.places.map {
                [
                    "step": .number($0.step), "mean": .number($0.mean),
                    "half_width_95": JSONValue($0.halfWidth),
                    "runs": .integer($0.count),
                ]
            }
        } else if let curve = line.curve {
            places = curve.places.map {
                [
                    "step": .number($0.step), "mean": .number($0.mean), "min": .number($0.low),
                    "max": .number($0.high),
                ]
            }
        }
        return ["name": .string(line.name), "points": .array(places)]
    }
}

extension SampledCurve {
    /// Reads a metric in as many places as can be drawn.
    init(_ run: Run.ID, metric: String, places: Int, in workspace: Workspace) throws {
        self.init(
            try workspace.curve(of: run, metric: metric, pieces: places).map { piece in
                Place(
                    step: Double(piece.firstStep) / 2 + Double(piece.lastStep) / 2, mean: piece.mean,
                    low: piece.minimum, high: piece.maximum)
            })
    }

    /// Points that draw every place from its lowest to its highest value.
    var strokes: [(x: Double, y: Double)] {
        places.flatMap { place -> [(x: Double, y: Double)] in
            place.low < place.high
                ? [(place.step, place.low), (place.step, place.high), (place.step, place.mean)]
                : [(place.step, place.mean)]
        }
    }
}

extension RunComparison {
    /// The metrics whose curves are drawn: those asked for by name; else the main training and the main validation
    /// metric that all runs have logged at two steps or more.
    var curveMetrics: [String] {
        let common = metrics.filter { metric in
            runs.allSatisfy { ($0.metrics[metric.name]?.count ?? 0) > 1 }
        }
        if !options.metrics.isEmpty { return common.map(\.name) }
        let directed = common.filter { $0.goal != .none }.map(\.name)
        func best(_ names: [String]) -> String? { names.first { $0.hasSuffix("/loss") } ?? names.first }
        let training = best(directed.filter { $0.hasPrefix("train") })
        let main =
            runs[0].mainMetric.flatMap { name in common.contains { $0.name == name } ? name : nil }
            ?? best(directed.filter { $0.hasPrefix("val") })
        var chosen: [String] = []
        for name in [training, main].compactMap({ $0 }) where !chosen.contains(name) { chosen.append(name) }
        return chosen
    }
}
