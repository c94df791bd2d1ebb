import CLastWords

/// Ends the program because of a mistake in it, after it has left the text beside the runs that it works on.
///
/// - Parameter message: what is wrong.
public func stop(_ message: String, file: StaticString = #fileID, line: UInt = #line) -> Never {
    var text = "\(message) (\(file):\(line))"
    text.withUTF8 { bytes in
        bytes.withMemoryRebound(to: CChar.self) { last_words_say($0.baseAddress, $0.count) }
    }
    fatalError(message, file: file, line: line)
}
