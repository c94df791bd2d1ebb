import Foundation

/// How numbers, times and sizes are written for people.
enum NumberText {
    /// `printf` of the C library. Foundation's takes many times as long, which a list of thousands of runs shows.
    private static func formatted(_ format: String, _ values: any CVarArg...) -> String {
        withVaList(values) { list in
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: 400) { buffer in
                vsnprintf(buffer.baseAddress, buffer.count, format, list)
                return buffer.baseAddress.map { String(cString: $0) } ?? ""
            }
        }
    }

    /// A value with four significant digits: "0.01234", "17.42", "1.20e-07", "nan".
    static func value(_ value: Double) -> String {
        if value.isNaN { return "nan" }
        if value.isInfinite { return value > 0 ? "inf" : "-inf" }
        if value == 0 { return "0" }
        let magnitude = abs(value)
        if magnitude < 1e-4 || magnitude >= 1e7 { return formatted("%.2e", value) }
        let whole = Int(log10(magnitude).rounded(.down)) + 1
        return formatted("%.*f", Int32(max(0, min(6, 4 - whole))), value)
    }

    /// Values of an axis, each with as many digits as it takes to tell them apart.
    ///
    /// - Parameter values: finite.
    static func axis(_ values: [Double]) -> [String] {
        let sorted = values.sorted()
        let least = zip(sorted, sorted.dropFirst()).map { $1 - $0 }.filter { $0 > 0 }.min()
        let texts = values.map { value($0) }
        guard let least, least.isFinite,
            zip(texts, values).contains(where: { abs((Double($0) ?? .nan) - $1) > 0.05 * least })
        else { return texts }
        let digits = Int((-log10(least) - 1e-6).rounded(.up))
        let greatest = values.map(abs).max() ?? 0
        if greatest >= 1e7 || greatest < 1e-4 {
            let shown = min(16, max(2, digits + Int(log10(greatest).rounded(.down))))
            return values.map { $0 == 0 ? "0" : formatted("%.*e", Int32(shown), $0) }
        }
        return values.map { $0 == 0 ? "0" : formatted("%.*f", Int32(min(16, max(0, digits))), $0) }
    }

    static func value(_ value: Double?) -> String {
        value.map { self.value($0) } ?? "-"
    }

    /// A value with a fixed number of decimals, so that a column of scores lines up.
    static func fixed(_ value: Double?, decimals: Int = 2) -> String {
        guard let value else { return "-" }
        return value.isFinite ? formatted("%.*f", Int32(decimals), value) : self.value(value)
    }

    /// A difference with its sign: "+0.09", "-0.053".
    static func difference(_ value: Double, decimals: Int? = nil) -> String {
        let text = decimals.map { fixed(value, decimals: $0) } ?? self.value(value)
        return value >= 0 && value.isFinite ? "+" + text : text
    }

    /// A time span: "0.8 s", "42 s", "7 min 05 s", "3 h 12 min", "2 d 04 h".
    static func duration(_ seconds: TimeInterval) -> String {
        guard seconds.isFinite, seconds < 1e9 else { return "-" }
        if seconds < 10 { return formatted("%.1f s", max(0, seconds)) }
        let whole = Int(seconds.rounded())
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return formatted("%d min %02d s", Int32(whole / 60), Int32(whole % 60)) }
        if whole < 86400 { return formatted("%d h %02d min", Int32(whole / 3600), Int32(whole / 60 % 60)) }
        return formatted("%d d %02d h", Int32(whole / 86400), Int32(whole / 3600 % 24))
    }

    /// A size in bytes: "812 B", "3.4 MB" (decimal multiples).
    static func bytes(_ count: Int) -> String {
        var value = Double(count)
        for unit in ["B", "kB", "MB", "GB"] {
            if value < 1000 { return unit == "B" ? "\(count) B" : formatted("%.1f ", value) + unit }
            value /= 1000
        }
        return formatted("%.1f TB", value)
    }

    /// A moment in local time: "2026-03-01 14:05:33".
    static func time(_ date: Date) -> String {
        // A formatter of Foundation takes 50 times as long, which a list of thousands of runs shows.
        var seconds = time_t(date.timeIntervalSince1970.rounded(.down))
        var parts = tm()
        localtime_r(&seconds, &parts)
        return formatted(
            "%04d-%02d-%02d %02d:%02d:%02d", parts.tm_year + 1900, parts.tm_mon + 1,
            parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec)
    }

    /// A moment for machines: "2026-03-01T13:05:33.120Z".
    static func timestamp(_ date: Date) -> String {
        let milliseconds = Int64((date.timeIntervalSince1970 * 1000).rounded())
        var seconds = time_t(milliseconds.quotientAndRemainder(dividingBy: 1000).quotient)
        var fraction = milliseconds - Int64(seconds) * 1000
        if fraction < 0 { (seconds, fraction) = (seconds - 1, fraction + 1000) }
        var parts = tm()
        gmtime_r(&seconds, &parts)
        return formatted(
            "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", parts.tm_year + 1900, parts.tm_mon + 1,
            parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, Int32(fraction))
    }
}
