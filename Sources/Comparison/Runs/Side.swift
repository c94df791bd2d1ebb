/// What stands in one column of a comparison: a run, or runs of one configuration with different seeds.
public struct Side: Sendable, Equatable {
    /// The letter that gate expressions use: a for the reference, then b, c, ...
    public let label: String
    /// "run12", or for several runs their name or addresses.
    public let title: String
    /// Indices of its runs, at least one.
    public let runs: [Int]

    /// Whether it stands for a configuration rather than for one run.
    public var isGroup: Bool { runs.count > 1 }

    static func sides(of groups: [[Int]], _ runs: [ComparedRun]) -> [Side] {
        let names = groups.map { group -> String? in
            let names = Set(group.map { runs[$0].name })
            return names.count == 1 ? names.first ?? nil : nil
        }
        return groups.enumerated().map { place, group in
            var title = addresses(group.map { runs[$0].address })
            if group.count > 1, let name = names[place], names.count(where: { $0 == name }) == 1 {
                title = name
            }
            return Side(label: letter(place), title: title, runs: group)
        }
    }

    /// "run3..run8" for numbers in a row, else all of them.
    private static func addresses(_ addresses: [String]) -> String {
        let numbers = addresses.compactMap { Int($0.drop { !$0.isNumber }) }
        if let first = numbers.first, numbers.count == addresses.count, numbers.count > 2,
            numbers == Array(first..<first + numbers.count)
        {
            return "\(addresses[0])..\(addresses[addresses.count - 1])"
        }
        return addresses.joined(separator: ",")
    }

    /// a ... z, aa, ab, ...
    static func letter(_ index: Int) -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyz")
        return (index >= 26 ? letter(index / 26 - 1) : "") + String(letters[index % 26])
    }
}
