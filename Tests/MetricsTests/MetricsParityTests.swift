import Testing

/// Every value of the reference that the workbench measures, and a last line with the counts.
@Suite struct MetricsParityTests {
    @Test func everyValueAgrees() throws {
        let reference = try MetricsReference()
        let check = MetricsCheck()
        try checkPairs(reference, check)
        try checkEdgeCases(reference, check)
        try checkSeparation(reference, check)
        try checkMelody(reference, check)
        try checkEvents(reference, check)
        print("metrics: \(check.count) values, \(check.failed) failed")
        #expect(check.count > 700)
        #expect(check.failed == 0, "see the lines above")
    }
}
