import Testing

@Suite struct SignalParityTests {
    @Test func everyEntryAgrees() throws {
        // Prints a line for each entry that failed or is unsupported, and a last one with the counts.
        let reference = try SignalReference()
        var failed = 0
        var unsupported = 0
        var missing: [String] = []
        for entry in reference.entries {
            let check = SignalCheck(entry, reference)
            do {
                guard let handler = signalGroups[entry.group] else {
                    throw Unsupported("no handler for the group \(entry.group)")
                }
                try handler(check)
                if !check.failures.isEmpty {
                    print("signal: \(entry.id) failed: \(check.failures.joined(separator: "; "))")
                    failed += 1
                }
            } catch let reason as Unsupported {
                print("signal: \(entry.id) unsupported: \(reason)")
                unsupported += 1
                if !optionalSignalGroups.contains(entry.group) { missing.append(entry.id) }
            } catch {
                print("signal: \(entry.id) failed: \(error)")
                failed += 1
            }
        }
        print("signal: \(reference.entries.count) entries, \(failed) failed, \(unsupported) unsupported")
        #expect(!reference.entries.isEmpty)
        #expect(failed == 0, "see the lines above")
        #expect(missing.isEmpty, "unsupported entries outside the optional groups")
    }
}
