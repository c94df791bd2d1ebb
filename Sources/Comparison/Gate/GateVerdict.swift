/// What a gate expression says of a comparison.
public struct GateVerdict: Sendable {
    public let holds: Bool
    /// The figures that it looked at, such as "b.test/pesq = 2.861".
    public let figures: [(text: String, value: Double)]

    /// Whether a figure was not a number, so that nothing could be said; then the gate does not hold.
    public var isUndefined: Bool { figures.contains { $0.value.isNaN } }
}

extension GateExpression {
    /// - Throws: `GateError` of the kind `unknownName` with the place of the name.
    public func verdict(on comparison: RunComparison) throws(GateError) -> GateVerdict {
        var evaluation = Evaluation(text: text, comparison: comparison)
        let holds = try evaluation.holds(condition)
        let figures = evaluation.figures
        return GateVerdict(holds: holds && !figures.contains { $0.value.isNaN }, figures: figures)
    }

    /// Everything is evaluated, so that an unknown name is found whatever the other figures are.
    private struct Evaluation {
        let text: String
        let comparison: RunComparison
        var figures: [(text: String, value: Double)] = []

        mutating func holds(_ condition: Condition) throws(GateError) -> Bool {
            switch condition {
            case .and(let a, let b):
                let (first, second) = (try holds(a), try holds(b))
                return first && second
            case .or(let a, let b):
                let (first, second) = (try holds(a), try holds(b))
                return first || second
            case .not(let a):
                return !(try holds(a))
            case .compare(let a, let sign, let b):
                let (first, second) = (try value(a), try value(b))
                switch sign {
                case "<": return first < second
                case "<=": return first <= second
                case ">": return first > second
                case ">=": return first >= second
                case "==": return first == second
                default: return first != second
                }
            }
        }

        private mutating func value(_ value: Value) throws(GateError) -> Double {
            switch value {
            case .number(let number): return number
            case .negative(let value): return -(try self.value(value))
            case .figure(let figure): return try look(figure, nil)
            case .statistic(let statistic, let figure): return try look(figure, statistic)
            case .arithmetic(let a, let sign, let b):
                let (first, second) = (try self.value(a), try self.value(b))
                switch sign {
                case "+": return first + second
                case "-": return first - second
                case "*": return first * second
                default: return first / second
                }
            case .call(let function, let arguments):
                var values: [Double] = []
                for argument in arguments { values.append(try self.value(argument)) }
                // The standard functions would drop a NaN that stands second.
                if values.contains(where: \.isNaN) { return .nan }
                switch function {
                case .abs: return Swift.abs(values[0])
                case .min: return values.min() ?? .nan
                case .max: return values.max() ?? .nan
                }
            }
        }

        private func unknown(_ figure: Figure, _ reason: String) -> GateError {
            GateError(
                kind: .unknownName, expression: text, start: figure.start, end: figure.end, reason: reason)
        }

        private func resolved(_ figure: Figure) throws(GateError) -> String {
            let names = comparison.figureNames
            switch FigureName.match(figure.name, among: names) {
            case .found(let name): return name
            case .several(let several):
                throw unknown(
                    figure, "'\(figure.name)' may mean \(several.joined(separator: ", ")); give one of these")
            case .unknown(let nearest):
                let hint =
                    nearest.map { "did you mean '\($0)'?" } ?? "there are \(names.joined(separator: ", "))"
                throw unknown(figure, "no metric '\(figure.name)'; \(hint)")
            }
        }

        private mutating func look(_ figure: Figure, _ statistic: Statistic?) throws(GateError) -> Double {
            func unknown(_ reason: String) -> GateError {
                GateError(
                    kind: .unknownName, expression: text, start: figure.start, end: figure.end, reason: reason
                )
            }
            guard let side = comparison.gateSide(figure.side) else {
                let known = comparison.sides.map { "\($0.label) (\($0.title))" }
                throw unknown("no run '\(figure.side)'; there are \(known.joined(separator: ", "))")
            }
            let name = try resolved(figure)
            let plain = "\(figure.side).\(name)"
            guard let statistic else {
                guard let value = comparison.value(name, of: side) else {
                    throw unknown("\(plain) has no value")
                }
                figures.append((plain, value))
                return value
            }
            guard let value = comparison.statistic(statistic, name, of: side) else {
                throw unknown(
                    "\(statistic.rawValue)(\(plain)) is not known: it needs a test score of a side other than "
                        + "the first, on enough files or seeds")
            }
            figures.append(("\(statistic.rawValue)(\(plain))", value))
            return value
        }
    }
}
