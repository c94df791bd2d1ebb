import Foundation

/// What a plain word of a filter means as a number, a span or a moment.
public enum FilterLiteral {
    /// A number as people and machines write it; `nan`, `inf` and `-inf` are numbers, hexadecimals are not.
    static func number(_ text: String) -> Double? {
        switch text.lowercased() {
        case "nan": return .nan
        case "inf", "+inf": return .infinity
        case "-inf": return -.infinity
        default:
            guard text.allSatisfy({ "0123456789+-.eE".contains($0) }), text.contains(where: \.isNumber) else {
                return nil
            }
            return Double(text)
        }
    }

    private static let units: [String: Double] = [
        "s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "w": 604_800,
    ]

    /// A span of time in seconds: `45s`, `30min`, `12h`, `7d`, `2w`.
    public static func seconds(_ text: String) -> Double? {
        let digits = text.prefix { "0123456789.".contains($0) }
        guard let count = Double(digits), let unit = units[text.dropFirst(digits.count).lowercased()] else {
            return nil
        }
        return count * unit
    }

    /// A moment, or a whole day, as microseconds since 1970: `7d` (so long ago), `2026-03-01`, `2026-03-01T12:30`,
    /// with `Z` for universal time, `today`, `yesterday`, `now`.
    ///
    /// - Returns: the microseconds that the text covers: one for a moment.
    static func moment(_ text: String, now: Date, calendar: Calendar = .current) -> Range<Int64>? {
        func instant(_ date: Date) -> Range<Int64> { date.microseconds..<date.microseconds + 1 }
        func day(_ date: Date, in calendar: Calendar) -> Range<Int64>? {
            let start = calendar.startOfDay(for: date)
            // A day of a change to summer time has 23 hours.
            guard let end = calendar.date(byAdding: .day, value: 1, to: start) else { return nil }
            return start.microseconds..<end.microseconds
        }
        if let seconds = seconds(text) {
            return seconds < 1e11 ? instant(now.addingTimeInterval(-seconds)) : nil
        }
        switch text.lowercased() {
        case "now": return instant(now)
        case "today": return day(now, in: calendar)
        case "yesterday":
            return calendar.date(byAdding: .day, value: -1, to: now).flatMap { day($0, in: calendar) }
        default: break
        }
        guard let parts = DateParts(text) else { return nil }
        var calendar = calendar
        if parts.isUniversal, let zone = TimeZone(secondsFromGMT: 0) { calendar.timeZone = zone }
        guard let date = parts.date(in: calendar) else { return nil }
        return parts.hasTime ? instant(date) : day(date, in: calendar)
    }

    /// `2026-03-01`, `2026-03-01T12:30`, `2026-03-01T12:30:05`, each with an optional `Z`; the fraction of a second
    /// that `--json` prints is read, too.
    private struct DateParts {
        var numbers: [Int] = []
        var fraction = 0.0
        var hasTime = false
        var isUniversal = false

        init?(_ text: String) {
            var text = text[...]
            if text.last == "Z" || text.last == "z" {
                isUniversal = true
                text = text.dropLast()
            }
            let halves = text.split(separator: "T", maxSplits: 1, omittingEmptySubsequences: false)
            guard
                let day = Self.whole(
                    halves[0].split(separator: "-", omittingEmptySubsequences: false), [4, 2, 2])
            else { return nil }
            numbers = day
            guard halves.count == 2 else { return }
            hasTime = true
            var time = halves[1].split(separator: ":", omittingEmptySubsequences: false)
            if time.count == 3, let dot = time[2].firstIndex(of: ".") {
                guard let value = Double("0" + time[2][dot...]), time[2].count > 3 else { return nil }
                fraction = value
                time[2] = time[2][..<dot]
            }
            guard let clock = Self.whole(time, Array([2, 2, 2].prefix(max(2, time.count)))) else {
                return nil
            }
            numbers += clock
        }

        private static func whole(_ texts: [Substring], _ digits: [Int]) -> [Int]? {
            guard texts.count == digits.count else { return nil }
            var numbers: [Int] = []
            for (text, count) in zip(texts, digits) {
                guard text.count == count, text.allSatisfy({ "0123456789".contains($0) }),
                    let number = Int(text)
                else { return nil }
                numbers.append(number)
            }
            return numbers
        }

        func date(in calendar: Calendar) -> Date? {
            func part(_ index: Int) -> Int { index < numbers.count ? numbers[index] : 0 }
            let parts = DateComponents(
                year: part(0), month: part(1), day: part(2), hour: part(3), minute: part(4), second: part(5))
            guard let date = calendar.date(from: parts) else { return nil }
            // The calendar rolls the 31st of June over to July; here it is an error.
            let back = calendar.dateComponents([.year, .month, .day], from: date)
            guard back.month == part(1), back.day == part(2), part(3) < 24, part(4) < 60, part(5) < 60 else {
                return nil
            }
            return date.addingTimeInterval(fraction)
        }
    }
}
