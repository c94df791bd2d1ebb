import Foundation
import Testing

@testable import Tracking

@Suite struct CurveTests {
    @Test(arguments: [1, 31, 32, 1_000, 40_000])
    func noSpikeIsLostHoweverCoarseTheCurve(count: Int) throws {
        let folder = TemporaryFolder("curve\(count)")
        let workspace = try Workspace(directory: folder.url)
        let recorder = try workspace.startRun(.plain())
        let spike = count * 2 / 3
        let metric = try recorder.metric("a")
        for step in 0..<count {
            try metric.log(step: 2 * step, value: step == spike ? 1e9 : sin(Double(step)))
        }
        try recorder.finish(.finished)
        for pieces in [1, 7, 80, 2_000] {
            let curve = try workspace.curve(of: 1, metric: "a", pieces: pieces)
            #expect(
                curve.count == min(pieces, count)
                    || (curve.count < pieces && curve.count >= min(pieces, count) / 2))
            #expect(curve.map(\.count).reduce(0, +) == count)
            #expect(curve.filter { $0.maximum == 1e9 }.count == 1)
            #expect(curve.first?.firstStep == 0 && curve.last?.lastStep == 2 * (count - 1))
            for (one, next) in zip(curve, curve.dropFirst()) { #expect(one.lastStep < next.firstStep) }
        }
        let zoomed = try workspace.curve(of: 1, metric: "a", pieces: 10, steps: (2 * spike)...(2 * spike))
        #expect(zoomed.map(\.maximum) == [1e9])
        #expect(try workspace.curve(of: 1, metric: "b", pieces: 10).isEmpty)
    }
}
