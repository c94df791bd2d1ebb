/// The checked header of a `.npy` file.
struct NumpyHeader {
    static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
    /// NumPy's own limit is 64 axes; headers of arrays that a workbench reads are far shorter than this.
    private static let maximumSize = 10_000
    private static let maximumRank = 32

    let elementType: NumpyArray.ElementType
    let shape: [Int]
    /// Where the elements start.
    let dataStart: Int

    init(_ bytes: [UInt8], name: String) throws(NumpyError) {
        func malformed(_ message: String) -> NumpyError { NumpyError(name, "not a NumPy file: \(message)") }
        guard bytes.count >= 10, bytes.starts(with: Self.magic) else {
            throw malformed("it does not begin with 0x93 NUMPY and a version")
        }
        guard (1...3).contains(bytes[6]) else {
            throw malformed("version \(bytes[6]).\(bytes[7]); accepted: 1.0, 2.0 and 3.0")
        }
        let width = bytes[6] == 1 ? 2 : 4
        guard bytes.count >= 8 + width else { throw malformed("it ends inside its header") }
        let size = (0..<width).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
        guard size <= bytes.count - 8 - width else {
            throw malformed("a header of \(size) bytes in a file of \(bytes.count)")
        }
        guard size <= Self.maximumSize else {
            throw malformed("a header of \(size) bytes; at most \(Self.maximumSize) are accepted")
        }
        dataStart = 8 + width + size
        var scanner = PythonScanner(bytes[8 + width..<dataStart])
        let entries: [String: PythonValue]
        do { entries = try scanner.dictionary() } catch { throw malformed("its header \(error)") }
        guard entries.count == 3, case .text(let typeName) = entries["descr"],
            case .flag(let isColumnMajor) = entries["fortran_order"],
            case .tuple(let shape) = entries["shape"]
        else {
            throw malformed(
                "its header has to name descr, a type, fortran_order, a truth value, and shape, a tuple")
        }
        // NumPy marks one-byte types by "|", old files by "<".
        let type =
            NumpyArray.ElementType(rawValue: typeName)
            ?? NumpyArray.ElementType(rawValue: "|" + typeName.dropFirst())
        guard let type, typeName.hasPrefix("<") || typeName.hasPrefix("|") else {
            let accepted = NumpyArray.ElementType.allCases.map(\.rawValue).joined(separator: ", ")
            throw NumpyError(name, "elements of the type \(typeName.debugDescription); accepted: \(accepted)")
        }
        guard shape.count <= Self.maximumRank else {
            throw malformed("a shape of \(shape.count) axes; at most \(Self.maximumRank) are accepted")
        }
        guard !isColumnMajor || shape.count <= 1 else {
            throw NumpyError(name, "stored column by column (fortran_order); accepted: row by row")
        }
        var needed = type.size
        for length in shape.contains(0) ? [0] : shape {
            let product = needed.multipliedReportingOverflow(by: length)
            guard !product.overflow else { throw malformed("the shape \(shape) is too large") }
            needed = product.partialValue
        }
        guard needed == bytes.count - dataStart else {
            throw malformed(
                "\(typeName) of shape \(shape) takes \(needed) bytes, \(bytes.count - dataStart) follow the header"
            )
        }
        (elementType, self.shape) = (type, shape)
    }
}

/// The values that a header holds.
private enum PythonValue {
    case text(String)
    case flag(Bool)
    case tuple([Int])
}

/// Reads the few forms of Python's literals that headers are made of.
private struct PythonScanner {
    struct Problem: Error, CustomStringConvertible { let description: String }

    private let bytes: ArraySlice<UInt8>
    private var place: Int

    init(_ bytes: ArraySlice<UInt8>) { (self.bytes, place) = (bytes, bytes.startIndex) }

    /// `{'key': value, ...}` with a comma after the last pair or without, and blanks after it.
    mutating func dictionary() throws(Problem) -> [String: PythonValue] {
        var entries: [String: PythonValue] = [:]
        try expect("{")
        while !take("}") {
            let key = try text()
            try expect(":")
            guard entries.updateValue(try value(), forKey: key) == nil else {
                throw Problem(description: "names \(key.debugDescription) twice")
            }
            if !take(",") {
                try expect("}")
                break
            }
        }
        skipBlanks()
        guard place == bytes.endIndex else { throw Problem(description: "goes on after its dictionary") }
        return entries
    }

    private mutating func value() throws(Problem) -> PythonValue {
        if word("True") { return .flag(true) }
        if word("False") { return .flag(false) }
        if take("(") { return .tuple(try numbers()) }
        return .text(try text())
    }

    /// What follows an opening bracket.
    private mutating func numbers() throws(Problem) -> [Int] {
        var numbers: [Int] = []
        while !take(")") {
            skipBlanks()
            var number = 0
            let start = place
            while place < bytes.endIndex, case let digit = Int(bytes[place]) - 48, (0...9).contains(digit) {
                let (product, isTooLarge) = number.multipliedReportingOverflow(by: 10)
                guard !isTooLarge, product <= Int.max - digit else {
                    throw Problem(description: "has a length that is too large")
                }
                number = product + digit
                place += 1
            }
            guard place > start else {
                throw Problem(description: "has a shape that is not of whole numbers from 0")
            }
            // Python 2 wrote long numbers with an L behind them.
            _ = take("L")
            numbers.append(number)
            if !take(",") {
                try expect(")")
                break
            }
        }
        return numbers
    }

    /// A text in single or double quotes without escapes.
    private mutating func text() throws(Problem) -> String {
        skipBlanks()
        guard place < bytes.endIndex, case let quote = bytes[place], quote == 39 || quote == 34 else {
            throw Problem(description: "is no dictionary of plain values")
        }
        guard let end = bytes[(place + 1)...].firstIndex(of: quote) else {
            throw Problem(description: "has a text without an end")
        }
        let text = String(decoding: bytes[place + 1..<end], as: UTF8.self)
        place = end + 1
        return text
    }

    private mutating func skipBlanks() {
        while place < bytes.endIndex, [32, 9, 10, 13].contains(bytes[place]) { place += 1 }
    }

    private mutating func take(_ sign: Unicode.Scalar) -> Bool {
        skipBlanks()
        guard place < bytes.endIndex, bytes[place] == UInt8(ascii: sign) else { return false }
        place += 1
        return true
    }

    private mutating func expect(_ sign: Unicode.Scalar) throws(Problem) {
        guard take(sign) else { throw Problem(description: "is no dictionary: \"\(sign)\" is missing") }
    }

    private mutating func word(_ word: StaticString) -> Bool {
        skipBlanks()
        let letters = Array("\(word)".utf8)
        guard bytes[place...].starts(with: letters) else { return false }
        place += letters.count
        return true
    }
}
