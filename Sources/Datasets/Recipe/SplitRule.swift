import Audio
import Hashing
import StrictJSON

/// How the files of a selection are split into training, validation and test.
public protocol SplitRule: Component {
    /// The split of a file.
    ///
    /// - Parameters:
    ///   - name: the file's name with its extension, without folders.
    ///   - index: its place, from 0, in the sorted list of the selection's files.
    func split(name: String, index: Int) -> DataSplit
}

/// All rules.
public enum SplitRuleRegistry: Registry {
    public typealias Item = any SplitRule
    public static let name = "split rule"
    public static let kinds: [any Component.Type] = [FixedSplit.self, IndexSplit.self, HashSplit.self]
}

/// All files into one split: `{"kind": "fixed", "to": "test"}`.
public struct FixedSplit: SplitRule {
    public static let kind = "fixed"
    public static let summary = "all files into one split"

    public var to = DataSplit.train

    public init() {}

    public static let fields: [Field<Self>] = [Field("to", \.to, "the split")]

    public func split(name: String, index: Int) -> DataSplit { to }
}

/// By place in the sorted list, modulo a number: `{"kind": "index", "modulus": 5, "test": [2]}`.
public struct IndexSplit: SplitRule {
    public static let kind = "index"
    public static let summary = "by place in the sorted list of files, modulo a number"

    public var modulus = 5
    public var validation: [Int] = []
    public var test: [Int] = []

    public init() {}

    public static let fields: [Field<Self>] = [
        Field("modulus", \.modulus, in: 1...1000, "what places are divided by"),
        Field("validation", \.validation, count: 0..., each: 0...999, "remainders for validation"),
        Field(
            "test", \.test, count: 0..., each: 0...999, "remainders for the test; the others are for training"
        ),
    ]

    public func split(name: String, index: Int) -> DataSplit {
        let remainder = index % modulus
        return test.contains(remainder) ? .test : validation.contains(remainder) ? .validation : .train
    }
}

/// By a hash of the file's name: a share of a training voice is held out for validation, whatever other files there
/// are. `{"kind": "hash", "modulus": 20}`.
public struct HashSplit: SplitRule {
    public static let kind = "hash"
    public static let summary =
        "for validation if FNV-1a-64 of the file's name, modulo a number, is 0; else training"

    public var modulus = 20

    public init() {}

    public static let fields: [Field<Self>] = [
        Field("modulus", \.modulus, in: 2...10000, "one file of this many is for validation")
    ]

    public func split(name: String, index: Int) -> DataSplit {
        FNV1a.hash(name) % UInt64(modulus) == 0 ? .validation : .train
    }
}
