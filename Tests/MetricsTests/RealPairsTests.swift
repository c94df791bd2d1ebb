import Audio
import Foundation
import Metrics
import Testing

/// The real pairs against the table of reference values that came with them.
@Suite struct RealPairsTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures/real")

    @Test func everyColumnAgrees() throws {
        let table = try String(contentsOf: Self.folder.appending(path: "metrics.csv"), encoding: .utf8)
        let rows = table.split(whereSeparator: \.isNewline).map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        #expect(rows.count == 11)
        let metrics = try ObjectiveMetrics.named(Array(rows[0].dropFirst()))
        for row in rows.dropFirst() {
            let clean = try AudioFile.read(Self.folder.appending(path: "clean/\(row[0]).wav"))
            let noisy = try AudioFile.read(Self.folder.appending(path: "noisy/\(row[0]).wav"))
            let scores = ObjectiveMetrics.score(metrics, reference: clean, estimate: noisy)
            for (score, cell) in zip(scores, row.dropFirst()) where !cell.isEmpty {
                let expected = try #require(Double(cell))
                let value = try #require(score.result.value, "\(row[0]) \(score.metric.name) \(score.result)")
                // The table has four decimals; PESQ is another implementation's.
                let tolerance = score.metric.name.hasPrefix("pesq") ? 0.02 : 0.0002
                #expect(abs(value - expected) < tolerance, "\(row[0]) \(score.metric.name) \(value)")
            }
        }
    }
}
