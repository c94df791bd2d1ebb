import Audio
import Comparison
import Foundation
import Tensor
import Tracking

/// A comparison as one self-contained page: tables, curves, spectrograms and audio, without any network.
struct ComparisonReport {
    let html: String
    private let notes: [String]

    /// - Parameter examples: how many files with audio to take.
    init(_ comparison: RunComparison, _ found: [Run], examples: Int, in workspace: Workspace) throws {
        let listening = try ListeningExamples(comparison, found, count: examples, in: workspace)
        notes = listening.notes
        let curves = try ComparisonCurves(
            comparison, found, metrics: Self.metrics(comparison), places: 400, in: workspace)
        let title =
            "compare "
            + comparison.sides.map { $0.isGroup ? "\($0.label) \($0.title)" : $0.title }
            .joined(separator: " · ")
        var body = "<h1>\(PageText.escaped(title))</h1>\n"
        body += DifferenceGraphic(comparison).page()
        for section in ComparisonSections(comparison: comparison).all {
            body += Self.page(section)
        }
        body += Self.page(curves.charts, shown: max(2, comparison.curveMetrics.count))
        if !listening.examples.isEmpty {
            body +=
                "<section><h2>listen</h2>\n<p class=\"quiet\">All tracks of a file run at once; a button, or the keys "
                + "1, 2, ..., switch between them at the same sample. Space plays and pauses, a click on the "
                + "spectrograms moves.</p>\n"
            for example in listening.examples { body += Self.page(example) }
            body += "</section>\n"
        }
        html = Self.document(title: title, body: body)
    }

    /// Writes the page, whole or not at all, and says so.
    func write(to path: String) throws {
        let bytes = Array(html.utf8)
        try AtomicFile.write(bytes, to: path)
        for note in notes { Terminal.note("note: \(note)\n") }
        Terminal.note("wrote \(path) (\(NumberText.bytes(bytes.count)))\n")
    }

    /// The metrics that all runs have logged at two steps or more, those that are drawn in the terminal first.
    private static func metrics(_ comparison: RunComparison) -> [String] {
        let first = comparison.curveMetrics
        let common = comparison.metrics.map(\.name).filter { name in
            comparison.runs.allSatisfy { ($0.metrics[name]?.count ?? 0) > 1 } && !first.contains(name)
        }
        return Array((first + common).prefix(24))
    }

    private static func page(_ section: ComparisonSection) -> String {
        let title = PageText.escaped(section.title)
        let content =
            (section.table?.page() ?? "")
            + section.lines.map { line in
                let isNote = line.hasPrefix("note: ")
                return "<p class=\"\(isNote ? "note" : "quiet")\">"
                    + PageText.escaped(isNote ? String(line.dropFirst(6)) : line) + "</p>\n"
            }.joined()
        return section.isDetail
            ? "<details><summary>\(title)</summary>\n\(content)</details>\n"
            : "<section><h2>\(title)</h2>\n\(content)</section>\n"
    }

    /// The first charts, and the others folded away.
    private static func page(_ charts: [ComparisonCurves.Chart], shown: Int) -> String {
        let pages = charts.map { CurveGraphic(chart: $0).page() }.filter { !$0.isEmpty }
        guard !pages.isEmpty else { return "" }
        let more = pages.dropFirst(shown)
        return "<section><h2>curves</h2>\n" + pages.prefix(shown).joined()
            + (more.isEmpty
                ? "" : "<details><summary>\(more.count) more curves</summary>\n\(more.joined())</details>\n")
            + "</section>\n"
    }

    private static func page(_ example: ListeningExample) -> String {
        let condition =
            example.condition.isEmpty ? "" : " <span class=\"quiet\">class \(example.condition)</span>"
        let sides = example.tracks.dropFirst().prefix(example.scores.first?.values.count ?? 0)
        var table = Table([.init("")] + sides.map { .init($0.label, .right) })
        for score in example.scores {
            table.add([score.metric] + score.values.map { NumberText.fixed($0, decimals: 3) })
        }
        let picture = ListeningExample.spectrograms
        let width = Double(
            picture.panelWidth + SpectrogramPicture.leftMargin + SpectrogramPicture.rightMargin)
        let left = 100 * Double(SpectrogramPicture.leftMargin) / width
        let right = 100 * Double(SpectrogramPicture.rightMargin) / width
        let seconds = example.tracks.map(\.waveform.duration).max() ?? 0
        let buttons = example.tracks.enumerated().map { index, track in
            "<button type=\"button\" class=\"track\" aria-pressed=\"\(index == 1)\">"
                + "<kbd>\(index + 1)</kbd> \(PageText.escaped(track.label))</button>"
        }.joined()
        let players = example.tracks.map { track in
            "<p><span>\(PageText.escaped(track.label))</span> <audio controls preload=\"none\" src=\""
                + PageText.dataAddress(track.content, mime: track.mime) + "\"></audio></p>\n"
        }.joined()
        let rate = example.tracks.map(\.waveform.sampleRate).max() ?? 0
        return """
            <article class="listen" tabindex="0" data-rate="\(rate)" data-seconds="\(seconds)">
            <h3>\(PageText.escaped(example.file))\(condition)</h3>
            <div class="controls"><button type="button" class="play">play</button>\(buttons)<output></output></div>
            <div class="picture"><img alt="spectrograms of \(PageText.escaped(example.file))" \
            src="\(PageText.dataAddress(example.picture(), mime: "image/png"))">
            <div class="time" style="left:\(left)%;right:\(right)%"><i></i></div></div>
            \(example.scores.isEmpty ? "" : table.page())<div class="players">\(players)</div>
            </article>

            """
    }

    private static func document(title: String, body: String) -> String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>\(PageText.escaped(title))</title>
        <style>
        \(ReportStyle.text)
        </style>
        </head>
        <body>
        <main>
        \(body)</main>
        <script>
        \(ReportScript.text)
        </script>
        </body>
        </html>

        """
    }
}
