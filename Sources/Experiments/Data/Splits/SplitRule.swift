import Audio
import StrictJSON
import Tensor

/// What stays together when recordings are split.
public enum SplitUnit: String, ConfigValue, CaseIterable, Sendable {
    case file, voice
}

/// Which recordings are for training, validation and the test.
///
/// In this order: names that the config lists, the list file, the split of a prepared set, a hash of the name. A
/// recording that is added later never moves another one, unless a part was empty before.
public struct SplitRule: Sendable {
    public var by = SplitUnit.file
    public var every = 10
    public var validation: [String] = []
    public var test: [String] = []
    public var file = ""

    /// What there is to know of a recording.
    struct Item {
        /// Unique in the dataset.
        let name: String
        /// The name below its folder, which decides by its hash: the folder may move.
        let shortName: String
        /// Empty if unknown.
        let voice: String
        let fixed: DataSplit?

        func isCalled(_ text: String) -> Bool { text == name || text == shortName || text == voice }
    }

    /// The part of each item.
    ///
    /// - Parameters:
    ///   - list: the list file's content, if the rule names one.
    ///   - named: whether names in `validation` and `test` apply to these items.
    ///   - fills: whether a part that is left empty gets the unit whose hash comes nearest.
    /// - Throws: `ExperimentError` if a voice would stand in two parts.
    func assign(_ items: [Item], list: SplitList?, named: Bool = true, fills: Bool = true) throws
        -> [DataSplit]
    {
        let units = items.map { by == .voice && !$0.voice.isEmpty ? $0.voice : $0.name }
        var hashed: [String: String] = [:]
        var decided: [String: DataSplit] = [:]
        for (item, unit) in zip(items, units) {
            hashed[unit] = unit == item.name ? item.shortName : unit
            guard let split = part(of: item, named: named) ?? list?[item.name] ?? item.fixed else { continue }
            if let other = decided[unit], other != split {
                throw ExperimentError.data(
                    "\(quoted(unit)) stands in both \(other.rawValue) and \(split.rawValue) (at \(quoted(item.name))); "
                        + "with split_by \"voice\" all files of a voice are in one part")
            }
            decided[unit] = split
        }
        let open = Set(units).subtracting(decided.keys)
            .map { (name: $0, bits: Self.bits(hashed[$0] ?? $0)) }
            .sorted { ($0.bits, $0.name) < ($1.bits, $1.name) }
        // A part whose names are listed is complete.
        let closed = Set(
            named ? (test.isEmpty ? [] : [DataSplit.test]) + (validation.isEmpty ? [] : [.validation]) : [])
        for (name, bits) in open {
            let remainder = bits % UInt64(every)
            let split: DataSplit = remainder == 0 ? .test : remainder == 1 ? .validation : .train
            decided[name] = closed.contains(split) ? .train : split
        }
        if fills { Self.fill(&decided, open.map(\.name), closed) }
        return units.map { decided[$0] ?? .train }
    }

    private func part(of item: Item, named: Bool) -> DataSplit? {
        guard named else { return nil }
        func lists(_ names: [String]) -> Bool { names.contains { item.isCalled($0) } }
        return lists(test) ? .test : lists(validation) ? .validation : nil
    }

    /// Gives each empty part one unit of the part that has most, the one with the lowest hash.
    private static func fill(
        _ decided: inout [String: DataSplit], _ open: [String], _ closed: Set<DataSplit>
    ) {
        for empty in [DataSplit.test, .validation, .train] where !closed.contains(empty) {
            guard !decided.values.contains(empty), decided.count >= 3 else { continue }
            let counts = Dictionary(grouping: decided.values, by: { $0 }).mapValues(\.count)
            if let unit = open.first(where: { counts[decided[$0] ?? empty, default: 0] > 1 }) {
                decided[unit] = empty
            }
        }
    }

    /// The same number for a name for all time.
    static func bits(_ name: String) -> UInt64 {
        var stream = RandomStream(key: "split/" + name)
        return stream.nextBits()
    }

    /// Checks the listed names against what there is.
    func validateNames(_ items: [Item]) throws {
        for name in test + validation where name.isEmpty || !items.contains(where: { $0.isCalled(name) }) {
            throw ExperimentError.config(
                "dataset: no recording or voice is called \(quoted(name)); "
                    + suggestion(for: name, among: items.map(\.shortName), what: "recordings"))
        }
        if let both = test.first(where: validation.contains) {
            throw ExperimentError.config(
                "dataset: \(quoted(both)) stands in both test and validation; a recording has one use")
        }
    }
}
