import StrictJSON
import Tracking

/// Which runs belong together.
public enum Grouping: Sendable, Equatable {
    /// Runs of one configuration with different seeds, if that leaves two groups or more; else every run alone.
    case automatic
    /// Every run alone.
    case none
    /// Runs that agree in these keys of the configuration.
    case keys([String])
    /// Runs that agree in all keys but these, and but where their data lie and what computes.
    case allExcept([String])

    /// Reads `!seed`, `!seed,model.depth`, `model.depth,optimizer.rate` or `none`.
    ///
    /// - Throws: `ComparisonError.badGrouping`.
    public init(_ text: String) throws {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map {
            $0.trimming(while: { $0 == " " })
        }
        if parts == ["none"] {
            self = .none
            return
        }
        if parts.contains(where: { $0.isEmpty || $0 == "!" }) { throw ComparisonError.badGrouping(text) }
        if text.trimming(while: { $0 == " " }).hasPrefix("!") {
            self = .allExcept(parts.map { $0.hasPrefix("!") ? String($0.dropFirst()) : $0 })
        } else if parts.contains(where: { $0.hasPrefix("!") }) {
            throw ComparisonError.badGrouping(text)
        } else {
            self = .keys(parts)
        }
    }

    /// The runs by group, in the order in which the groups begin.
    ///
    /// - Throws: `ComparisonError.unknownKey` when no run has a key that is named.
    func groups(_ runs: [ComparedRun]) throws -> [[Int]] {
        let alone = runs.indices.map { [$0] }
        switch self {
        case .none:
            return alone
        case .automatic:
            let groups = Self.grouped(runs) { $0.group }
            let repeats = groups.contains { Set($0.map { runs[$0].seed }).count > 1 }
            return repeats && groups.count > 1 ? groups : alone
        case .keys(let keys):
            try check(keys, runs)
            return Self.grouped(runs) { run in
                keys.map { run.parameters[$0] ?? "\u{0}" }.joined(separator: "\u{1}")
            }
        case .allExcept(let keys):
            try check(keys, runs)
            let left = Set(keys).union(ComparedRun.outsideGroup)
            return Self.grouped(runs) { run in
                run.parameters.filter {
                    !left.contains($0.key) && !ConfigurationGroup.isOutside($0.key, value: $0.value)
                }
                .sorted { $0.key < $1.key }
                .map { "\($0.key)\u{0}\($0.value)" }.joined(separator: "\u{1}")
            }
        }
    }

    private func check(_ keys: [String], _ runs: [ComparedRun]) throws {
        let known = Set(runs.flatMap(\.parameters.keys)).union(["seed"])
        for key in keys where !known.contains(key) {
            throw ComparisonError.unknownKey(key, nearest: nearestName(to: key, among: known.sorted()))
        }
    }

    private static func grouped(_ runs: [ComparedRun], by key: (ComparedRun) -> String) -> [[Int]] {
        var order: [String] = []
        var groups: [String: [Int]] = [:]
        for index in runs.indices {
            let key = key(runs[index])
            if groups[key] == nil { order.append(key) }
            groups[key, default: []].append(index)
        }
        return order.compactMap { groups[$0] }
    }
}

extension StringProtocol {
    func trimming(while isDropped: (Character) -> Bool) -> String {
        var rest = self[...]
        while let first = rest.first, isDropped(first) { rest = rest.dropFirst() }
        while let last = rest.last, isDropped(last) { rest = rest.dropLast() }
        return String(rest)
    }
}
