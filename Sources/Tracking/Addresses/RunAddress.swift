import Foundation

/// How a user names runs. An address that names a run by its number or its identity never means another one.
///
/// | address | runs |
/// |---|---|
/// | `run12`, `12` | the run with this number |
/// | `3f9c` | the run whose identity (`uuid`) begins so; four digits at least |
/// | `last`, `last~2` | the latest run, the second before it |
/// | `best:val/pesq` | the run with the best value of a metric, by the metric's goal; `best:score:si_sdr` by test scores |
/// | `min:val/loss`, `max:val/pesq` | the run with the smallest or greatest value |
/// | `12..15`, `run12..` | the runs with these numbers |
/// | `sweep3/*`, `sweep3/7` | the runs of a sweep, or of one trial of it; a sweep's name will do |
/// | anything else | the run with this name |
enum RunAddress: Equatable {
    case number(Run.ID)
    /// The latest run, or so many before it.
    case latest(before: Int)
    /// The name of a field whose best value is wanted, with the statistic in front.
    case best(of: String)
    case range(Run.ID, Run.ID)
    case sweep(String, trial: Int?)
    case name

    /// - Throws: `TrackingError.invalidAddress`.
    init(_ text: String) throws {
        func invalid(_ reason: String) -> TrackingError { .invalidAddress(address: text, reason: reason) }
        if text.isEmpty { throw invalid("it is empty") }
        if let id = Run.number(fromAddress: text) {
            self = .number(id)
        } else if text == "last" || text.hasPrefix("last~") {
            let count = text.dropFirst(5)
            guard let before = text == "last" ? 0 : Int(count), before >= 0 else {
                throw invalid("after last~ stands a number, as in last~1")
            }
            self = .latest(before: before)
        } else if let colon = text.firstIndex(of: ":"), ["best", "min", "max"].contains(text[..<colon]) {
            let name = text[text.index(after: colon)...]
            if name.isEmpty { throw invalid("after \(text) stands a metric, as in best:val/loss") }
            self = .best(of: name.hasPrefix("score:") ? String(name) : "metric:" + text)
        } else if let dots = text.range(of: "..") {
            let (first, last) = (String(text[..<dots.lowerBound]), String(text[dots.upperBound...]))
            guard let start = first.isEmpty ? 1 : Run.number(fromAddress: first),
                let end = last.isEmpty ? .max : Run.number(fromAddress: last)
            else {
                self = .name
                return
            }
            guard start <= end else { throw invalid("it begins behind its end") }
            self = .range(start, end)
        } else if let slash = text.lastIndex(of: "/"), slash > text.startIndex {
            let trial = text[text.index(after: slash)...]
            guard trial == "*" || Int(trial) != nil else {
                self = .name
                return
            }
            self = .sweep(String(text[..<slash]), trial: Int(trial))
        } else {
            self = .name
        }
    }

    /// Whether the address can name more than one run.
    var isPlural: Bool {
        switch self {
        case .range, .sweep(_, trial: nil): true
        default: false
        }
    }
}

extension Run {
    /// The number in an address such as "run12" or "12".
    static func number(fromAddress text: String) -> Run.ID? {
        let digits = text.hasPrefix("run") ? text.dropFirst(3) : text[...]
        guard !digits.isEmpty, digits.allSatisfy({ "0123456789".contains($0) }), let id = Run.ID(digits),
            id > 0
        else { return nil }
        return id
    }
}
