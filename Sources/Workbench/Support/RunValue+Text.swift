import Foundation
import StrictJSON
import Tracking

extension RunValue {
    /// The value for people; a dash where there is none.
    var text: String {
        switch self {
        case .absent: "-"
        case .number(let number): NumberText.value(number)
        case .whole(let number): String(number)
        case .unsigned(let number): String(number)
        case .text(let text): text.replacingOccurrences(of: "\n", with: " ")
        case .flag(let flag): flag ? "yes" : "no"
        case .moment(let microseconds): NumberText.time(Self.date(microseconds))
        case .span(let seconds): NumberText.duration(seconds)
        case .run(let id): Run.address(of: id)
        case .tags(let tags): tags.joined(separator: ", ")
        }
    }

    /// The value for programs, exact; empty where there is none.
    var plainText: String {
        switch self {
        case .absent: ""
        case .number(let number): CSV.number(number)
        case .text(let text): text
        case .flag(let flag): flag ? "true" : "false"
        case .moment(let microseconds): NumberText.timestamp(Self.date(microseconds))
        case .span(let seconds): CSV.number(seconds)
        case .tags(let tags): tags.joined(separator: " ")
        case .whole, .unsigned, .run: text
        }
    }

    var json: JSONValue {
        switch self {
        case .absent: .null
        case .number(let number), .span(let number): .number(number)
        case .whole(let number): .integer(Int(number))
        case .unsigned(let number): JSONValue(number)
        case .flag(let flag): .bool(flag)
        case .tags(let tags): JSONValue(tags)
        case .text, .moment, .run: .string(plainText)
        }
    }

    private static func date(_ microseconds: Int64) -> Date {
        Date(timeIntervalSince1970: Double(microseconds) / 1e6)
    }

    /// Whether a column of such values is set flush right.
    var isNumber: Bool {
        switch self {
        case .number, .whole, .unsigned, .span: true
        case .text(let text): Double(text) != nil
        default: false
        }
    }
}
