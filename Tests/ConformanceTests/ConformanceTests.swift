import Testing

/// Every case of the autograd fixtures against the library. Its last line is
/// `conformance: N cases, F failed, U unsupported`.
@Suite("Conformance") struct ConformanceTests {
    @Test func everyCaseAgrees() throws {
        let fixtures = try ConformanceFixtures()
        var report = ConformanceReport()
        for family in fixtures.families {
            #expect(family.cases.count == family.count, "\(family.name): the manifest promises another count")
            for instance in family.cases {
                report.add(instance, ConformanceRunner.outcome(instance, family.tensors))
            }
        }
        report.write()
        #expect(report.cases > 0, "there are no cases in \(ConformanceFixtures.folder.path)")
        for (family, tally) in report.families {
            #expect(tally.failed == 0 && tally.unsupported == 0, "\(family): see the lines above")
        }
    }
}
