import StrictJSON

/// The factors of an ablation and the configurations that are made of them.
public struct AblationSpec: Configurable {
    public var design = AblationDesign.leaveOneOut
    public var factors = NamedValues<AblationFactor>()

    public init() {}

    public static let fields: [Field<Self>] = [
        Field("design", \.design, "which factors are off together"),
        Field("factors", \.factors, required: true, "what is switched off, by name"),
    ]

    /// The most factors of a full-factorial design, which has 2 to this power configurations.
    static let mostCrossed = 8

    public func validate() throws {
        guard !factors.isEmpty else { throw JSONError(at: "factors", "there are none; name at least one") }
        if design == .fullFactorial, factors.count > Self.mostCrossed {
            throw JSONError(
                at: "factors",
                "\(factors.count) factors make \(1 << min(factors.count, 40)) configurations; "
                    + "accepted: at most \(Self.mostCrossed), or the design \"leave-one-out\"")
        }
    }

    /// Refuses factors that set the same key and would hide each other.
    func checkConflicts(at path: JSONPath) throws {
        for (index, factor) in factors.members.enumerated() {
            for earlier in factors.members[..<index] {
                for key in factor.value.keys {
                    guard let other = earlier.value.keys.first(where: { Self.overlap(key, $0) }) else {
                        continue
                    }
                    // One at a time in a full model, two changes of the same key never meet.
                    if design == .leaveOneOut, factor.value.on.isEmpty, earlier.value.on.isEmpty { continue }
                    throw JSONError(
                        at: path.appending("factors").appending(factor.name),
                        "it sets \(quoted(key)), which the factor \(quoted(earlier.name)) sets as \(quoted(other)); "
                            + "accepted: factors of different keys")
                }
            }
        }
    }

    private static func overlap(_ first: String, _ second: String) -> Bool {
        let (a, b) = (JSONPath(first), JSONPath(second))
        return a.isInside(b) || b.isInside(a)
    }
}

/// Something that can be switched off.
public struct AblationFactor: Configurable {
    public var off = NamedValues<JSONValue>()
    public var on = NamedValues<JSONValue>()

    public init() {}

    public static let fields: [Field<Self>] = [
        Field("off", \.off, required: true, "keys of the experiment with their values without it"),
        Field("on", \.on, "keys with their values with it; empty: as the base says"),
    ]

    public func validate() throws {
        guard !off.isEmpty else { throw JSONError(at: "off", "it changes nothing; name at least one key") }
    }

    var keys: [String] { off.names + on.names }
}

/// Which configurations an ablation runs.
public enum AblationDesign: String, CaseIterable, ConfigValue {
    /// Everything on, and everything but one factor: what is each worth in the presence of all others?
    case leaveOneOut = "leave-one-out"
    /// Everything off, and one factor on: what is each worth alone?
    case oneAtATime = "one-at-a-time"
    /// Every combination: what is each worth on average over the others?
    case fullFactorial = "full-factorial"
}

/// One configuration of an ablation.
public struct AblationCase: Sendable, Hashable {
    /// For tables: `full`, `without augmentation`, `none`, `augmentation alone`, or the factors that are on.
    public let name: String
    /// The factors that are off.
    public let off: Set<String>
    public let assignment: Assignment
}

extension AblationSpec {
    /// The configurations of the design; the one that the others are measured against comes first.
    public var cases: [AblationCase] {
        let names = factors.names
        switch design {
        case .leaveOneOut:
            return [makeCase("full", off: [])] + names.map { makeCase("without \($0)", off: [$0]) }
        case .oneAtATime:
            return [makeCase("none", off: Set(names))]
                + names.map { makeCase("\($0) alone", off: Set(names).subtracting([$0])) }
        case .fullFactorial:
            return (0..<(1 << names.count)).map { bits in
                // The first factor changes slowest, as in a truth table.
                let off = names.enumerated().filter { bits >> (names.count - 1 - $0.offset) & 1 == 1 }
                    .map(\.element)
                let on = names.filter { !off.contains($0) }
                let name = off.isEmpty ? "full" : on.isEmpty ? "none" : on.joined(separator: " + ")
                return makeCase(name, off: Set(off))
            }
        }
    }

    private func makeCase(_ name: String, off: Set<String>) -> AblationCase {
        var values: JSONObject = [:]
        for factor in factors.members {
            for change in (off.contains(factor.name) ? factor.value.off : factor.value.on).members {
                values[change.name] = change.value
            }
        }
        return AblationCase(name: name, off: off, assignment: Assignment(values))
    }
}
