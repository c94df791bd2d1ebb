/// Counts and names what did not pass.
struct ConformanceReport {
    struct Tally {
        var cases = 0
        var failed = 0
        var unsupported = 0
    }

    private(set) var families: [String: Tally] = [:]
    private(set) var cases = 0
    private(set) var failed = 0
    private(set) var unsupported = 0

    mutating func add(_ instance: ConformanceCase, _ outcome: ConformanceOutcome) {
        cases += 1
        families[instance.family, default: Tally()].cases += 1
        switch outcome {
        case .passed: break
        case .failed(let reason):
            failed += 1
            families[instance.family, default: Tally()].failed += 1
            print("conformance: \(instance.family) \(instance.id) failed: \(reason)")
        case .unsupported(let reason):
            unsupported += 1
            families[instance.family, default: Tally()].unsupported += 1
            print("conformance: \(instance.family) \(instance.id) unsupported: \(reason)")
        }
    }

    /// A line for each family and the last one with the totals.
    func write() {
        for (family, tally) in families.sorted(by: { $0.key < $1.key }) {
            print(
                "conformance: \(family): \(tally.cases) cases, \(tally.failed) failed, "
                    + "\(tally.unsupported) unsupported")
        }
        print("conformance: \(cases) cases, \(failed) failed, \(unsupported) unsupported")
    }
}
