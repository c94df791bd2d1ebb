/// Which metrics were asked for.
struct MetricSelection: Sendable {
    private let logged: Set<String>?
    private let tested: Set<String>?

    /// - Parameters:
    ///   - names: empty for all.
    ///   - logged: the metrics that runs have logged.
    ///   - tested: the names of test scores, such as test/pesq.
    /// - Throws: `ComparisonError.unknownMetric`.
    init(_ names: [String], logged: Set<String>, tested: [String]) throws {
        guard !names.isEmpty else {
            (self.logged, self.tested) = (nil, nil)
            return
        }
        var (wantedLogged, wantedTested) = (Set<String>(), Set<String>())
        let known = tested + logged.sorted()
        for name in names {
            switch FigureName.match(name, among: known) {
            case .found(let figure):
                if logged.contains(figure) { wantedLogged.insert(figure) }
                if tested.contains(figure) { wantedTested.insert(figure) }
            case .several(let figures): wantedTested.formUnion(figures)
            case .unknown(let nearest):
                throw ComparisonError.unknownMetric(name, known: known, nearest: nearest)
            }
        }
        self.logged = wantedLogged
        self.tested = wantedTested
    }

    /// Whether a logged metric was asked for, or everything was.
    func includes(logged name: String) -> Bool { logged?.contains(name) ?? true }

    /// Whether a logged metric was asked for by its name.
    func names(logged name: String) -> Bool { logged?.contains(name) ?? false }

    func includes(tested name: String) -> Bool { tested?.contains(name) ?? true }
}
