import Foundation
import Statistics
import StrictJSON
import Tensor

/// Draws every parameter by itself, each value of its domain as likely as the others.
///
/// Configuration `number` depends on the seed and on that number alone.
public struct RandomSampler: Sendable {
    private let space: SearchSpace
    private let seed: Int

    public init(space: SearchSpace, seed: Int) {
        self.space = space
        self.seed = seed
    }

    /// - Parameter attempt: another one draws other values for the same number.
    public func propose(number: Int, attempt: Int = 0) -> Assignment {
        space.assignment { name, domain in
            var stream = Self.stream(seed, number, attempt, name)
            return domain.draw(&stream)
        }
    }

    /// A parameter's draws keep their values when another parameter joins the space.
    static func stream(_ seed: Int, _ number: Int, _ attempt: Int, _ name: String) -> RandomStream {
        RandomStream(key: "\(seed)/sweep/\(number)/\(attempt)/\(name)")
    }
}

extension ParameterDomain {
    /// One value.
    func draw(_ stream: inout RandomStream) -> JSONValue {
        if case .values(let values) = shape { return stream.pick(values) }
        guard let scale = NumericScale(self) else { return .null }
        return scale.value(at: scale.draw(&stream))
    }
}

/// The number line on which a numeric domain is drawn and modelled: its logarithm where it has one, and for
/// discrete values half a step more on both sides, so that the outer values are as likely as the inner ones.
struct NumericScale: Sendable {
    let low: Double
    let high: Double
    let isLogarithmic: Bool
    /// The values there are: `first + step * k` up to `last`; nil for real numbers.
    let steps: (first: Double, step: Double, last: Double)?
    private let isWhole: Bool
    /// The standard deviation around the middle of the line; nil where every place is as likely as the others.
    let deviation: Double?

    /// nil for a list of values.
    init?(_ domain: ParameterDomain) {
        switch domain.shape {
        case .normal(_, let deviation), .logNormal(_, let deviation): self.deviation = deviation
        default: deviation = nil
        }
        switch domain.shape {
        case .values: return nil
        case .uniform(let range):
            (low, high) = (range.lowerBound, range.upperBound)
            (isLogarithmic, isWhole, steps) = (false, false, nil)
        case .logarithmic(let range):
            (low, high) = (log(range.lowerBound), log(range.upperBound))
            (isLogarithmic, isWhole, steps) = (true, false, nil)
        case .stepped(let first, let step, let count):
            let last = first + step * Double(count - 1)
            (low, high) = (first - step / 2, last + step / 2)
            (isLogarithmic, isWhole, steps) = (false, false, (first, step, last))
        case .logarithmicSteps(let first, let step, let count):
            let last = first + step * Double(count - 1)
            (low, high) = (log(first - step / 2), log(last + step / 2))
            (isLogarithmic, isWhole, steps) = (true, false, (first, step, last))
        case .normal(let mean, let deviation), .logNormal(let mean, let deviation):
            let reach = ParameterDomain.reach * deviation
            (low, high) = (mean - reach, mean + reach)
            if case .logNormal = domain.shape { isLogarithmic = true } else { isLogarithmic = false }
            (isWhole, steps) = (false, nil)
        case .integers(let range):
            let (first, last) = (Double(range.lowerBound), Double(range.upperBound))
            (low, high) = (first - 0.5, last + 0.5)
            (isLogarithmic, isWhole, steps) = (false, true, (first, 1, last))
        case .logarithmicIntegers(let range):
            let (first, last) = (Double(range.lowerBound), Double(range.upperBound))
            (low, high) = (log(first - 0.5), log(last + 0.5))
            (isLogarithmic, isWhole, steps) = (true, true, (first, 1, last))
        }
    }

    /// A place, as likely as the domain says.
    func draw(_ stream: inout RandomStream) -> Double {
        guard let deviation else { return stream.uniform(low...high) }
        let tail = NormalDistribution.cumulative(-ParameterDomain.reach)
        let share = tail + (1 - 2 * tail) * stream.uniform()
        let place = (low + high) / 2 + deviation * NormalDistribution.quantile(share)
        return min(max(place, low), high)
    }

    /// The value at a place of the line.
    func value(at place: Double) -> JSONValue {
        let number = isLogarithmic ? exp(place) : place
        guard let steps else {
            // Six digits are more than a search can tell apart, and can be read and typed.
            let lowest = isLogarithmic ? exp(low) : low
            let highest = isLogarithmic ? exp(high) : high
            return .number(min(max(ParameterDomain.rounded(number, digits: 6), lowest), highest))
        }
        let last = ((steps.last - steps.first) / steps.step).rounded()
        let index = min(max(0, ((number - steps.first) / steps.step).rounded()), last)
        let value = ParameterDomain.rounded(steps.first + steps.step * index)
        return isWhole ? .integer(Int(value)) : .number(value)
    }

    /// The place of a value; nil for one from elsewhere.
    func place(of value: JSONValue) -> Double? {
        guard let number = value.doubleValue else { return nil }
        if isLogarithmic, number <= 0 { return nil }
        let place = isLogarithmic ? log(number) : number
        return place >= low && place <= high ? place : nil
    }

    /// The piece of the line that is rounded to a place's value; nil for real numbers.
    func cell(around place: Double) -> ClosedRange<Double>? {
        guard let steps else { return nil }
        let number = isLogarithmic ? exp(place) : place
        let half = steps.step / 2
        return isLogarithmic ? log(number - half)...log(number + half) : number - half...number + half
    }
}
