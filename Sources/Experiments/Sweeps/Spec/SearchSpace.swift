import StrictJSON

/// The parameters of a sweep, those that exist under conditions included.
public struct SearchSpace: Sendable {
    public let params: NamedValues<ParameterDomain>
    public let when: [ConditionalParams]
    /// Whether a condition holds for what has been chosen so far.
    private let satisfies: @Sendable (NamedValues<JSONValue>, Assignment) -> Bool

    public init(_ spec: SweepSpec, experiment: SweepExperiment) {
        params = spec.params
        when = spec.when
        satisfies = { experiment.satisfies($0, $1) }
    }

    /// A space without conditions, or whose conditions ask the assignment alone.
    public init(_ params: NamedValues<ParameterDomain>, when: [ConditionalParams] = []) {
        self.params = params
        self.when = when
        satisfies = { condition, assignment in
            condition.members.allSatisfy { assignment[$0.name] == $0.value }
        }
    }

    /// Every parameter once, in the order of the file; one that several conditions bring as the first of them says.
    public var domains: [(name: String, domain: ParameterDomain)] {
        var found = params.members.map { (name: $0.name, domain: $0.value) }
        for member in when.flatMap(\.params.members) where !found.contains(where: { $0.name == member.name })
        {
            found.append((member.name, member.value))
        }
        return found
    }

    /// Chooses a value for every parameter that exists, in the order of the file. A parameter that several
    /// conditions bring exists once, as the first of them says.
    public func assignment(
        choosing choose: (_ name: String, _ domain: ParameterDomain) -> JSONValue
    ) -> Assignment {
        var result = Assignment()
        for (name, domain) in params.members { result[name] = choose(name, domain) }
        for clause in when where satisfies(clause.condition, result) {
            for (name, domain) in clause.params.members where result[name] == nil {
                result[name] = choose(name, domain)
            }
        }
        return result
    }

    /// The most configurations that a grid may have.
    static let mostInGrid = 100_000

    /// Every combination; the first parameter changes slowest.
    ///
    /// - Throws: `JSONError` when there are more than 100,000.
    public func grid() throws -> [Assignment] {
        func expanded(
            _ assignments: [Assignment], by params: NamedValues<ParameterDomain>
        ) throws -> [Assignment] {
            try params.members.reduce(assignments) { assignments, member in
                let values = member.value.gridValues ?? []
                guard assignments.count * values.count <= Self.mostInGrid else {
                    throw JSONError(
                        at: "params",
                        "the grid has more than \(Self.mostInGrid) configurations; "
                            + "accepted: fewer values, or the method random or tpe")
                }
                return assignments.flatMap { assignment in
                    guard assignment[member.name] == nil else { return [assignment] }
                    return values.map { value in
                        var next = assignment
                        next[member.name] = value
                        return next
                    }
                }
            }
        }
        var result = try expanded([Assignment()], by: params)
        for clause in when {
            result = try result.flatMap { assignment in
                satisfies(clause.condition, assignment)
                    ? try expanded([assignment], by: clause.params) : [assignment]
            }
        }
        return result
    }
}
