import Foundation

/// How a number that SQLite cannot hold is kept: the value column is NULL and the flag says what it was.
enum ValueFlag: Int {
    case finite = 0
    case notANumber = 1
    case positiveInfinity = 2
    case negativeInfinity = 3
    /// A score that has no value; a reason stands beside it.
    case undefined = 4

    init(_ value: Double) {
        if value.isFinite {
            self = .finite
        } else if value.isNaN {
            self = .notANumber
        } else {
            self = value > 0 ? .positiveInfinity : .negativeInfinity
        }
    }

    /// The number that a stored value and its flag stand for.
    static func number(_ value: Double?, flag: Int) -> Double {
        switch ValueFlag(rawValue: flag) {
        case .positiveInfinity: .infinity
        case .negativeInfinity: -.infinity
        case .finite: value ?? .nan
        default: .nan
        }
    }
}

extension Date {
    var microseconds: Int64 { Int64((timeIntervalSince1970 * 1e6).rounded()) }

    init(microseconds: Int64) {
        self.init(timeIntervalSince1970: Double(microseconds) / 1e6)
    }
}
