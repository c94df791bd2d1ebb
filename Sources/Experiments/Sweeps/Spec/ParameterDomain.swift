import Foundation
import Statistics
import StrictJSON

/// The values that one parameter of a sweep may take: `{"log": [1e-5, 1e-3]}`.
public struct ParameterDomain: ConfigValue, Hashable {
    public enum Shape: Sendable, Hashable {
        /// Any of these, without an order.
        case values([JSONValue])
        /// A real number, each as likely as the others.
        case uniform(ClosedRange<Double>)
        /// `low`, `low + step`, ... `count` numbers.
        case stepped(low: Double, step: Double, count: Int)
        /// A positive real number, each order of magnitude as likely as the others.
        case logarithmic(ClosedRange<Double>)
        /// `low`, `low + step`, ... `count` positive numbers, each order of magnitude as likely as the others.
        case logarithmicSteps(low: Double, step: Double, count: Int)
        /// Around a mean, with a standard deviation; cut off at four of these.
        case normal(mean: Double, deviation: Double)
        /// A positive number whose natural logarithm has this mean and standard deviation, cut off likewise.
        case logNormal(mean: Double, deviation: Double)
        /// A whole number.
        case integers(ClosedRange<Int>)
        /// A positive whole number, each order of magnitude as likely as the others.
        case logarithmicIntegers(ClosedRange<Int>)
    }

    public var shape: Shape
    /// How many values a grid takes from a range, both ends included.
    public var points: Int?

    public init(_ shape: Shape, points: Int? = nil) {
        self.shape = shape
        self.points = points
    }

    public static var typeName: String {
        "one of {\"values\": [...]}, {\"range\": [low, high]}, {\"range\": [low, high, step]}, "
            + "{\"log\": [low, high]}, {\"log\": [low, high, step]}, {\"int\": [low, high]}, "
            + "{\"log_int\": [low, high]}, {\"normal\": [mean, deviation]}, {\"log_normal\": [mean, deviation]}"
    }

    private static let shapes = ["values", "range", "log", "int", "log_int", "normal", "log_normal"]

    public static func decode(
        _ json: JSONValue, at path: JSONPath, onto base: ParameterDomain?
    ) throws -> ParameterDomain {
        guard let object = json.objectValue else {
            throw JSONError(at: path, "expected \(typeName), found \(json.summary)")
        }
        let known = shapes + ["points"]
        for key in object.keys where !known.contains(key) {
            throw JSONError(
                at: path.appending(key),
                "unknown key \(quoted(key)); \(suggestion(for: key, among: known, what: "known keys"))")
        }
        let named = shapes.filter { object[$0] != nil }
        guard named.count == 1, let kind = named.first, let content = object[kind] else {
            throw JSONError(at: path, "expected \(typeName), found \(named.count) of them")
        }
        let shape = try Self.shape(kind, content, at: path.appending(kind))
        var points: Int?
        if let value = object["points"] {
            let count = try Int.decode(value, at: path.appending("points"), onto: nil)
            switch shape {
            case .values, .stepped, .logarithmicSteps:
                throw JSONError(
                    at: path.appending("points"), "the values are given already; remove \"points\"")
            default:
                guard count >= 2 else {
                    throw JSONError(
                        at: path.appending("points"), "\(count) is out of range; accepted: at least 2")
                }
            }
            points = count
        }
        return ParameterDomain(shape, points: points)
    }

    private static func shape(_ kind: String, _ content: JSONValue, at path: JSONPath) throws -> Shape {
        guard let elements = content.arrayValue else {
            throw JSONError(at: path, "expected an array, found \(content.summary)")
        }
        switch kind {
        case "values":
            guard !elements.isEmpty else {
                throw JSONError(at: path, "an empty array; give at least one value")
            }
            for (index, element) in elements.enumerated() where elements[..<index].contains(element) {
                throw JSONError(at: path.appending(index), "\(element.summary) is given twice")
            }
            return .values(elements)
        case "int", "log_int":
            let (low, high) = try bounds([Int].decode(content, at: path, onto: nil), at: path)
            if kind == "int" { return .integers(low...high) }
            guard low >= 1 else {
                throw JSONError(at: path, "\(low) has no logarithm; accepted: whole numbers from 1")
            }
            return .logarithmicIntegers(low...high)
        case "normal", "log_normal":
            let numbers = try [Double].decode(content, at: path, onto: nil)
            guard numbers.count == 2, numbers[1] > 0 else {
                throw JSONError(
                    at: path, "\(content.compactText); accepted: [mean, deviation], the deviation above 0")
            }
            return kind == "normal"
                ? .normal(mean: numbers[0], deviation: numbers[1])
                : .logNormal(mean: numbers[0], deviation: numbers[1])
        default:
            let numbers = try [Double].decode(content, at: path, onto: nil)
            let (low, high) = try bounds(numbers.count == 3 ? Array(numbers[..<2]) : numbers, at: path)
            if kind == "log", low <= 0 {
                throw JSONError(
                    at: path, "\(elements[0].canonicalText) has no logarithm; accepted: numbers above 0")
            }
            guard numbers.count == 3 else {
                return kind == "log" ? .logarithmic(low...high) : .uniform(low...high)
            }
            let step = numbers[2]
            guard step > 0, (high - low) / step < 10_000 else {
                throw JSONError(
                    at: path.appending(2),
                    "the step \(elements[2].canonicalText) does not fit the range; "
                        + "accepted: above 0, at most 10000 steps")
            }
            // A step of 0.1 is not a number of binary digits: the last value counts if it is as good as there.
            let count = Int(((high - low) / step + 1e-9).rounded(.down)) + 1
            guard kind == "log" else { return .stepped(low: low, step: step, count: count) }
            guard low > step / 2 else {
                throw JSONError(
                    at: path,
                    "the step \(elements[2].canonicalText) would round to zero; accepted: a lower end "
                        + "above half a step")
            }
            return .logarithmicSteps(low: low, step: step, count: count)
        }
    }

