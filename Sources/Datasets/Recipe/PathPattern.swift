/// A pattern for paths: `*` stands for any text without `/`, `**` for any text, `?` for one sign but `/`.
struct PathPattern: Sendable {
    let text: String
    private let signs: [Character]

    init(_ text: String) {
        self.text = text
        signs = Array(text)
    }

    func matches(_ path: String) -> Bool { Self.matches(signs[...], Array(path)[...]) }

    private static func matches(_ pattern: ArraySlice<Character>, _ path: ArraySlice<Character>) -> Bool {
        guard let sign = pattern.first else { return path.isEmpty }
        let rest = pattern.dropFirst()
        switch sign {
        case "*":
            let isDeep = rest.first == "*"
            let after = isDeep ? rest.dropFirst() : rest
            var tail = path
            while true {
                if matches(after, tail) { return true }
                guard let skipped = tail.first, isDeep || skipped != "/" else { return false }
                tail = tail.dropFirst()
            }
        case "?":
            guard let first = path.first, first != "/" else { return false }
            return matches(rest, path.dropFirst())
        default:
            return path.first == sign && matches(rest, path.dropFirst())
        }
    }
}
