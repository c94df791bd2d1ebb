/// The keys of the configuration in which runs differ.
public struct ConfigDifference: Sendable, Equatable {
    public struct Key: Sendable, Equatable {
        public let key: String
        /// By run; nil where a run lacks the key.
        public let values: [String?]

        /// The values of some runs in few words: one value, "1..6" for whole numbers in a row, else a list.
        public func text(of runs: [Int]) -> String {
            var texts: [String] = []
            for run in runs {
                let text = values[run] ?? "(absent)"
                if !texts.contains(text) { texts.append(text) }
            }
            let numbers = texts.compactMap { Int($0) }.sorted()
            if numbers.count == texts.count, numbers.count > 2, let first = numbers.first,
                numbers == Array(first..<first + numbers.count)
            {
                return "\(first)..\(numbers[numbers.count - 1])"
            }
            return texts.joined(separator: ", ")
        }
    }

    /// How many keys the runs have together.
    public let keyCount: Int
    /// The keys that differ, sorted.
    public let changed: [Key]

    init(_ runs: [ComparedRun]) {
        let keys = Set(runs.flatMap(\.parameters.keys)).sorted()
        keyCount = keys.count
        changed = keys.compactMap { key in
            let values = runs.map { $0.parameters[key] }
            return Set(values).count > 1 ? Key(key: key, values: values) : nil
        }
    }
}
