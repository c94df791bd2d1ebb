extension JSONParser {
    /// A number: sign, whole part without leading zeros, optional fraction, optional exponent.
    mutating func number() throws(JSONError) -> JSONValue {
        let start = index
        var isWhole = true
        _ = take("-")
        if take("0") {
            if let byte = peek, isDigit(byte) { throw failure("a number does not start with 0", at: start) }
        } else {
            try digits(of: "a number", from: start)
        }
        if take(".") {
            isWhole = false
            try digits(of: "the fraction of a number", from: start)
        }
        if take("e") || take("E") {
            isWhole = false
            if !take("+") { _ = take("-") }
            try digits(of: "the exponent of a number", from: start)
        }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        if isWhole, text != "-0" {
            if let whole = Int(text) { return .integer(whole) }
            if let whole = UInt64(text) { return .unsigned(whole) }
        }
        guard let number = Double(text), number.isFinite else {
            throw failure("the number \(abbreviated(text, limit: 30)) is too large", at: start)
        }
        return .number(number)
    }

    private mutating func digits(of what: String, from start: Int) throws(JSONError) {
        let first = index
        while let byte = peek, isDigit(byte) { index += 1 }
        if index == first { throw failure("\(what) needs digits, found \(found)") }
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    /// A string; the current byte is its opening quotation mark.
    mutating func string() throws(JSONError) -> String {
        let start = index
        index += 1
        var content: [UInt8] = []
        var plainStart = index
        while true {
            guard let byte = peek else {
                throw failure("the string that starts here is not closed", at: start)
            }
            switch byte {
            case UInt8(ascii: "\""):
                content += bytes[plainStart..<index]
                index += 1
                guard let text = String(validating: content, as: UTF8.self) else {
                    throw failure("this string is not valid UTF-8", at: start)
                }
                return text
            case UInt8(ascii: "\\"):
                content += bytes[plainStart..<index]
                index += 1
                content += try escape().utf8
                plainStart = index
            case 0x0a, 0x0d:
                throw failure("the string that starts here is not closed on its line", at: start)
            case ..<0x20:
                throw failure(
                    "a string holds \(found); write it as an escape such as \\n or \\u00\(hexadecimal(byte))")
            default:
                index += 1
            }
        }
    }

    private func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }

    /// What follows a backslash.
    private mutating func escape() throws(JSONError) -> String {
        let start = index - 1
        let byte = peek
        index += 1
        switch byte {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): break
        default:
            throw failure("an unknown escape; accepted: \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX", at: start)
        }
        let unit = try codeUnit(from: start)
        if let scalar = Unicode.Scalar(unit) { return String(Character(scalar)) }
        // A code point beyond 16 bits comes as a high and a low surrogate.
        guard UTF16.isLeadSurrogate(unit), take("\\"), take("u") else { throw loneSurrogate(start) }
        let second = try codeUnit(from: start)
        guard UTF16.isTrailSurrogate(second) else { throw loneSurrogate(start) }
        return String(decoding: [unit, second], as: UTF16.self)
    }

    private func loneSurrogate(_ start: Int) -> JSONError {
        failure("half of a surrogate pair; write both halves, as in \\ud83c\\udfb5", at: start)
    }

    private mutating func codeUnit(from start: Int) throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            let digit = peek.flatMap { Character(Unicode.Scalar($0)).hexDigitValue }
            guard let digit else { throw failure("\\u needs four hexadecimal digits", at: start) }
            unit = unit << 4 | UInt16(digit)
            index += 1
        }
        return unit
    }
}