    private static func bounds<Number: Comparable>(
        _ numbers: [Number], at path: JSONPath
    ) throws -> (Number, Number) {
        guard numbers.count == 2 else {
            throw JSONError(at: path, "\(numbers.count) numbers; accepted: [low, high]")
        }
        guard numbers[0] < numbers[1] else {
            throw JSONError(at: path, "[\(numbers[0]), \(numbers[1])]: the first must be below the second")
        }
        return (numbers[0], numbers[1])
    }

    public var json: JSONValue {
        var object: JSONObject = [:]
        switch shape {
        case .values(let values): object["values"] = .array(values)
        case .uniform(let range): object["range"] = [.number(range.lowerBound), .number(range.upperBound)]
        case .stepped(let low, let step, let count):
            object["range"] = Self.stepped(low, step, count)
        case .logarithmicSteps(let low, let step, let count):
            object["log"] = Self.stepped(low, step, count)
        case .normal(let mean, let deviation): object["normal"] = [.number(mean), .number(deviation)]
        case .logNormal(let mean, let deviation): object["log_normal"] = [.number(mean), .number(deviation)]
        case .logarithmic(let range): object["log"] = [.number(range.lowerBound), .number(range.upperBound)]
        case .integers(let range): object["int"] = [.integer(range.lowerBound), .integer(range.upperBound)]
        case .logarithmicIntegers(let range):
            object["log_int"] = [.integer(range.lowerBound), .integer(range.upperBound)]
        }
        if let points { object["points"] = .integer(points) }
        return .object(object)
    }
}

extension ParameterDomain {
    private static func stepped(_ low: Double, _ step: Double, _ count: Int) -> JSONValue {
        [.number(low), .number(rounded(low + step * Double(count - 1))), .number(step)]
    }

    /// Whether each order of magnitude is as likely as the others.
    public var isLogarithmic: Bool { NumericScale(self)?.isLogarithmic ?? false }

    /// How many deviations from the mean a normal draw may lie.
    static let reach = 4.0

    /// All values that a grid takes; nil for a range of real numbers without `points`.
    public var gridValues: [JSONValue]? {
        switch shape {
        case .values(let values): return values
        case .stepped(let low, let step, let count), .logarithmicSteps(let low, let step, let count):
            return (0..<count).map { .number(Self.rounded(low + step * Double($0))) }
        case .normal(let mean, let deviation):
            return points.map { Self.quantiles($0).map { .number(Self.rounded(mean + deviation * $0)) } }
        case .logNormal(let mean, let deviation):
            return points.map { Self.quantiles($0).map { .number(Self.rounded(exp(mean + deviation * $0))) } }
        case .uniform(let range):
            return points.map { Self.spaced(range, $0).map { .number(Self.rounded($0)) } }
        case .logarithmic(let range):
            return points.map { Self.logSpaced(range, $0).map { .number(Self.rounded($0)) } }
        case .integers(let range):
            guard let points, points < range.count else { return range.map { .integer($0) } }
            return Self.whole(Self.spaced(Self.real(range), points))
        case .logarithmicIntegers(let range):
            guard let points, points < range.count else { return range.map { .integer($0) } }
            return Self.whole(Self.logSpaced(Self.real(range), points))
        }
    }

    /// The values at the ends of the range, or all values of a list: where a config that refuses a value shows it.
    public var extremes: [JSONValue] {
        switch shape {
        case .values(let values): values
        case .uniform(let range), .logarithmic(let range):
            [.number(range.lowerBound), .number(range.upperBound)]
        case .stepped(let low, let step, let count), .logarithmicSteps(let low, let step, let count):
            [.number(low), .number(Self.rounded(low + step * Double(count - 1)))]
        case .normal(let mean, let deviation):
            [-Self.reach, Self.reach].map { .number(Self.rounded(mean + $0 * deviation)) }
        case .logNormal(let mean, let deviation):
            [-Self.reach, Self.reach].map { .number(Self.rounded(exp(mean + $0 * deviation))) }
        case .integers(let range), .logarithmicIntegers(let range):
            [.integer(range.lowerBound), .integer(range.upperBound)]
        }
    }

    /// A number with twelve significant digits, so that 0.1 + 0.2 is written 0.3.
    static func rounded(_ number: Double, digits: Int = 12) -> Double {
        Double(String(format: "%.*g", digits, number)) ?? number
    }

    private static func real(_ range: ClosedRange<Int>) -> ClosedRange<Double> {
        Double(range.lowerBound)...Double(range.upperBound)
    }

    private static func spaced(_ range: ClosedRange<Double>, _ count: Int) -> [Double] {
        (0..<count).map {
            range.lowerBound + (range.upperBound - range.lowerBound) * Double($0) / Double(count - 1)
        }
    }

    /// Standard normal values in the middle of pieces that are as likely as one another.
    private static func quantiles(_ count: Int) -> [Double] {
        (0..<count).map { NormalDistribution.quantile((Double($0) + 0.5) / Double(count)) }
    }

    private static func logSpaced(_ range: ClosedRange<Double>, _ count: Int) -> [Double] {
        spaced(log(range.lowerBound)...log(range.upperBound), count).map(exp)
    }

    private static func whole(_ numbers: [Double]) -> [JSONValue] {
        var values: [Int] = []
        for number in numbers {
            let value = Int(number.rounded())
            if values.last != value { values.append(value) }
        }
        return values.map { .integer($0) }
    }
}
