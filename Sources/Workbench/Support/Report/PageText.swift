import Foundation
import StrictJSON

/// Text on its way into a page.
enum PageText {
    /// Text between tags or in a quoted attribute.
    static func escaped(_ text: String) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }

    /// JSON within a script element, which an opening angle bracket could end.
    static func script(_ value: JSONValue) -> String {
        value.canonicalText.replacing("<", with: "\\u003c")
    }

    /// A file's content as an address.
    static func dataAddress(_ data: Data, mime: String) -> String {
        "data:\(mime);base64,\(data.base64EncodedString())"
    }

    /// A coordinate with two decimals.
    static func coordinate(_ value: Double) -> String { String(format: "%.2f", value) }
}

extension Table {
    /// The table for a page; styles become classes, numbers stand right.
    func page() -> String {
        func cell(_ tag: String, _ text: String, _ column: Int, _ style: TextStyle?) -> String {
            var classes: [String] = []
            if columns[column].alignment == .right { classes.append("n") }
            if let style { classes.append(style.pageClass) }
            // Sentences and lists wrap; figures never do.
            if text.count > 30 { classes.append("long") }
            let attribute = classes.isEmpty ? "" : " class=\"\(classes.joined(separator: " "))\""
            return "<\(tag)\(attribute)>\(PageText.escaped(text))</\(tag)>"
        }
        let titles = columns.indices.map { cell("th", columns[$0].title, $0, nil) }.joined()
        let body = rows.map { row in
            "<tr>"
                + columns.indices.map { index in
                    index < row.count
                        ? cell("td", row[index].text, index, row[index].style) : cell("td", "", index, nil)
                }.joined() + "</tr>\n"
        }.joined()
        return
            "<div class=\"wide\"><table><thead><tr>\(titles)</tr></thead>\n<tbody>\(body)</tbody></table></div>\n"
    }
}

extension TextStyle {
    fileprivate var pageClass: String {
        switch self {
        case .green: "better"
        case .red: "worse"
        case .yellow: "warning"
        default: "quiet"
        }
    }
}
