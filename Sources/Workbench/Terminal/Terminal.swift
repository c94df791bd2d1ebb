import Foundation

/// What is known about the streams the program writes to.
enum Terminal {
    /// Whether standard output is a terminal.
    static let outputIsTerminal = isatty(STDOUT_FILENO) == 1
    /// Whether standard error is a terminal.
    static let errorIsTerminal = isatty(STDERR_FILENO) == 1

    /// Whether text on standard output may be coloured (`NO_COLOR`, https://no-color.org).
    static let usesColor = outputIsTerminal && allowsColor
    /// Whether text on standard error may be coloured.
    static let errorUsesColor = errorIsTerminal && allowsColor

    private static let allowsColor: Bool = {
        let environment = ProcessInfo.processInfo.environment
        return (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    }()

    /// The terminal's width in columns; `COLUMNS` where it is set, 100 where there is no terminal.
    static var width: Int {
        if let text = ProcessInfo.processInfo.environment["COLUMNS"], let columns = Int(text), columns > 0 {
            return columns
        }
        for descriptor in [STDOUT_FILENO, STDERR_FILENO] {
            var size = winsize()
            if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
        }
        return 100
    }

    /// Writes data, such as a table, to standard output. Ends the program like SIGPIPE would (141) when
    /// the reader is gone.
    static func write(_ text: String) {
        if !put(text, to: STDOUT_FILENO) { exit(ExitStatus.brokenPipe) }
    }

    /// Writes a message for people to standard error.
    static func note(_ text: String) {
        _ = put(text, to: STDERR_FILENO)
    }

    private static func put(_ text: String, to descriptor: Int32) -> Bool {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR || errno == EAGAIN { continue }
                return false
            }
            bytes = bytes.dropFirst(count)
        }
        return true
    }
}

/// Colours and weights of text, as ANSI escape sequences.
enum TextStyle: String {
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case blue = "34"
    case magenta = "35"
    case cyan = "36"

    /// The text in this style, or unchanged when colours are off.
    func applied(to text: String, when enabled: Bool) -> String {
        enabled && !text.isEmpty ? "\u{1b}[\(rawValue)m\(text)\u{1b}[0m" : text
    }
}
